/**
 * What a derived graph is made by (language.md §4): a frozen tree of plain data. Adding a kind without handling it
 * is a compile error wherever a `switch` ends in `satisfies never`.
 */
import type { JsonValue } from '../domain/canonical-json.js'
import { InvalidInput } from '../domain/errors.js'
import { canonicalFilter } from './canonical-filter.js'
import { canonicalAddress, canonicalSelector } from './canonical-selector.js'
import type { EdgeFilter } from './edge-filter.js'
import type { NodeFilter } from './node-filter.js'
import type { NodeSelector } from './node-selector.js'

export const ATTENTION_POLICIES = ['OV_ONLY', 'OV_AND_QK'] as const
export type AttentionPolicy = (typeof ATTENTION_POLICIES)[number]

export interface LinkPolicy {
  readonly residual: boolean
  readonly attention: AttentionPolicy
  /** Bigram entries from token ends to logit ends: left out unless asked, and then not spelt. */
  readonly bigram?: true
}

/** Start weights for influence where the graph has no logit probabilities. */
export interface WeightedNode {
  /** Address. */
  readonly node: string
  readonly weight: number
}

export type GraphExpression =
  | { readonly kind: 'nodes'; readonly where: NodeFilter }
  | { readonly kind: 'edges'; readonly where: EdgeFilter }
  | {
      readonly kind: 'upstreamOf' | 'downstreamOf'
      readonly of: NodeSelector
      readonly hops: number | null
      readonly links: LinkPolicy
    }
  | {
      readonly kind: 'between'
      readonly from: NodeSelector
      readonly to: NodeSelector
      readonly links: LinkPolicy
    }
  | {
      readonly kind: 'influence'
      readonly nodeThreshold: number
      readonly edgeThreshold: number
      readonly on: readonly WeightedNode[] | null
    }
  | { readonly kind: 'pipe'; readonly steps: readonly GraphExpression[] }

/** Existence questions see attention's control links (language.md §3). */
export const EXISTENCE_LINKS: LinkPolicy = { residual: true, attention: 'OV_AND_QK' }
/** Products go through OV only. */
export const PRODUCT_LINKS: LinkPolicy = { residual: true, attention: 'OV_ONLY' }

export const EXPRESSION_LIMITS = { depth: 8, nodes: 100 } as const

/** Throws `BAD_EXPRESSION` when a bound or list is out of range; gives the expression back. */
export function checkExpression(
  expression: GraphExpression,
  path = 'expression',
  depth = 1,
): GraphExpression {
  const bad = (message: string): never => {
    throw new InvalidInput('BAD_EXPRESSION', message, { path })
  }
  if (depth > EXPRESSION_LIMITS.depth) bad(`expressions nest at most ${EXPRESSION_LIMITS.depth} deep`)
  switch (expression.kind) {
    case 'nodes':
    case 'edges':
    case 'between':
      return expression
    case 'upstreamOf':
    case 'downstreamOf':
      if (expression.hops !== null && (!Number.isInteger(expression.hops) || expression.hops < 0))
        bad(`hops is a whole number from 0, not ${expression.hops}`)
      return expression
    case 'influence':
      for (const name of ['nodeThreshold', 'edgeThreshold'] as const) {
        if (!(expression[name] >= 0 && expression[name] <= 1))
          bad(`${name} lies between 0 and 1, not ${expression[name]}`)
      }
      return expression
    case 'pipe':
      if (expression.steps.length === 0) bad('pipe has at least one step')
      if (expression.steps.length > EXPRESSION_LIMITS.nodes)
        bad(`pipe has at most ${EXPRESSION_LIMITS.nodes} steps`)
      for (const [i, step] of expression.steps.entries())
        checkExpression(step, `${path}.pipe[${i}]`, depth + 1)
      return expression
    default:
      return expression satisfies never
  }
}

/** Plain JSON without absent members, for canonical text and hashes; nested pipes are flattened, a pipe of one is its step. */
export function canonicalExpression(expression: GraphExpression): JsonValue {
  const steps = flatten(expression).map(canonicalOperands)
  const plain = steps.length === 1 ? steps[0]! : { kind: 'pipe', steps }
  return JSON.parse(JSON.stringify(plain, (_, value) => (value === null ? undefined : value))) as JsonValue
}

/** Back from canonical JSON; only for text that this server wrote itself. */
export function expressionFromCanonical(json: JsonValue): GraphExpression {
  const withDefaults = (value: JsonValue): unknown => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    const object = value as Readonly<Record<string, JsonValue>>
    if (object['kind'] === 'pipe')
      return { ...object, steps: (object['steps'] as readonly JsonValue[]).map(withDefaults) }
    if (object['kind'] === 'influence') return { on: null, ...object }
    return object['kind'] === 'upstreamOf' || object['kind'] === 'downstreamOf'
      ? { hops: null, ...object }
      : object
  }
  return withDefaults(json) as GraphExpression
}

/** Its selectors and filters in the one spelling that canonical text has. */
function canonicalOperands(expression: GraphExpression): object {
  switch (expression.kind) {
    case 'nodes':
    case 'edges':
      return { ...expression, where: canonicalFilter(expression.where) }
    case 'upstreamOf':
    case 'downstreamOf':
      return { ...expression, of: canonicalSelector(expression.of, null) }
    case 'between': {
      const { from, to } = expression
      return { ...expression, from: canonicalSelector(from, null), to: canonicalSelector(to, null) }
    }
    case 'influence': {
      const on = expression.on?.map(({ node, weight }) => ({ node: canonicalAddress(node), weight }))
      return { ...expression, on }
    }
    case 'pipe':
      return expression
    default:
      return expression satisfies never
  }
}

function flatten(expression: GraphExpression): GraphExpression[] {
  return expression.kind === 'pipe' ? expression.steps.flatMap(flatten) : [expression]
}
