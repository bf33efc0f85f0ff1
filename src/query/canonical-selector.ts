/** One tree for selectors that are written alike: addresses in canonical spelling, sets in one order. */
import { parseAddress, parseEdgeAddress, printAddress, printEdgeAddress } from '../domain/address.js'
import type { JsonValue } from '../domain/canonical-json.js'
import { CircuitQLError } from '../domain/errors.js'
import type { GraphData } from '../domain/graph-data.js'
import { canonicalFilter, inOrder } from './canonical-filter.js'
import { parseDirection, printDirection } from './direction.js'
import { type NodeSelector, selectNodes, type TokenChoice } from './node-selector.js'

/** Selectors that hold no expression. */
export type PlainSelector = Exclude<NodeSelector, { kind: 'expression' }>

/** With a graph, tokens that are chosen by text are named by their ids. */
export function canonicalSelector(selector: PlainSelector, graph: GraphData | null): JsonValue {
  switch (selector.kind) {
    case 'addresses':
      return { kind: 'addresses', addresses: inOrder(selector.addresses.map(canonicalAddress)) }
    case 'where':
      return { kind: 'where', where: canonicalFilter(selector.where) }
    case 'tokens':
      return { kind: 'tokens', tokens: inOrder(resolved(selector.tokens, 'tokens', graph)) }
    case 'logits':
      return { kind: 'logits', logits: inOrder(resolved(selector.logits, 'logits', graph)) }
    case 'supernode':
      return { kind: 'supernode', annotation: selector.annotation, members: [...selector.members] }
    default:
      return selector satisfies never
  }
}

/** A text that is no address stays as it is: the question that uses it says so. */
export function canonicalAddress(text: string): string {
  return orAsGiven(text, () => printAddress(parseAddress(text)))
}

export function canonicalEdgeAddress(text: string): string {
  return orAsGiven(text, () => printEdgeAddress(parseEdgeAddress(text)))
}

export function canonicalDirection(text: string): string {
  return orAsGiven(text, () => printDirection(parseDirection(text)))
}

function orAsGiven(text: string, canonical: () => string): string {
  try {
    return canonical()
  } catch (error) {
    if (error instanceof CircuitQLError) return text
    throw error
  }
}

function resolved(
  choices: readonly TokenChoice[],
  kind: 'tokens' | 'logits',
  graph: GraphData | null,
): JsonValue[] {
  return choices.flatMap((choice) => {
    const plain = canonicalFilter(choice)
    return (choice.text != null && graph !== null && byId(choice, kind, graph)) || [plain]
  })
}

/** The same nodes by the ids of their tokens; null where these do not say it. */
function byId(choice: TokenChoice, kind: 'tokens' | 'logits', graph: GraphData): JsonValue[] | null {
  const chosen = (tokens: readonly TokenChoice[]): readonly number[] | null => {
    const selector = kind === 'tokens' ? ({ kind, tokens } as const) : ({ kind, logits: tokens } as const)
    try {
      return selectNodes(selector, graph, new Map(), kind)
    } catch (error) {
      if (error instanceof CircuitQLError) return null
      throw error
    }
  }
  const nodes = chosen([choice])
  const ids = new Set(
    nodes?.map((ordinal) => {
      const { site } = graph.nodes[ordinal]!.place
      return 'token' in site ? site.token : null
    }),
  )
  if (nodes === null || ids.size === 0) return null
  const named: TokenChoice[] = []
  for (const id of ids) {
    if (typeof id !== 'number') return null
    named.push({ id, position: choice.position ?? null })
  }
  return chosen(named)?.join() === nodes.join() ? named.map(canonicalFilter) : null
}
