/**
 * The one spelling of an expression: pipes are flat, addresses and patterns in their canonical text, defaults filled
 * in, absent members gone. Its hash names the subcircuit, and any process can make the tree from it again.
 */
import { parseAddress, printAddress } from '../../domain/address.js'
import type { JsonValue } from '../../domain/canonical-json.js'
import { standingAt } from '../../domain/errors.js'
import { canonicalFilter } from '../canonical-filter.js'
import { canonicalSelector as plainSelector } from '../canonical-selector.js'
import type { EdgeFilter } from '../edge-filter.js'
import type { GraphExpression, NodeSelector, PathEnd, WeightedNode } from '../graph-expression.js'
import type { NodeFilter } from '../node-filter.js'
import { patternOf } from '../pattern/pattern-of.js'
import { printPattern } from '../pattern/print-pattern.js'

/** The same expression in its one spelling. Throws BAD_ADDRESS and BAD_PATTERN naming where the text stands. */
export function canonicalTree(expression: GraphExpression, path = 'expression'): GraphExpression {
  const at = `${path}.${expression.kind}`
  switch (expression.kind) {
    case 'nodes':
      return { ...expression, where: canonicalFilter(expression.where) as NodeFilter }
    case 'edges':
      return { ...expression, where: canonicalFilter(expression.where) as EdgeFilter }
    case 'collapse':
    case 'unroll':
    case 'graph':
      return expression
    case 'upstreamOf':
    case 'downstreamOf':
    case 'neighbourhood':
      return { ...expression, of: canonicalSelector(expression.of, `${at}.of`) }
    case 'between':
      return {
        ...expression,
        from: canonicalSelector(expression.from, `${at}.from`),
        to: canonicalSelector(expression.to, `${at}.to`),
      }
    case 'strongest':
    case 'influence':
      return { ...expression, on: weighted(expression.on, `${at}.on`) }
    case 'paths':
      return {
        ...expression,
        pattern:
          expression.pattern === null ? null : printPattern(patternOf(expression.pattern, `${at}.pattern`)),
        from: canonicalEnd(expression.from, `${at}.from`),
        to: canonicalEnd(expression.to, `${at}.to`),
      }
    case 'union':
    case 'intersection':
      return { ...expression, of: expression.of.map((part, i) => canonicalTree(part, `${at}[${i}]`)) }
    case 'difference':
      return {
        ...expression,
        of: canonicalTree(expression.of, `${at}.of`),
        minus: expression.minus.map((part, i) => canonicalTree(part, `${at}.minus[${i}]`)),
      }
    case 'without':
      return { ...expression, nodes: canonicalSelector(expression.nodes, at) }
    case 'pipe': {
      const given = expression.steps.map((step, i) => canonicalTree(step, `${at}[${i}]`))
      const steps = given.flatMap((step) => (step.kind === 'pipe' ? step.steps : [step]))
      return steps.length === 1 ? steps[0]! : { kind: 'pipe', steps }
    }
    default:
      return expression satisfies never
  }
}

function canonicalSelector(selector: NodeSelector, path: string): NodeSelector {
  if (selector.kind === 'expression')
    return {
      kind: 'expression',
      expression: canonicalTree(selector.expression, `${path}.expression`),
      members: null,
    }
  if (selector.kind === 'addresses')
    for (const [i, text] of selector.addresses.entries()) canonicalAddress(text, `${path}.addresses[${i}]`)
  return plainSelector(selector, null) as unknown as NodeSelector
}

function canonicalEnd(end: PathEnd | null, path: string): PathEnd | null {
  return end?.kind === 'nodes' ? { ...end, nodes: canonicalSelector(end.nodes, path) } : end
}

function weighted(on: readonly WeightedNode[] | null, path: string): readonly WeightedNode[] | null {
  return (
    on?.map(({ node, weight }, i) => ({ node: canonicalAddress(node, `${path}[${i}].node`), weight })) ?? null
  )
}

function canonicalAddress(text: string, path: string): string {
  return standingAt(path, () => printAddress(parseAddress(text)))
}

/** Plain JSON of the canonical tree without absent members, for canonical text and hashes. */
export function canonicalExpression(expression: GraphExpression): JsonValue {
  return JSON.parse(
    JSON.stringify(canonicalTree(expression), (_, value) => (value === null ? undefined : value)),
  ) as JsonValue
}

type Members = Readonly<Record<string, unknown>>

/** Members that are null where they are absent, by kind of expression or selector. */
const ABSENT: Readonly<Record<string, Members>> = {
  upstreamOf: { hops: null },
  downstreamOf: { hops: null },
  strongest: { on: null },
  influence: { on: null },
  paths: { pattern: null, from: null, to: null, rankBy: null },
  logit: { minus: null },
  unroll: { logits: null },
  expression: { members: null },
}

/** Back from canonical JSON; only for text that this server wrote itself. */
export function expressionFromCanonical(json: JsonValue): GraphExpression {
  return withAbsent(json) as GraphExpression
}

/** Filters hold no member `kind` that is text, so what has one is an expression, a selector or an end. */
function withAbsent(value: JsonValue): unknown {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(withAbsent)
  const members = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === 'where' ? member : withAbsent(member)]),
  )
  const { kind } = members
  return typeof kind === 'string' ? { ...ABSENT[kind], ...members } : members
}
