/** The graph a path question walks, whatever its edges mean, with the ends it asked for. */
import { InvalidInput } from '../domain/errors.js'
import { type CircuitNode, type GraphData, PORT_CODES } from '../domain/graph-data.js'
import type { CompactGraph } from '../graph/compact-graph.js'
import type { NodeRole } from '../graph/influence.js'
import { rowShares } from '../graph/row-shares.js'
import type { StrongPath } from '../graph/strongest-paths.js'
import { topologicalOrder } from '../graph/topological-order.js'
import { hopKind, storedWalk } from '../graph/walk-graph.js'
import { weightWalk } from '../graph/weight-walk.js'
import type { LinkPolicy } from '../query/graph-expression.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import type { NodeSetting } from '../query/pattern/element-test.js'
import type { Binding } from '../query/pattern/match-bindings.js'
import { namesEdgeKind } from '../query/pattern/names-edge-kind.js'
import type { PathPattern } from '../query/pattern/path-pattern.js'
import type { PathHop, PathStep } from './answers.js'
import {
  type AttachedEnd,
  attachedSink,
  attachedSource,
  bigramsBetween,
  endsOfPattern,
  nodeOfEnd,
  nodeSetting,
} from './attached-ends.js'
import { roleOf } from './influence-setting.js'
import { tapOfSite } from './measuring/channel-mask.js'
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
  /** What ties between paths are compared by, where several nodes are one; null: the numbers of nodes. */
  readonly places: Uint32Array | null
  /** Share of each edge in the input of its target. */
  shares(): Float64Array
  /** Index into EDGE_KINDS by edge. */
  readonly kind: Uint8Array
  /** What variables of the pattern stand for in a path; none without a pattern. */
  bindings(path: StrongPath): readonly Binding[]
  /** Is a stored edge part of the tool's own cut? Null for implied ones. */
  memberOf(edge: number): boolean | null
  /** Number of a stored edge in the graph asked; null for implied ones. */
  storedEdgeOf(edge: number): number | null
  /** A node, or an attached end as one; null for points that carry links. */
  nodeAt(walkNode: number): CircuitNode | null
  /** What conditions on its nodes are asked of. */
  readonly setting: NodeSetting
  /** Does the question say where paths begin and end? */
  readonly saysFrom: boolean
  readonly saysTo: boolean
  /** Did the question ask for bigram entries? Null where there is no table of them. */
  readonly bigram: boolean | null
  /** Has it a residual stream that `=>` goes through? */
  readonly hasStream: boolean
}

export interface WalkRequest {
  readonly from: PathEnd | null
  readonly to: PathEnd | null
  readonly links: LinkPolicy
  /** Its tokens and logits are attached. */
  readonly pattern?: PathPattern | null
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

/** A collapsed graph has no channels left for implied links to join: it holds them as edges. */
export function walksOnWeights(graph: GraphData): boolean {
  const { edgeMeaning, source, model, quotient } = graph
  return (
    edgeMeaning === 'WEIGHT' &&
    source === 'SPARSE_WEIGHTS' &&
    model.kind === 'sparse' &&
    quotient === undefined
  )
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
  const order = topologicalOrder(graph, (node) => nodes[node]!.address)
  return {
    places: null,
    bindings: () => [],
    shares: () => rowShares(graph, order, null),
    kind: walk.kind,
    memberOf: (edge) => edges.member[edge] === 1,
    storedEdgeOf: (edge) => edge,
    nodeAt: (node) => nodes[node]!,
    setting: nodeSetting(open.graph, scores, null, ({ ordinal }) => ordinal),
    saysFrom: from !== null,
    saysTo: to !== null,
    hasStream: false,
    bigram: null,
    graph,
    order,
    transparent: null,
    sources:
      from === null ? orElse(withRole('token'), () => looseEnds(graph, 'inStart')) : nodesOf(from, 'from'),
    sinks: to === null ? orElse(withRole('logit'), () => looseEnds(graph, 'outStart')) : nodesOf(to, 'to'),
    walkNodeOf: (ordinal) => ordinal,
    stepOf: (node) => ({ address: nodes[node]!.address, node: nodes[node]! }),
    hopOf: (first, last) => ({
      reversed: false,
      kind: hopKind(walk, first, last),
      port: PORT_CODES[edges.port[last]!]!,
    }),
  }
}

function walkOnWeights(
  open: OpenGraph,
  { from, to, links, pattern = null }: WalkRequest,
  scores: Scores,
  structure: ModelStructure,
): QuestionWalk {
  const source = attachedSource(from, structure)
  const sink = attachedSink(to, structure)
  let own: ReadonlyMap<string, number> | null = null
  const setting = nodeSetting(open.graph, scores, structure, ({ address }) => {
    own ??= new Map(open.graph.nodes.map((node) => [node.address, node.ordinal]))
    return own.get(address) ?? -1
  })
  const asked = pattern === null ? [] : endsOfPattern(pattern, structure, setting)
  const attached = [
    ...(source === null ? asked.filter(({ kind }) => kind === 'token') : [source]),
    ...(sink === null ? asked.filter(({ kind }) => kind === 'logit') : [sink]),
  ]
  const rows = {
    embed: links.residual ? allRows(attached, 'token') : null,
    finalResid: links.residual ? allRows(attached, 'logit') : null,
  }
  const { graph: data, ownOrdinal, placeOf } = withStreamEnds(open.graph, rows)
  const bigramOf = bigramsBetween(attached, structure)
  const walkSetting = {
    dHead: structure.dHead,
    gainOf: (read: CircuitNode) => gainOf(read, structure),
    bigramOf,
  }
  const asksBigrams = links.bigram === true || (pattern !== null && namesEdgeKind(pattern, 'BIGRAM'))
  const walked = asksBigrams ? { ...links, bigram: true as const } : links
  const walk = weightWalk(data, walked, walkSetting, attached)
  const { graph, transparent, indexOf, ordinalOf, ends, storedEdges, kind } = walk
  const endAt = new Map(attached.map((end, i) => [ends[i]!, end]))
  const walkNodeOf = (ordinal: number): number => indexOf[placeOf[ordinal]!]!
  const nameOf = (node: number): string =>
    endAt.get(node)?.name ?? data.nodes[ordinalOf[node]!]?.address ?? 'the residual stream'
  const chosen = (end: PathEnd | null, path: string): number[] | null =>
    end?.kind === 'nodes' ? selectNodes(end.nodes, open.graph, scores, path).map(walkNodeOf) : null
  const loose = (side: 'inStart' | 'outStart'): number[] =>
    looseEnds(graph, side).filter((node) => ownOrdinal[ordinalOf[node]!]! >= 0)
  const order = topologicalOrder(graph, nameOf, undefined, walk.likelyOrder)
  return {
    graph,
    kind,
    order,
    places: null,
    bindings: () => [],
    shares: () => rowShares(graph, order, transparent),
    transparent,
    sources: chosen(from, 'from') ?? (source === null ? loose('inStart') : [ends[0]!]),
    sinks: chosen(to, 'to') ?? (sink === null ? loose('outStart') : [ends.at(-1)!]),
    saysFrom: from !== null,
    saysTo: to !== null,
    hasStream: true,
    bigram: bigramOf === null ? null : asksBigrams,
    setting,
    walkNodeOf,
    stepOf: (node) => ({
      address: nameOf(node),
      node: open.graph.nodes[ownOrdinal[ordinalOf[node]!] ?? -1] ?? null,
    }),
    hopOf: (first, last) => ({
      reversed: false,
      kind: hopKind(walk, first, last),
      port: last < storedEdges ? PORT_CODES[data.edges.port[last]!]! : null,
    }),
    memberOf: (edge) => (edge < storedEdges ? data.edges.member[edge] === 1 : null),
    storedEdgeOf: (edge) => (edge < storedEdges ? edge : null),
    nodeAt: (node) => {
      const end = endAt.get(node)
      return end === undefined ? (data.nodes[ordinalOf[node]!] ?? null) : nodeOfEnd(end)
    },
  }
}

/** Where any of the ends has a value: the channels that paths enter or leave by. */
function allRows(ends: readonly AttachedEnd[], kind: AttachedEnd['kind']): Float64Array | null {
  const rows = ends.filter((end) => end.kind === kind).map(({ row }) => row)
  if (rows.length === 0) return null
  return Float64Array.from(rows[0]!, (_, c) => (rows.some((row) => row[c] !== 0) ? 1 : 0))
}

/** Norm gain of a residual read; null where nothing of the stream is read. */
function gainOf({ place }: CircuitNode, structure: ModelStructure): number | null {
  const tap = tapOfSite(place.site)
  return tap === null ? null : structure.gain(tap.tap, tap.index)
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
