/**
 * What the catalogue must answer, said the plain way over a list in memory. The meaning of a condition is two-valued:
 * a match on a missing value is false (so its NOT is true), an empty match and an empty AND are true, an empty OR is
 * false; a name condition asks for one name that fits all of its parts. The order key of a circuit with several names
 * is the first of them in code-point order.
 */
import { coordinatesOf } from '../../src/domain/canonical-order.js'
import { compareCodePoints, foldedKey } from '../../src/domain/code-point-order.js'
import type { CircuitNode, GraphData } from '../../src/domain/graph-data.js'
import type { CircuitSummary, SparseModelSummary } from '../../src/domain/records.js'
import type {
  CatalogueQuery,
  CircuitCondition,
  NodePlace,
  NumberMatch,
  PageKey,
  Slice,
  TextMatch,
} from '../../src/query/catalogue-query.js'

/** `graph` is the circuit itself, for conditions on what it holds. */
export function matchesCondition(
  circuit: CircuitSummary,
  condition: CircuitCondition | null,
  graph: GraphData | null = null,
): boolean {
  if (condition === null) return true
  switch (condition.kind) {
    case 'and':
      return condition.of.every((part) => matchesCondition(circuit, part, graph))
    case 'or':
      return condition.of.some((part) => matchesCondition(circuit, part, graph))
    case 'not':
      return !matchesCondition(circuit, condition.of, graph)
    case 'text': {
      const value = condition.field === 'name' ? circuit.names : circuit[condition.field]
      const texts = value === null ? [] : typeof value === 'string' ? [value] : value
      return isEmpty(condition.match) || texts.some((text) => fitsText(foldedKey(text), condition.match))
    }
    case 'choice':
      return condition.in.includes(circuit[condition.field])
    case 'number':
      return fitsNumber(circuit[condition.field], condition.match)
    case 'time':
      return (
        (condition.gte === undefined || compareCodePoints(circuit.createdAt, condition.gte) >= 0) &&
        (condition.lte === undefined || compareCodePoints(circuit.createdAt, condition.lte) <= 0)
      )
    case 'holds':
      return graph!.nodes.some((node) => standsAt(node, condition.node))
    case 'chain':
      return graph!.nodes.some((node) => beginsChain(graph!, node, condition, 0))
    default:
      return condition satisfies never
  }
}

function beginsChain(
  graph: GraphData,
  node: CircuitNode,
  chain: Extract<CircuitCondition, { kind: 'chain' }>,
  i: number,
): boolean {
  if (!standsAt(node, chain.nodes[i]!)) return false
  if (i === chain.backward.length) return true
  const { source, target } = graph.edges
  const [here, there] = chain.backward[i] ? [target, source] : [source, target]
  return Array.from(here).some(
    (end, e) => end === node.ordinal && beginsChain(graph, graph.nodes[there[e]!]!, chain, i + 1),
  )
}

function standsAt(node: CircuitNode, { kinds, taps, layer }: NodePlace): boolean {
  const own = coordinatesOf(node.place)
  const { site } = node.place
  const fits = kinds?.includes(node.kind) || (site.kind === 'channel' && taps?.includes(site.tap))
  if ((kinds !== undefined || taps !== undefined) && !fits) return false
  return layer === undefined || (own.layer !== null && fitsNumber(own.layer, layer))
}

/** The page that a query asks for, out of all rows that pass the filter. */
export function expectedSlice<Row extends CircuitSummary | SparseModelSummary>(
  rows: readonly Row[],
  query: CatalogueQuery<string>,
): Slice<Row> {
  const directions = [...query.orderBy.map(({ direction }) => direction), 'ASC' as const]
  const compare = (a: PageKey, b: PageKey): number => {
    for (const [i, direction] of directions.entries()) {
      const order = compareValues(a[i]!, b[i]!, direction)
      if (order !== 0) return order
    }
    return 0
  }
  const keyed = rows.map((row) => ({
    row,
    key: [...query.orderBy.map(({ field }) => orderValue(row, field)), row.id],
  }))
  keyed.sort((a, b) => compare(a.key, b.key))
  const { after } = query
  if (query.backwards) {
    const before = after === null ? keyed : keyed.filter(({ key }) => compare(key, after) < 0)
    const rest = Math.max(0, before.length - query.limit)
    return { rows: before.slice(rest), more: rest > 0, totalCount: rows.length }
  }
  const beyond = after === null ? keyed : keyed.filter(({ key }) => compare(key, after) > 0)
  return { rows: beyond.slice(0, query.limit), more: beyond.length > query.limit, totalCount: rows.length }
}

function orderValue(row: CircuitSummary | SparseModelSummary, field: string): string | number | null {
  if (field === 'name') return [...row.names].sort(compareCodePoints)[0] ?? null
  return (row as unknown as Readonly<Record<string, string | number>>)[field]!
}

function compareValues(
  a: string | number | null,
  b: string | number | null,
  direction: 'ASC' | 'DESC',
): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : compareCodePoints(String(a), String(b))
  return direction === 'ASC' ? order : -order
}

function isEmpty(match: TextMatch): boolean {
  return (
    match.eq === undefined &&
    match.in === undefined &&
    match.contains === undefined &&
    match.startsWith === undefined
  )
}

function fitsText(folded: string, match: TextMatch): boolean {
  return (
    (match.eq === undefined || folded === foldedKey(match.eq)) &&
    (match.in === undefined || match.in.some((one) => folded === foldedKey(one))) &&
    (match.contains === undefined || folded.includes(foldedKey(match.contains))) &&
    (match.startsWith === undefined || folded.startsWith(foldedKey(match.startsWith)))
  )
}

function fitsNumber(value: number, match: NumberMatch): boolean {
  return (
    (match.eq === undefined || value === match.eq) &&
    (match.gte === undefined || value >= match.gte) &&
    (match.lte === undefined || value <= match.lte)
  )
}
