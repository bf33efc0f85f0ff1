/** The graph that a question walks: nodes and edges of a stored graph, with what the question adds to them. */
import { EDGE_KINDS, type EdgeKind, type GraphData } from '../domain/graph-data.js'
import { type CompactGraph, compactGraph } from './compact-graph.js'

/**
 * Node indices: stored nodes and attached ends in canonical order, then transparent points. Edge ids: stored edges
 * in canonical order under their own number, then implied ones.
 */
export interface WalkGraph {
  readonly graph: CompactGraph
  /** 1 for points that only carry links (residual chains, attention patterns): no nodes, no hops. */
  readonly transparent: Uint8Array
  /** Ordinal of the stored node; -1 for attached ends and transparent points. */
  readonly ordinalOf: Int32Array
  /** Node index of each stored node, by ordinal. */
  readonly indexOf: Uint32Array
  /** Node index of each attached end, in the order they were asked for. */
  readonly ends: readonly number[]
  /** How many edges are stored ones: edge ids below are numbers of stored edges. */
  readonly storedEdges: number
  /** Index into EDGE_KINDS by edge id. */
  readonly kind: Uint8Array
  /** Nodes in an order in which their edges should point forward, by the layers of a model; null: not known. */
  readonly likelyOrder: Uint32Array | null
}

/** A graph walked as it is stored: node index = ordinal, edge id = edge number. */
export function storedWalk(data: GraphData): WalkGraph {
  const { edges, nodes } = data
  return {
    graph: compactGraph(nodes.length, edges.source, edges.target, edges.weight),
    transparent: new Uint8Array(nodes.length),
    ordinalOf: Int32Array.from(nodes, (_, ordinal) => ordinal),
    indexOf: Uint32Array.from(nodes, (_, ordinal) => ordinal),
    ends: [],
    storedEdges: edges.count,
    kind: edges.kind,
    likelyOrder: null,
  }
}

const RESIDUAL = EDGE_KINDS.indexOf('RESIDUAL')

/**
 * What a hop between visible nodes is called, from its first and last edge (the same one unless it passes transparent
 * points): a residual hop that begins at an attached token is an EMBEDDING, one that ends at an attached logit an
 * UNEMBEDDING.
 */
export function hopKind(walk: WalkGraph, firstEdge: number, lastEdge: number): EdgeKind {
  const first = walk.kind[firstEdge]!
  return EDGE_KINDS[first === RESIDUAL ? walk.kind[lastEdge]! : first]!
}
