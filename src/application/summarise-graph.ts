/** Counts and quantiles of a graph, from the columns in one pass each. */
import { coordinatesOf } from '../domain/canonical-order.js'
import { EDGE_KINDS, type GraphData } from '../domain/graph-data.js'
import { tapName } from '../query/node-filter.js'
import type { GraphSummary } from './answers.js'

export function summariseGraph(graph: GraphData, scoreNames: readonly string[]): GraphSummary {
  const { nodes, edges } = graph
  const inDegree = new Uint32Array(nodes.length)
  const outDegree = new Uint32Array(nodes.length)
  const weightKind = EDGE_KINDS.indexOf('WEIGHT')
  let weightCount = 0
  let negativeEdges = 0
  for (let e = 0; e < edges.count; e++) {
    outDegree[edges.source[e]!]!++
    inDegree[edges.target[e]!]!++
    if (edges.kind[e] === weightKind && graph.quotient === undefined) weightCount++
    if (edges.weight[e]! < 0) negativeEdges++
  }
  const pairs = nodes.length * (nodes.length - 1)
  return {
    nodeCount: nodes.length,
    edgeCount: edges.count,
    weightCount,
    byLayerAndTap: countByLayerAndTap(graph),
    maxInDegree: inDegree.reduce((a, b) => Math.max(a, b), 0),
    maxOutDegree: outDegree.reduce((a, b) => Math.max(a, b), 0),
    meanDegree: nodes.length === 0 ? 0 : edges.count / nodes.length,
    absWeightQuantiles: absQuantiles(edges.weight),
    negativeEdges,
    density: pairs === 0 ? null : edges.count / pairs,
    scoreNames,
  }
}

function countByLayerAndTap(graph: GraphData): GraphSummary['byLayerAndTap'] {
  const groups = new Map<string, { layer: number | null; kind: string; tap: string | null; nodes: number }>()
  for (const node of graph.nodes) {
    const { layer, block } = coordinatesOf(node.place)
    const tap = tapName(node)
    const key = `${layer}/${block}/${tap}/${node.kind}`
    const group = groups.get(key) ?? {
      layer,
      kind: node.kind,
      tap: tap === null ? null : `${block === 0 ? 'ATTN' : 'MLP'}.${tap}`,
      nodes: 0,
    }
    groups.set(key, { ...group, nodes: group.nodes + 1 })
  }
  const byLayer = (layer: number | null): number => layer ?? Number.POSITIVE_INFINITY
  return [...groups.values()].sort((a, b) =>
    byLayer(a.layer) === byLayer(b.layer) ? 0 : byLayer(a.layer) - byLayer(b.layer),
  )
}

/** Nearest-rank quantiles of abs(weight) at 0, ¼, ½, ¾, 1; null without a scored edge. */
function absQuantiles(weight: Float64Array): readonly number[] | null {
  const sorted = weight
    .filter((w) => !Number.isNaN(w))
    .map(Math.abs)
    .sort()
  if (sorted.length === 0) return null
  return [0, 0.25, 0.5, 0.75, 1].map((p) => sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]!)
}
