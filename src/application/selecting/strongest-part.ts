/** The nodes or edges that matter most by weight, influence or a named score, as a graph. */
import { edgeInfluence, nodeInfluence } from '../../graph/influence.js'
import { rowSums } from '../../graph/row-sums.js'
import type { Strength, WeightedNode } from '../../query/graph-expression.js'
import { unknownScore } from '../../query/node-filter.js'
import { influenceSetting } from '../influence-setting.js'
import { type DerivedGraph, partOf, partOfEdges } from './derived-graph.js'

/**
 * Nodes with all edges between them, or edges with their ends. What has no value, or 0, is never among them; ties
 * follow canonical order. Throws BAD_INPUT for a score that the graph does not have.
 */
export function strongestPart(
  of: DerivedGraph,
  by: Strength,
  first: number,
  on: readonly WeightedNode[] | null,
): DerivedGraph {
  const kept = topOf(strengths(of, by, on), first)
  return by.measure !== 'SCORE' && by.of === 'EDGES' ? partOfEdges(of, kept) : partOf(of, kept)
}

function strengths(
  { graph, scores }: DerivedGraph,
  by: Strength,
  on: readonly WeightedNode[] | null,
): Float64Array {
  switch (by.measure) {
    case 'SCORE': {
      const values = scores.get(by.score)
      if (values === undefined) throw unknownScore(by.score, scores)
      return Float64Array.from(values, (value) => Math.abs(value ?? 0))
    }
    case 'INFLUENCE': {
      const setting = influenceSetting(graph, on)
      const sums = rowSums(setting.graph)
      const influence = nodeInfluence(setting.graph, setting.order, sums, setting.start)
      return by.of === 'NODES' ? influence : edgeInfluence(setting.graph, sums, influence, setting.start)
    }
    case 'WEIGHT': {
      const { weight, source, target } = graph.edges
      const sizes = weight.map((value) => (Number.isNaN(value) ? 0 : Math.abs(value)))
      if (by.of === 'EDGES') return sizes
      const sums = new Float64Array(graph.nodes.length)
      sizes.forEach((size, e) => {
        sums[source[e]!]! += size
        sums[target[e]!]! += size
      })
      return sums
    }
    default:
      return by satisfies never
  }
}

/** Sorting plain numbers for the last value that gets in is several times as fast as sorting places by their values. */
function topOf(values: Float64Array, first: number): Uint8Array {
  const kept = new Uint8Array(values.length)
  const least = values.slice().sort()[values.length - first] ?? 0
  let left = first
  for (let i = 0; i < values.length; i++) {
    if (values[i]! <= Math.max(least, 0)) continue
    kept[i] = 1
    left--
  }
  for (let i = 0; i < values.length && left > 0 && least > 0; i++) {
    if (values[i] !== least) continue
    kept[i] = 1
    left--
  }
  return kept
}
