/** Set algebra on graphs of one model: on their node and edge sets, by address (language.md §4). Nothing is induced. */
import { compareCodePoints } from '../../domain/code-point-order.js'
import { InvalidInput } from '../../domain/errors.js'
import type { GraphData } from '../../domain/graph-data.js'
import { type MergedGraphs, mergeGraphs } from '../../graph/merge-graphs.js'
import { nodeSet } from '../../graph/node-set.js'
import { type PlacedPart, withValuesOf } from '../../graph/values-of-parts.js'
import type { Scores } from '../../query/node-filter.js'
import { type DerivedGraph, partOf, wholeGraph } from './derived-graph.js'
import { taken } from './induce-graph.js'

export type Combination = 'union' | 'intersection' | 'difference'

/**
 * `difference`: the first without the others. Elements are the same where they stand in their stored graphs alike;
 * one that several operands have takes the values of the first. Throws BAD_EXPRESSION for graphs that do not go together.
 */
export function combineGraphs(
  combination: Combination,
  operands: readonly DerivedGraph[],
  path: string,
): DerivedGraph {
  const first = operands[0]!
  for (const other of operands.slice(1)) checkTogether(first.graph, other.graph, path)
  const wholes = [...new Set(operands.map(({ whole }) => whole))]
  const merged = mergeGraphs(wholes)
  const placed = operands.map((operand) => placedIn(merged, operand, wholes.indexOf(operand.whole)))
  const graph = wholes.length === 1 ? merged.graph : withValuesOf(merged.graph, placed)
  const all = wholeGraph(graph, new Map(), new Set(operands.flatMap((one) => [...one.operands])))
  const edges = combined(
    combination,
    placed.map((one) => nodeSet(graph.edges.count, one.edges)),
  )
  const nodes = combined(
    combination,
    placed.map((one) => nodeSet(graph.nodes.length, one.nodes)),
  )
  if (combination === 'difference') keepEnds(graph, edges, nodes)
  const part = partOf(all, nodes, edges)
  const speaking = combination === 'difference' ? [first] : operands
  return {
    ...part,
    graph: { ...part.graph, ...frameOf(speaking.map((one) => one.graph)) },
    scores: joinedScores(
      operands,
      placed.map((one) => one.nodes),
      part.nodes,
    ),
  }
}

function checkTogether(a: GraphData, b: GraphData, path: string): void {
  const parts = [
    ['come from', a.source, b.source],
    ['have edges that are', a.edgeMeaning, b.edgeMeaning],
    ['are unrolled on', unrolledOn(a), unrolledOn(b)],
    ['are collapsed by', a.quotient?.by ?? 'nothing', b.quotient?.by ?? 'nothing'],
  ] as const
  for (const [what, x, y] of parts) {
    if (x !== y)
      throw new InvalidInput('BAD_EXPRESSION', `graphs that ${what} ${x} and ${y} do not go together`, {
        path,
      })
  }
}

/** Derivatives on one prompt are not those on another. */
function unrolledOn({ edgeMeaning, source, prompt }: GraphData): string {
  if (edgeMeaning !== 'DERIVATIVE' || source !== 'SPARSE_WEIGHTS') return 'nothing'
  return JSON.stringify(prompt?.tokens.map(({ id }) => id))
}

function placedIn({ nodeOf, edgeOf }: MergedGraphs, part: DerivedGraph, whole: number): PlacedPart {
  const through = (numbers: Uint32Array, places: Uint32Array): Uint32Array =>
    taken(places, numbers, new Uint32Array(numbers.length))
  return {
    graph: part.graph,
    nodes: through(part.nodes, nodeOf[whole]!),
    edges: through(part.edges, edgeOf[whole]!),
  }
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

/** What a graph says of itself stays where all that it is made of say the same; what was masked in one stays masked. */
function frameOf(graphs: readonly GraphData[]): Pick<GraphData, 'task' | 'prompt' | 'maskedSites'> {
  const agreed = <Fact>(of: (graph: GraphData) => Fact): Fact | null => {
    const [first, ...others] = graphs.map(of)
    const text = JSON.stringify(first)
    return others.every((other) => JSON.stringify(other) === text) ? first! : null
  }
  return {
    task: agreed(({ task }) => task),
    prompt: agreed(({ prompt }) => prompt),
    maskedSites: [...new Set(graphs.flatMap(({ maskedSites }) => maskedSites))].sort(compareCodePoints),
  }
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
