/** Expressions applied to hand-made graphs, without a store. */

import type { ModelLibrary } from '../../src/application/ports/model-library.js'
import { type DerivedGraph, wholeGraph } from '../../src/application/selecting/derived-graph.js'
import { GraphSelection, type Sight } from '../../src/application/selecting/graph-selection.js'
import { InvalidInput } from '../../src/domain/errors.js'
import type { Circuit, GraphData } from '../../src/domain/graph-data.js'
import { checkExpression } from '../../src/query/expression/check-expression.js'
import type { GraphExpression } from '../../src/query/graph-expression.js'
import type { Scores } from '../../src/query/node-filter.js'
import { opened } from './tiny-graph.js'

const noModels: ModelLibrary = {
  load: () => Promise.reject(new Error('no model is at hand')),
  graph: () => Promise.reject(new Error('no model is at hand')),
  structure: () => Promise.reject(new Error('no model is at hand')),
}

const noRuns = async (): Promise<never> => {
  throw new InvalidInput('BAD_INPUT', 'these circuits have no model to run')
}

export interface TestSelection {
  readonly selection: GraphSelection
  /** The graph that an expression makes of the first circuit. */
  of(expression: GraphExpression): Promise<DerivedGraph>
}

/** One request over some circuits, named by their ids; expressions are applied to the first. */
export function selectionOver(
  circuits: readonly Circuit[],
  scores: Scores = new Map(),
  signal: AbortSignal = new AbortController().signal,
): TestSelection {
  const sights = new Map(
    circuits.map((circuit, i) => [circuit.id, sightOf(circuit, i === 0 ? scores : new Map())]),
  )
  const selection = new GraphSelection(
    { signal },
    noModels,
    async ({ id }) => {
      const found = sights.get(id)
      if (found === undefined) throw new InvalidInput('NOT_FOUND', `there is no circuit ${id}`)
      return found
    },
    noRuns,
  )
  const root = sightOf(circuits[0]!, scores)
  return {
    selection,
    of: async (expression) => (await selection.apply(checkExpression(expression), root)).of,
  }
}

function sightOf(circuit: Circuit, scores: Scores): Sight {
  return { key: `circuit:${circuit.id}`, open: opened(circuit), of: wholeGraph(circuit, scores) }
}

export function nodesOf({ nodes }: GraphData): string[] {
  return nodes.map(({ address }) => address)
}

/** `source target weight`, in order. */
export function edgesOf({ nodes, edges }: GraphData): string[] {
  return Array.from(edges.source, (source, e) =>
    [nodes[source]!.address, nodes[edges.target[e]!]!.address, edges.weight[e]].join(' '),
  )
}
