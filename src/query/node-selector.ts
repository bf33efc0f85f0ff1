/** The nodes of a graph that a selector means (language.md §4). */
import { parseAddress, printAddress } from '../domain/address.js'
import { InvalidInput, invariant, standingAt } from '../domain/errors.js'
import type { GraphData } from '../domain/graph-data.js'
import type { NodeSelector, TokenChoice } from './graph-expression.js'
import { nodePredicate, nodeText, type Scores } from './node-filter.js'

export type { NodeSelector, TokenChoice }

/**
 * Ordinals of the selected nodes, ascending, each once. An address or token that the graph does not hold is
 * `BAD_INPUT` naming it and its place below `path`, where the selector stands; a filter that fits nothing selects
 * nothing.
 */
export function selectNodes(
  selector: NodeSelector,
  graph: GraphData,
  scores: Scores,
  path: string,
): number[] {
  switch (selector.kind) {
    case 'addresses':
      return byAddress(selector.addresses, graph, (i) => `${path}.addresses[${i}]`)
    case 'supernode':
      return byAddress(selector.members, graph, () => `${path}.supernode`)
    case 'where': {
      const test = standingAt(`${path}.where`, () => nodePredicate(selector.where, graph, scores))
      return graph.nodes.filter(test).map((node) => node.ordinal)
    }
    case 'tokens':
      return byTokens(selector.tokens, 'TOKEN', graph, `${path}.tokens`)
    case 'logits':
      return byTokens(selector.logits, 'LOGIT', graph, `${path}.logits`)
    case 'expression': {
      invariant(selector.members !== null, 'the nodes of an expression are known before they are selected')
      const index = ordinalsByAddress(graph)
      return ascending(selector.members.flatMap((address) => index.get(address) ?? []))
    }
    default:
      return selector satisfies never
  }
}

const indexes = new WeakMap<GraphData, ReadonlyMap<string, number>>()

/** Ordinal by canonical address; made once per graph. */
export function ordinalsByAddress(graph: GraphData): ReadonlyMap<string, number> {
  let index = indexes.get(graph)
  if (!index) {
    index = new Map(graph.nodes.map((node) => [node.address, node.ordinal]))
    indexes.set(graph, index)
  }
  return index
}

function byAddress(addresses: readonly string[], graph: GraphData, pathOf: (i: number) => string): number[] {
  return ascending(addresses.map((text, i) => ordinalAt(text, graph, pathOf(i))))
}

/** The node at an address in any spelling. Throws BAD_ADDRESS, or BAD_INPUT naming one that the graph does not hold. */
export function ordinalAt(text: string, graph: GraphData, path: string): number {
  const index = ordinalsByAddress(graph)
  const ordinal = index.get(text) ?? index.get(standingAt(path, () => printAddress(parseAddress(text))))
  if (ordinal !== undefined) return ordinal
  throw new InvalidInput('BAD_INPUT', `this graph has no node ${JSON.stringify(text)}`, {
    path,
    hint: 'list its nodes to see the addresses it has',
  })
}

function byTokens(
  choices: readonly TokenChoice[],
  kind: 'TOKEN' | 'LOGIT',
  graph: GraphData,
  path: string,
): number[] {
  return ascending(
    choices.flatMap((choice, i) => standingAt(`${path}[${i}]`, () => byToken(choice, kind, graph))),
  )
}

function byToken(choice: TokenChoice, kind: 'TOKEN' | 'LOGIT', graph: GraphData): number[] {
  if ((choice.id == null) === (choice.text == null)) {
    throw new InvalidInput('BAD_INPUT', 'a token is chosen by exactly one of id and text')
  }
  const found = graph.nodes.filter((node) => {
    const { site, position } = node.place
    if (node.kind !== kind && !(kind === 'LOGIT' && node.kind === 'TARGET')) return false
    if (choice.position != null && position !== choice.position) return false
    return choice.id != null
      ? 'token' in site && site.token === choice.id
      : nodeText(node, graph) === choice.text
  })
  if (found.length === 0) {
    const what = choice.id != null ? `id ${choice.id}` : JSON.stringify(choice.text)
    throw new InvalidInput(
      'BAD_INPUT',
      `this graph has no ${kind.toLowerCase()} ${what}${choice.position == null ? '' : ` at position ${choice.position}`}`,
    )
  }
  return found.map((node) => node.ordinal)
}

function ascending(ordinals: readonly number[]): number[] {
  return [...new Set(ordinals)].sort((a, b) => a - b)
}
