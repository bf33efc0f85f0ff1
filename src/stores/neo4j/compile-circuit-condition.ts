/**
 * Catalogue conditions as Cypher over a circuit `c`. Every value is a parameter; the text is made of fixed parts only.
 * A comparison with a missing value is false, never null, so that NOT means the same everywhere.
 */
import { foldedKey } from '../../domain/code-point-order.js'
import type { CircuitCondition, NodePlace, NumberMatch, TextMatch } from '../../query/catalogue-query.js'

export interface CompiledCondition {
  readonly text: string
  readonly parameters: Readonly<Record<string, unknown>>
}

const FOLDED = {
  modelKey: 'c.modelKeyFolded',
  taskName: 'c.taskNameFolded',
  promptText: 'c.promptTextFolded',
} as const
const PLAIN = {
  source: 'c.source',
  edgeMeaning: 'c.edgeMeaning',
  id: 'c.id',
  nodeCount: 'c.nodeCount',
  edgeCount: 'c.edgeCount',
} as const

export function compileCircuitCondition(condition: CircuitCondition | null): CompiledCondition {
  const parameters = new Parameters()
  const text = condition === null ? 'true' : compile(condition, parameters)
  return { text, parameters: parameters.values }
}

/** True for a model `m` with a name that holds the text, whatever its case. */
export function compileModelNameCondition(nameContains: string | null): CompiledCondition {
  const parameters = new Parameters()
  const text = nameContains === null ? 'true' : anyName('m', { contains: nameContains }, parameters)
  return { text, parameters: parameters.values }
}

function compile(condition: CircuitCondition, parameters: Parameters): string {
  switch (condition.kind) {
    case 'and':
      return joined(
        condition.of.map((part) => compile(part, parameters)),
        'AND',
        'true',
      )
    case 'or':
      return joined(
        condition.of.map((part) => compile(part, parameters)),
        'OR',
        'false',
      )
    case 'not':
      return `NOT (${compile(condition.of, parameters)})`
    case 'text': {
      if (condition.field === 'name') return anyName('c', condition.match, parameters)
      const parts = textParts(FOLDED[condition.field], condition.match, parameters)
      return parts.length === 0 ? 'true' : `coalesce(${joined(parts, 'AND', 'true')}, false)`
    }
    case 'choice':
      return `${PLAIN[condition.field]} IN ${parameters.add(condition.in)}`
    case 'number':
      return numbers(PLAIN[condition.field], condition.match, parameters)
    case 'time':
      return comparisons(
        [
          ['c.createdAt', '>=', condition.gte],
          ['c.createdAt', '<=', condition.lte],
        ],
        parameters,
      )
    case 'holds':
      return exists([], [condition.node], parameters)
    case 'chain': {
      const { nodes, backward } = condition
      const row = exists(backward, nodes, parameters)
      // Of a graph beyond the limit only the strongest edges are relationships.
      const alone = nodes.map((node) => exists([], [node], parameters))
      return `CASE WHEN coalesce(c.relationshipsComplete, false) THEN ${row} ELSE ${joined(alone, 'AND', 'true')} END`
    }
    default:
      return condition satisfies never
  }
}

/**
 * A row of nodes n0, n1, … of the circuit; a comparison with a missing value fails it. Each edge has a MATCH of its own:
 * inside one MATCH Cypher never takes a relationship twice, while a path may go back over the edge that it came by.
 */
function exists(backward: readonly boolean[], places: readonly NodePlace[], parameters: Parameters): string {
  const steps = places.map((place, i) => {
    const edge = backward[i - 1] ? '<-[:EDGE]-' : '-[:EDGE]->'
    const path = i === 0 ? '(c)-[:HAS_NODE]->(n0:CircuitNode)' : `(n${i - 1})${edge}(n${i}:CircuitNode)`
    const tests = placeTests(`n${i}`, place, parameters)
    return `MATCH ${path}${tests.length === 0 ? '' : ` WHERE ${tests.join(' AND ')}`}`
  })
  return `EXISTS { ${steps.join(' ')} }`
}

function placeTests(node: string, { kinds, taps, layer }: NodePlace, parameters: Parameters): string[] {
  const either = [
    ...(kinds === undefined ? [] : [`${node}.kind IN ${parameters.add(kinds)}`]),
    ...(taps === undefined ? [] : [`${node}.tap IN ${parameters.add(taps)}`]),
  ]
  return [
    ...(either.length === 0 ? [] : [joined(either, 'OR', 'false')]),
    ...(layer === undefined ? [] : [numbers(`${node}.layer`, layer, parameters)]),
  ]
}

function anyName(variable: 'c' | 'm', match: TextMatch, parameters: Parameters): string {
  const parts = textParts('name', match, parameters)
  if (parts.length === 0) return 'true'
  return `any(name IN ${variable}.foldedNames WHERE ${joined(parts, 'AND', 'true')})`
}

function textParts(field: string, match: TextMatch, parameters: Parameters): string[] {
  const parts: string[] = []
  if (match.eq !== undefined) parts.push(`${field} = ${parameters.add(foldedKey(match.eq))}`)
  if (match.in !== undefined) parts.push(`${field} IN ${parameters.add(match.in.map(foldedKey))}`)
  if (match.contains !== undefined)
    parts.push(`${field} CONTAINS ${parameters.add(foldedKey(match.contains))}`)
  if (match.startsWith !== undefined)
    parts.push(`${field} STARTS WITH ${parameters.add(foldedKey(match.startsWith))}`)
  return parts
}

function numbers(field: string, { eq, gte, lte }: NumberMatch, parameters: Parameters): string {
  return comparisons(
    [
      [field, '=', eq],
      [field, '>=', gte],
      [field, '<=', lte],
    ],
    parameters,
  )
}

type Comparison = readonly [field: string, operator: string, value: string | number | undefined]

function comparisons(wanted: readonly Comparison[], parameters: Parameters): string {
  const parts = wanted
    .filter(([, , value]) => value !== undefined)
    .map(([field, operator, value]) => `${field} ${operator} ${parameters.add(value)}`)
  return joined(parts, 'AND', 'true')
}

function joined(parts: readonly string[], word: 'AND' | 'OR', empty: string): string {
  return parts.length === 0 ? empty : `(${parts.join(` ${word} `)})`
}

class Parameters {
  readonly values: Record<string, unknown> = {}

  /** The placeholder that stands for the value. */
  add(value: unknown): string {
    const name = `p${Object.keys(this.values).length}`
    this.values[name] = value
    return `$${name}`
  }
}
