/** The bounded surroundings of some nodes, strongest links first: what fits on a screen. */
import type { CompactGraph } from './compact-graph.js'

export interface NeighbourhoodBounds {
  /** Steps away at most, along or against edges. */
  readonly hops: number
  /** Nodes beside the starts at most. */
  readonly first: number
  /** 1 marks points that are passed without a hop and never answers. */
  readonly transparent?: Uint8Array | null
}

/** A link without a value (control through attention) comes after every link that has one. */
const NO_VALUE = -1

/**
 * 1 for the starts and the nodes around them: step by step, and within a step by the largest |value| of a link to the
 * step before (through transparent points their product), then by node. O(V + E) a step, and sorting what it reaches.
 */
export function neighbourhoodOf(
  graph: CompactGraph,
  starts: Iterable<number>,
  { hops, first, transparent = null }: NeighbourhoodBounds,
): Uint8Array {
  const found = new Uint8Array(graph.nodeCount)
  for (const node of starts) found[node] = 1
  let step = [...new Set(starts)]
  let left = first
  for (let hop = 0; hop < hops && left > 0 && step.length > 0; hop++) {
    const reached = new Map<number, number>()
    spread(step, graph.outStart, graph.outEdge, graph.target, graph.weight, transparent, reached)
    spread(step, graph.inStart, graph.inEdge, graph.source, graph.weight, transparent, reached)
    step = [...reached]
      .filter(([node]) => found[node] === 0 && transparent?.[node] !== 1)
      .sort(([a, x], [b, y]) => y - x || a - b)
      .slice(0, left)
      .map(([node]) => node)
    for (const node of step) found[node] = 1
    left -= step.length
  }
  return found
}

/** Strength of each node and point that one hop in one direction leads to. */
function spread(
  from: readonly number[],
  start: Uint32Array,
  row: Uint32Array,
  farEnd: Uint32Array,
  weight: Float64Array,
  transparent: Uint8Array | null,
  reached: Map<number, number>,
): void {
  // Points are passed again only by a stronger link, so that a long chain is not walked once per node before it.
  const passed = new Map<number, number>()
  const open: [node: number, strength: number][] = from.map((node) => [node, 1])
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, strength] = next
    for (let i = start[node]!; i < start[node + 1]!; i++) {
      const edge = row[i]!
      const far = farEnd[edge]!
      const size = Math.abs(weight[edge]!)
      const link = strength === NO_VALUE || Number.isNaN(size) ? NO_VALUE : strength * size
      const known = transparent?.[far] === 1 ? passed : reached
      if (link <= (known.get(far) ?? Number.NEGATIVE_INFINITY)) continue
      known.set(far, link)
      if (known === passed) open.push([far, link])
    }
  }
}
