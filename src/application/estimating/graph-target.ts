/** What an ablation on a graph without a model takes away: its target, positions, and the elements of a sweep. */
import { InvalidInput, standingAt } from '../../domain/errors.js'
import type { CircuitNode, GraphData } from '../../domain/graph-data.js'
import { edgeAddress, edgeByAddress } from '../../query/edge-address.js'
import { edgePredicate } from '../../query/edge-filter.js'
import type { Scores } from '../../query/node-filter.js'
import { selectNodes } from '../../query/node-selector.js'
import { roleOf } from '../influence-setting.js'
import {
  type Element,
  type ElementLink,
  edgeElements,
  headElements,
  layerElements,
  nodeElements,
  pairElements,
  positionElements,
} from '../measuring/elements.js'
import { checkSweep, countedSingles, grownElements, together } from '../measuring/planned-ablation.js'
import { positionsIn } from '../measuring/positions.js'
import type { AblationQuestion, EdgeSelector, PositionChoice } from '../questions.js'

/** An edge of the graph's columns. */
export interface GraphLink extends ElementLink {
  readonly edge: number
}
export type GraphElement = Element<GraphLink>

/** The whole target as one element. Throws BAD_INPUT for one that is empty, NOT_MEANINGFUL for an end of the graph. */
export function graphTarget(
  graph: GraphData,
  { target, positions }: AblationQuestion,
  scores: Scores,
): GraphElement {
  const path = `input.target.${target.kind}`
  if (target.kind === 'paths')
    throw new InvalidInput(
      'UNSUPPORTED',
      'on a graph without its model nodes and edges are ablated, not paths',
      { path, hint: 'the effect of a path is its product: ask paths' },
    )
  if (target.kind === 'edges') {
    if (positions !== null)
      throw new InvalidInput('UNSUPPORTED', 'edges are ablated at all positions', { path: 'input.positions' })
    const links = graphLinks(graph, target.edges, scores)
    if (links.length === 0) throw new InvalidInput('BAD_INPUT', 'the target selects no edge', { path })
    return together([], links)
  }
  const selected = selectNodes(target.nodes, graph, scores, path).map((ordinal) => graph.nodes[ordinal]!)
  const nodes = positions === null ? selected : nodesAt(positions, selected, graph, 'input.positions')
  if (nodes.length === 0) throw new InvalidInput('BAD_INPUT', 'the target selects no node', { path })
  const end = nodes.find((node) => roleOf(node.kind) === 'logit')
  if (end !== undefined)
    throw new InvalidInput('NOT_MEANINGFUL', `${end.address} is an end of the graph and cannot be ablated`, {
      path,
    })
  return together<GraphLink>(nodes, [])
}

const EDGES = 'input.target.edges'

/** Edges in canonical order. Throws BAD_INPUT naming an address that the graph does not have. */
export function graphLinks(graph: GraphData, selector: EdgeSelector, scores: Scores): readonly GraphLink[] {
  const all = Array.from({ length: graph.edges.count }, (_, e) => e)
  if (selector.kind === 'where')
    return linksOf(
      graph,
      all.filter(standingAt(`${EDGES}.where`, () => edgePredicate(selector.where, graph, scores))),
    )
  const edgeOf = (text: string): number => {
    const edge = edgeByAddress(text, graph)
    if (edge !== null) return edge
    throw new InvalidInput('BAD_INPUT', `this graph has no edge ${JSON.stringify(text)}`, {
      hint: 'list its edges to see the addresses it has',
    })
  }
  const edges = selector.addresses.map((text, i) =>
    standingAt(`${EDGES}.addresses[${i}]`, () => edgeOf(text)),
  )
  return linksOf(
    graph,
    [...new Set(edges)].sort((a, b) => a - b),
  )
}

/** Nodes among the given ones that stand at the chosen positions of the graph's prompt. */
export function nodesAt(
  choice: PositionChoice,
  nodes: readonly CircuitNode[],
  { prompt, nodes: all }: GraphData,
  path: string,
): readonly CircuitNode[] {
  const everywhere = nodes.find(({ place }) => place.position === null)
  if (everywhere !== undefined)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${everywhere.address} stands for all positions and cannot be taken at some of them`,
      { path },
    )
  const tokens = prompt?.tokens ?? []
  const last = all.reduce((most, { place }) => Math.max(most, place.position ?? -1), -1)
  const chosen = positionsIn(choice, {
    length: Math.max(tokens.length, last + 1),
    idAt: (position) => tokens[position]?.id ?? null,
    textAt: (position) => tokens[position]?.text ?? null,
    roles: {},
    path,
  })
  return nodes.filter(({ place }) => chosen.includes(place.position!))
}

export interface GraphSweep {
  readonly elements: readonly GraphElement[]
  /** Single members of pairs, in the order that pairs count them; empty for other sweeps. */
  readonly singles: readonly GraphElement[]
}

/** Throws NOT_MEANINGFUL for a sweep that the target or the graph has no elements of. */
export function graphSweep(graph: GraphData, { sweep }: AblationQuestion, whole: GraphElement): GraphSweep {
  if (sweep.kind === 'cumulative') return alone(grownElements(sweep, whole))
  const path = 'input.sweep'
  if (sweep.preset === 'TOGETHER') return alone([])
  if (sweep.preset === 'EACH_EDGE')
    return alone(edgeElements(whole.links.length > 0 ? whole.links : linksWithin(graph, whole.nodes)))
  if (sweep.preset === 'EACH_PAIR') {
    const singles = countedSingles(whole)
    return { elements: pairElements(singles), singles }
  }
  if (sweep.preset === 'EACH_PATH')
    throw new InvalidInput('NOT_MEANINGFUL', 'EACH_PATH sweeps over paths, and the target has none', { path })
  if (whole.links.length > 0)
    throw new InvalidInput('NOT_MEANINGFUL', `${sweep.preset} sweeps over nodes, and the target is edges`, {
      path,
    })
  const elements = nodeSweep(sweep.preset, whole.nodes)
  if (elements.length === 0)
    throw new InvalidInput('NOT_MEANINGFUL', `no node of the target has what ${sweep.preset} sweeps over`, {
      path,
    })
  return alone(elements)
}

function nodeSweep(
  preset: 'EACH_NODE' | 'EACH_HEAD' | 'EACH_LAYER' | 'EACH_POSITION' | 'EACH_LAYER_AND_POSITION',
  nodes: readonly CircuitNode[],
): readonly Element<never>[] {
  switch (preset) {
    case 'EACH_NODE':
      return nodeElements(nodes)
    case 'EACH_HEAD':
      return headElements(nodes, null)
    case 'EACH_LAYER':
      return layerElements(nodes)
    case 'EACH_POSITION':
      return positionElements(nodes, false)
    case 'EACH_LAYER_AND_POSITION':
      return positionElements(nodes, true)
    default:
      return preset satisfies never
  }
}

function alone(elements: readonly GraphElement[]): GraphSweep {
  checkSweep(elements)
  return { elements, singles: [] }
}

export function linksWithin(graph: GraphData, nodes: readonly CircuitNode[]): readonly GraphLink[] {
  const inside = new Set(nodes.map(({ ordinal }) => ordinal))
  const all = Array.from({ length: graph.edges.count }, (_, e) => e)
  return linksOf(
    graph,
    all.filter((e) => inside.has(graph.edges.source[e]!) && inside.has(graph.edges.target[e]!)),
  )
}

function linksOf(graph: GraphData, edges: readonly number[]): readonly GraphLink[] {
  return edges.map((edge) => ({ address: edgeAddress(graph, edge), edge }))
}
