/** Set algebra on graphs of one model: on their node and edge sets, by address (language.md §4). Nothing is induced. */
import { InvalidInput } from '../../domain/errors.js'
import type { GraphData } from '../../domain/graph-data.js'
import { type MergedGraphs, mergeGraphs } from '../../graph/merge-graphs.js'
import type { Scores } from '../../query/node-filter.js'
import { type DerivedGraph, partOf, wholeGraph } from './derived-graph.js'

export type Combination = 'union' | 'intersection' | 'difference'

/** `difference`: the first without the others. Throws BAD_EXPRESSION for graphs that do not go together. */
export function combineGraphs(
  combination: Combination,
  operands: readonly DerivedGraph[],
  path: string,
): DerivedGraph {
  const first = operands[0]!
  for (const other of operands.slice(1)) checkTogether(first.graph, other.graph, path)
  const wholes = [...new Set(operands.map(({ whole }) => whole))]
  const merged = mergeGraphs(wholes)
  const held = operands.map((operand) => heldBy(operand, merged, wholes.indexOf(operand.whole)))
  const all = wholeGraph(merged.graph, new Map(), new Set(operands.flatMap((one) => [...one.operands])))
  const edges = combined(
    combination,
    held.map((one) => one.edges),
  )
  const nodes = combined(
    combination,
    held.map((one) => one.nodes),
  )
  if (combination === 'difference') keepEnds(merged.graph, edges, nodes)
  const part = partOf(all, nodes, edges)
  const graph = combination === 'difference' ? framedAs(part.graph, first.graph) : part.graph
  return {
    ...part,
    graph,
    scores: joinedScores(
      operands,
      held.map((one) => one.places),
      part.nodes,
    ),
  }
}

function checkTogether(a: GraphData, b: GraphData, path: string): void {
  const parts = [
    ['come from', a.source, b.source],
    ['have edges that are', a.edgeMeaning, b.edgeMeaning],
    ['are collapsed by', a.quotient?.by ?? 'nothing', b.quotient?.by ?? 'nothing'],
  ] as const
  for (const [what, x, y] of parts) {
    if (x !== y)
      throw new InvalidInput('BAD_EXPRESSION', `graphs that ${what} ${x} and ${y} do not go together`, {
        path,
      })
  }
}

/** What an operand has of the merged graph, and the place of each of its nodes there. */
function heldBy({ nodes, edges }: DerivedGraph, { graph, nodeOf, edgeOf }: MergedGraphs, whole: number) {
  const places = nodes.map((node) => nodeOf[whole]![node]!)
  const held = { places, nodes: new Uint8Array(graph.nodes.length), edges: new Uint8Array(graph.edges.count) }
  for (const place of places) held.nodes[place] = 1
  for (const edge of edges) held.edges[edgeOf[whole]![edge]!] = 1
  return held
}

function combined(combination: Combination, [first, ...others]: readonly Uint8Array[]): Uint8Array {
  const result = first!.slice()
  for (const other of others) {
    for (let i = 0; i < result.length; i++) {
      if (combination === 'union') result[i]! |= other[i]!
      else result[i]! &= combination === 'intersection' ? other[i]! : 1 - other[i]!
    }
  }
  return result
}

/** Nodes that keep an edge stay, whoever else has them. */
function keepEnds({ edges }: GraphData, keptEdges: Uint8Array, keptNodes: Uint8Array): void {
  for (let e = 0; e < edges.count; e++) {
    if (keptEdges[e] !== 1) continue
    keptNodes[edges.source[e]!] = 1
    keptNodes[edges.target[e]!] = 1
  }
}

/** What is left of a graph still explains what that graph does. */
function framedAs(graph: GraphData, { task, prompt, maskedSites }: GraphData): GraphData {
  return { ...graph, task, prompt, maskedSites }
}

/** Every score that an operand has; of a node that several have, the first value there is. */
function joinedScores(
  operands: readonly DerivedGraph[],
  places: readonly Uint32Array[],
  kept: Uint32Array,
): Scores {
  const names = new Set(operands.flatMap(({ scores }) => [...scores.keys()]))
  if (names.size === 0) return new Map()
  const resultOf = new Map(Array.from(kept, (place, ordinal) => [place, ordinal]))
  return new Map(
    [...names].map((name) => {
      const values = new Array<number | null>(kept.length).fill(null)
      for (const [i, { scores }] of operands.entries()) {
        scores.get(name)?.forEach((value, ordinal) => {
          const at = resultOf.get(places[i]![ordinal]!)
          if (at !== undefined) values[at] ??= value
        })
      }
      return [name, values]
    }),
  )
}
