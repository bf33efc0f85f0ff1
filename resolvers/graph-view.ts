/** The three kinds of graph as the schema spells them; each can be opened for questions. */

import type { CircuitType } from '../schema/circuit.type.js'
import type { CircuitGraphInterface } from '../schema/circuit-graph.interface.js'
import type { CollapsedType } from '../schema/collapsed.type.js'
import type { SparseModelType } from '../schema/sparse-model.type.js'
import type { SubcircuitType } from '../schema/subcircuit.type.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { printGlobalId } from '../src/domain/global-id.js'
import type { Quotient } from '../src/domain/graph-data.js'
import type { CircuitSummary, SparseModelSummary } from '../src/domain/records.js'
import type { ApiContext } from './api-context.js'

type View<Name extends string, Type> = Readonly<Type & CircuitGraphInterface> & { readonly __typename: Name }
export type CircuitView = View<'Circuit', CircuitType> & { readonly modelKey: string }
export type SparseModelView = View<'SparseModel', SparseModelType>
export type SubcircuitView = View<'Subcircuit', SubcircuitType> & { readonly open: OpenGraph }
export type GraphView = CircuitView | SparseModelView | SubcircuitView

export function circuitView(summary: CircuitSummary): CircuitView {
  const { id, names, ...rest } = summary
  return { __typename: 'Circuit', ...rest, id: printGlobalId('circuit', id), hash: id, names: [...names] }
}

export function modelView(summary: SparseModelSummary): SparseModelView {
  const { id, names, ...rest } = summary
  return {
    __typename: 'SparseModel',
    ...rest,
    id: printGlobalId('model', id),
    hash: id,
    names: [...names],
    source: 'SPARSE_WEIGHTS',
    edgeMeaning: 'WEIGHT',
  }
}

export function subcircuitView(open: OpenGraph): SubcircuitView {
  return {
    __typename: 'Subcircuit',
    id: printGlobalId('sub', open.id),
    hash: open.id,
    source: open.graph.source,
    edgeMeaning: open.graph.edgeMeaning,
    expression: open.expression ?? '',
    nodeCount: open.graph.nodes.length,
    edgeCount: open.graph.edges.count,
    collapsed: collapsedView(open.graph.quotient),
    open,
  }
}

function collapsedView(quotient: Quotient | undefined): CollapsedType | null {
  if (quotient === undefined) return null
  const innerEdges = quotient.innerEdges.reduce((sum, count) => sum + count, 0)
  return { by: quotient.by, innerEdges, pathSumsPreserved: false }
}

/** The graph behind a view, opened once per request. */
export function openView(view: GraphView, { loaders }: ApiContext): Promise<OpenGraph> {
  if (view.__typename === 'Subcircuit') return Promise.resolve(view.open)
  return loaders.graph.load(`${view.__typename === 'Circuit' ? 'circuit' : 'model'}:${view.hash}`)
}
