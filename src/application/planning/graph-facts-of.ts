/** What estimates need to know of an opened graph: counted once, in one pass over its nodes and edges. */
import { coordinatesOf } from '../../domain/canonical-order.js'
import { CircuitQLError } from '../../domain/errors.js'
import type { CircuitNode, GraphData } from '../../domain/graph-data.js'
import type { GraphFacts, StreamFacts } from '../../query/cost/graph-facts.js'
import type { ModelLibrary } from '../ports/model-library.js'
import { walksOnWeights } from '../question-walk.js'

const known = new WeakMap<GraphData, GraphFacts>()

export async function graphFactsOf(graph: GraphData, library: ModelLibrary): Promise<GraphFacts> {
  const before = known.get(graph)
  if (before !== undefined) return before
  const width =
    walksOnWeights(graph) && graph.model.kind === 'sparse' ? await widthOf(graph.model.id, library) : null
  const facts: GraphFacts = {
    nodes: graph.nodes.length,
    edges: graph.edges.count,
    layers: new Set(graph.nodes.map(({ place }) => coordinatesOf(place).layer)).size,
    stream: walksOnWeights(graph) ? streamFacts(graph, width ?? 0) : null,
  }
  if (width !== 0) known.set(graph, facts)
  return facts
}

/** Channels of the residual stream; 0 while the model is away, without which nothing can be attached. */
async function widthOf(modelId: string, library: ModelLibrary): Promise<number> {
  try {
    return (await library.structure(modelId)).dModel
  } catch (error) {
    if (error instanceof CircuitQLError) return 0
    throw error
  }
}

function streamFacts({ nodes, edges }: GraphData, width: number): StreamFacts {
  const count = (test: (node: CircuitNode) => boolean): number =>
    nodes.reduce((sum, node) => sum + Number(test(node)), 0)
  const tap = ({ place: { site } }: CircuitNode): string => (site.kind === 'channel' ? site.tap : site.kind)
  let attendedWrites = 0
  for (let e = 0; e < edges.count; e++) if (tap(nodes[edges.source[e]!]!) === 'v') attendedWrites++
  return {
    width,
    attendedWrites,
    writes: count((node) => ['resid_delta', 'embed'].includes(tap(node))),
    reads: count((node) => ['act_in', 'final_resid'].includes(tap(node))),
    controls: count((node) => ['q', 'k'].includes(tap(node))),
  }
}
