/** What estimates need to know of a graph, and how large the graph is that a question walks on it. */
import type { LinkPolicy } from '../graph-expression.js'

export interface GraphFacts {
  readonly nodes: number
  readonly edges: number
  /** Different layers that its nodes stand in. */
  readonly layers: number
  /** What the architecture implies beside the stored weights; null where the walk is the stored graph. */
  readonly stream: StreamFacts | null
}

export interface StreamFacts {
  /** Nodes that write to the residual stream, and that read it. */
  readonly writes: number
  readonly reads: number
  /** q and k channels, and the writes of attention that v channels lead to, counted by v. */
  readonly controls: number
  readonly attendedWrites: number
  /** Channels of the residual stream. */
  readonly width: number
}

export interface GraphSize {
  readonly nodes: number
  readonly edges: number
}

/** Tokens and logits that a question attaches to the graph. */
export interface AttachedEnds {
  readonly tokens: number
  readonly logits: number
}

export const NO_ENDS: AttachedEnds = { tokens: 0, logits: 0 }

/**
 * At most. A channel of the stream is a chain: a link per write, two per read, and a point per read; an end brings a
 * link per channel, and the first of its kind a node per channel with its own links to the chain.
 */
export function walkSize(
  { nodes, edges, stream }: GraphFacts,
  links: LinkPolicy,
  { tokens, logits }: AttachedEnds,
): GraphSize {
  if (stream === null) return { nodes, edges }
  const { writes, reads, controls, attendedWrites, width } = stream
  const entries = tokens > 0 ? width : 0
  const exits = logits > 0 ? width : 0
  const ends = tokens + logits
  const size = { nodes: nodes + ends + entries + exits, edges: edges + ends * width }
  const chained = links.residual
    ? { nodes: reads + exits, edges: writes + entries + 2 * (reads + exits) }
    : { nodes: 0, edges: 0 }
  const control =
    links.attention === 'OV_AND_QK'
      ? { nodes: controls, edges: controls + attendedWrites }
      : { nodes: 0, edges: 0 }
  return {
    nodes: size.nodes + chained.nodes + control.nodes,
    edges: size.edges + chained.edges + control.edges,
  }
}

export function sizeOf({ nodes, edges }: GraphSize): number {
  return nodes + edges
}

/** Edges of a path of the walk, at most about: a layer of attention and MLP with the points between them. */
export function pathLength({ nodes, layers, stream }: GraphFacts): number {
  const most = stream === null ? nodes : nodes + stream.reads + 2
  return Math.min(most, 12 * (layers + 1))
}
