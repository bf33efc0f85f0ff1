/** The graph a path question walks, whatever its edges mean, with the ends it asked for. */
import { InvalidInput } from '../domain/errors.js'
import { type CircuitNode, type GraphData, PORT_CODES } from '../domain/graph-data.js'
import type { CompactGraph } from '../graph/compact-graph.js'
import type { NodeRole } from '../graph/influence.js'
import { countPaths } from '../graph/path-count.js'
import { topologicalOrder } from '../graph/topological-order.js'
import { hopKind, storedWalk } from '../graph/walk-graph.js'
import { type WalkEnd, weightWalk } from '../graph/weight-walk.js'
import type { LinkPolicy } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import type { PathHop, PathStep } from './answers.js'
import { roleOf } from './influence-setting.js'
import { tapOfSite } from './measuring/channel-mask.js'
import { checkToken } from './measuring/prompt-tokens.js'
import type { ModelLibrary, ModelStructure } from './ports/model-library.js'
import type { PathEnd } from './questions.js'
import { withStreamEnds } from './stream-ends.js'
import type { OpenGraph } from './use-cases.js'

export interface QuestionWalk {
  readonly graph: CompactGraph
  readonly order: Uint32Array
  readonly transparent: Uint8Array | null
  readonly sources: readonly number[]
  readonly sinks: readonly number[]
  walkNodeOf(ordinal: number): number
  stepOf(walkNode: number): PathStep
  hopOf(firstEdge: number, lastEdge: number): Omit<PathHop, 'weight'>
}

export interface WalkRequest {
  readonly from: PathEnd | null
  readonly to: PathEnd | null
  readonly links: LinkPolicy
}

/** Throws NOT_MEANINGFUL naming a cycle, and BAD_INPUT for an end that the graph does not have. */
export async function questionWalk(
  open: OpenGraph,
  request: WalkRequest,
  scores: Scores,
  library: ModelLibrary,
): Promise<QuestionWalk> {
  return walksOnWeights(open.graph)
    ? walkOnWeights(open, request, scores, await library.structure(modelIdOf(open.graph)))
    : walkOnEdges(open, request, scores)
}

export function walksOnWeights(graph: GraphData): boolean {
  return graph.edgeMeaning === 'WEIGHT' && graph.source === 'SPARSE_WEIGHTS' && graph.model.kind === 'sparse'
}

/** Paths that OV_ONLY leaves out because they pass q or k; null where there is no attention to see. */
export async function hiddenControlPaths(
  open: OpenGraph,
  request: WalkRequest,
  scores: Scores,
  library: ModelLibrary,
  seen: bigint,
): Promise<string | null> {
  if (!walksOnWeights(open.graph) || request.links.attention !== 'OV_ONLY') return null
  const walk = await questionWalk(
    open,
    { ...request, links: { ...request.links, attention: 'OV_AND_QK' } },
    scores,
    library,
  )
  return (countPaths(walk.graph, walk.order, walk.sources, walk.sinks).total - seen).toString()
}

function modelIdOf(graph: GraphData): string {
  return graph.model.kind === 'sparse' ? graph.model.id : ''
}

function walkOnEdges(open: OpenGraph, { from, to }: WalkRequest, scores: Scores): QuestionWalk {
  const { nodes, edges } = open.graph
  const walk = storedWalk(open.graph)
  const nodesOf = (end: PathEnd, path: string): number[] => {
    if (end.kind === 'nodes') return selectNodes(end.nodes, open.graph, scores, path)
    throw new InvalidInput(
      'BAD_INPUT',
      'token and logit ends are attached to weight graphs; here choose nodes of the graph',
      { path },
    )
  }
  const withRole = (role: NodeRole): number[] =>
    nodes.filter((node) => roleOf(node.kind) === role).map((node) => node.ordinal)
  const { graph } = walk
  return {
    graph,
    order: topologicalOrder(graph, (node) => nodes[node]!.address),
    transparent: null,
    sources:
      from === null ? orElse(withRole('token'), () => looseEnds(graph, 'inStart')) : nodesOf(from, 'from'),
    sinks: to === null ? orElse(withRole('logit'), () => looseEnds(graph, 'outStart')) : nodesOf(to, 'to'),
    walkNodeOf: (ordinal) => ordinal,
    stepOf: (node) => ({ address: nodes[node]!.address, node: nodes[node]! }),
    hopOf: (first, last) => ({ kind: hopKind(walk, first, last), port: PORT_CODES[edges.port[last]!]! }),
  }
}

function walkOnWeights(
  open: OpenGraph,
  { from, to, links }: WalkRequest,
  scores: Scores,
  structure: ModelStructure,
): QuestionWalk {
  const source = attachedSource(from, structure)
  const sink = attachedSink(to, structure)
  const rows = {
    embed: links.residual ? (source?.row ?? null) : null,
    finalResid: links.residual ? (sink?.row ?? null) : null,
  }
  const { graph: data, ownOrdinal, placeOf } = withStreamEnds(open.graph, rows)
  const setting = { dHead: structure.dHead, gainOf: (read: CircuitNode) => gainOf(read, structure) }
  const walk = weightWalk(
    data,
    links,
    setting,
    [source, sink].filter((end) => end !== null),
  )
  const { graph, transparent, indexOf, ordinalOf, ends, storedEdges } = walk
  const names = new Map([source, sink].filter((end) => end !== null).map((end, i) => [ends[i]!, end.name]))
  const walkNodeOf = (ordinal: number): number => indexOf[placeOf[ordinal]!]!
  const nameOf = (node: number): string =>
    names.get(node) ?? data.nodes[ordinalOf[node]!]?.address ?? 'the residual stream'
  const chosen = (end: PathEnd | null, path: string): number[] | null =>
    end?.kind === 'nodes' ? selectNodes(end.nodes, open.graph, scores, path).map(walkNodeOf) : null
  const loose = (side: 'inStart' | 'outStart'): number[] =>
    looseEnds(graph, side).filter((node) => transparent[node] === 0)
  return {
    graph,
    order: topologicalOrder(graph, nameOf),
    transparent,
    sources: chosen(from, 'from') ?? (source === null ? loose('inStart') : [ends[0]!]),
    sinks: chosen(to, 'to') ?? (sink === null ? loose('outStart') : [ends.at(-1)!]),
    walkNodeOf,
    stepOf: (node) => ({
      address: nameOf(node),
      node: open.graph.nodes[ownOrdinal[ordinalOf[node]!] ?? -1] ?? null,
    }),
    hopOf: (first, last) => ({
      kind: hopKind(walk, first, last),
      port: last < storedEdges ? PORT_CODES[data.edges.port[last]!]! : null,
    }),
  }
}

type NamedEnd = WalkEnd & { readonly name: string }

/** Norm gain of a residual read; null where nothing of the stream is read. */
function gainOf({ place }: CircuitNode, structure: ModelStructure): number | null {
  const tap = tapOfSite(place.site)
  return tap === null ? null : structure.gain(tap.tap, tap.index)
}

function attachedSource(end: PathEnd | null, structure: ModelStructure): NamedEnd | null {
  if (end === null || end.kind === 'nodes') return null
  if (end.kind === 'logit') {
    throw new InvalidInput('BAD_INPUT', 'paths begin at nodes or at a token, not at a logit', {
      path: 'from',
    })
  }
  const row = structure.embedding(checkToken(end.token, structure, 'from.token'))
  return { kind: 'token', token: end.token, row, name: `token(${end.token})` }
}

function attachedSink(end: PathEnd | null, structure: ModelStructure): NamedEnd | null {
  if (end === null || end.kind === 'nodes') return null
  if (end.kind === 'token') {
    throw new InvalidInput('BAD_INPUT', 'paths end at nodes or at a logit, not at a token', { path: 'to' })
  }
  const { token, minus } = end
  const plus = structure.unembedding(checkToken(token, structure, 'to.logit.token'))
  if (minus === null) return { kind: 'logit', token, row: plus, name: `logit(${token})` }
  const other = structure.unembedding(checkToken(minus, structure, 'to.logit.minus'))
  const row = Float64Array.from(plus, (value, c) => value - other[c]!)
  return { kind: 'logit', token, row, name: `logit(${token})-logit(${minus})` }
}

/** Nodes without edges on one side but with some on the other: a node without any edge is no end of a path. */
function looseEnds(graph: CompactGraph, side: 'inStart' | 'outStart'): number[] {
  const degree = (start: Uint32Array, node: number): number => start[node + 1]! - start[node]!
  const other = side === 'inStart' ? graph.outStart : graph.inStart
  return Array.from({ length: graph.nodeCount }, (_, node) => node).filter(
    (node) => degree(graph[side], node) === 0 && degree(other, node) > 0,
  )
}

function orElse(found: number[], otherwise: () => number[]): number[] {
  return found.length > 0 ? found : otherwise()
}
