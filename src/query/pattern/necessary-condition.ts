/**
 * What every circuit with a match of a pattern holds, as a question to the catalogue: a store looks it up before anything
 * is walked. Necessary and no more: a circuit that passes may still have no match.
 */
import type { EdgeKind } from '../../domain/graph-data.js'
import type { CircuitCondition, NodePlace, NumberMatch } from '../catalogue-query.js'
import type { Condition, NodePattern, PathPattern } from './path-pattern.js'
import { meaningOfLabel } from './pattern-words.js'

/** Null: nothing can be said. */
type Necessary = CircuitCondition | null

/** True for graphs whose implied links and attached ends are not in the store. */
const ON_WEIGHTS: CircuitCondition = { kind: 'choice', field: 'source', in: ['SPARSE_WEIGHTS'] }
const SOURCE_OF_KIND: Readonly<Partial<Record<EdgeKind, string>>> = {
  EFFECT: 'ATTRIBUTION_GRAPH',
  SCORE: 'COMPONENT_GRAPH',
}

/** Null for a pattern that says nothing about what a store knows. */
export function necessaryCondition(pattern: PathPattern): Necessary {
  switch (pattern.kind) {
    case 'node':
      return nodeCondition(pattern)
    case 'edge':
      return pattern.labels.length === 0 ? null : sourceOf(pattern.labels)
    case 'residualHop':
      return ON_WEIGHTS
    case 'sequence':
      return all([...pattern.parts.map(necessaryCondition), ...chains(pattern.parts)])
    case 'alternatives': {
      const options = pattern.options.map(necessaryCondition)
      return options.includes(null) ? null : { kind: 'or', of: options as CircuitCondition[] }
    }
    case 'repeat':
      return pattern.least === 0 ? null : necessaryCondition(pattern.of)
    default:
      return pattern satisfies never
  }
}

function all(parts: readonly Necessary[]): Necessary {
  const known = parts.filter((part) => part !== null)
  return known.length === 0 ? null : known.length === 1 ? known[0]! : { kind: 'and', of: known }
}

/** Every kind stands in graphs of one source. */
function sourceOf(kinds: readonly EdgeKind[]): CircuitCondition {
  const sources = new Set(kinds.map((kind) => SOURCE_OF_KIND[kind] ?? 'SPARSE_WEIGHTS'))
  return { kind: 'choice', field: 'source', in: [...sources].sort() }
}

function nodeCondition(node: NodePattern): Necessary {
  const place = placeOf(node)
  if (place === null) return null
  const holds: CircuitCondition = { kind: 'holds', node: place }
  // Channels are stored with every circuit; tokens, logits and ends of the stream are attached to weights when asked.
  const isChannel = place.kinds === undefined && place.taps !== undefined
  return isChannel ? holds : { kind: 'or', of: [ON_WEIGHTS, holds] }
}

/** Null for a node that may be any. */
export function placeOf({ labels, where }: NodePattern): NodePlace | null {
  const meanings = labels.map(meaningOfLabel)
  const kinds = meanings.flatMap((one) => ('kind' in one ? [one.kind] : []))
  const taps = meanings.flatMap((one) => ('tap' in one ? [one.tap] : []))
  const layer = boundsOf(where, 'layer')
  const place: NodePlace = {
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(taps.length === 0 ? {} : { taps }),
    ...(layer === null ? {} : { layer }),
  }
  return Object.keys(place).length === 0 ? null : place
}

/** Bounds of a property that the condition asks of every match; null for none. */
function boundsOf(where: Condition | null, property: string): NumberMatch | null {
  if (where === null) return null
  const parts = where.kind === 'and' ? where.of : [where]
  let [gte, lte] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const within = (low: number, high: number): void => {
    gte = Math.max(gte, low)
    lte = Math.min(lte, high)
  }
  for (const part of parts) {
    if (!('left' in part) || part.left.kind !== 'property' || part.left.name !== property) continue
    if (part.kind === 'compare' && part.right.kind === 'literal' && typeof part.right.value === 'number') {
      const { value } = part.right
      if (part.op === '=') within(value, value)
      else if (part.op === '>=' || part.op === '>') within(value, Number.POSITIVE_INFINITY)
      else if (part.op === '<=' || part.op === '<') within(Number.NEGATIVE_INFINITY, value)
    } else if (part.kind === 'between' && typeof part.low === 'number' && typeof part.high === 'number')
      within(part.low, part.high)
    else if (part.kind === 'in' && part.values.every((value) => typeof value === 'number'))
      within(Math.min(...part.values), Math.max(...part.values))
  }
  const bounds = {
    ...(Number.isFinite(gte) ? { gte } : {}),
    ...(Number.isFinite(lte) ? { lte } : {}),
  }
  return Object.keys(bounds).length === 0 ? null : bounds
}

/** Runs of nodes and edges of a sequence: where no link is implied, they stand in a row in the store. */
function chains(parts: readonly PathPattern[]): CircuitCondition[] {
  const found: CircuitCondition[] = []
  let nodes: NodePlace[] = []
  let backward: boolean[] = []
  const end = (): void => {
    if (backward.length > 0 && nodes.length === backward.length + 1)
      found.push({ kind: 'or', of: [ON_WEIGHTS, { kind: 'chain', nodes, backward }] })
    nodes = []
    backward = []
  }
  for (const part of parts) {
    if (part.kind === 'node' && nodes.length === backward.length) nodes.push(placeOf(part) ?? {})
    else if (part.kind === 'edge' && nodes.length === backward.length + 1)
      backward.push(part.direction === 'BACKWARD')
    else if (part.kind === 'edge' && nodes.length === backward.length) {
      // An edge where nothing is said of the node before it.
      nodes.push({})
      backward.push(part.direction === 'BACKWARD')
    } else {
      if (nodes.length === backward.length && backward.length > 0) nodes.push({})
      end()
      if (part.kind === 'node') nodes.push(placeOf(part) ?? {})
    }
  }
  if (nodes.length === backward.length && backward.length > 0) nodes.push({})
  end()
  return found
}
