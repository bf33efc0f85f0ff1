/** The graph that a reference means, opened once per request; NOT_FOUND naming the reference otherwise. */
import type { CircuitRefInput, GraphRefInput, ModelRefInput } from '../schema/ref.input.js'
import type { OpenGraph, Ref } from '../src/application/use-cases.js'
import { InvalidInput, NotFound } from '../src/domain/errors.js'
import type { ApiContext } from './api-context.js'
import { bareId } from './bare-id.js'

export function refFromInput(ref: CircuitRefInput | ModelRefInput, type: 'circuit' | 'model'): Ref {
  return ref.id == null ? { kind: 'name', name: ref.name ?? '' } : { kind: 'id', id: bareId(ref.id, type) }
}

export async function openByRef(ref: GraphRefInput, { useCases, loaders }: ApiContext): Promise<OpenGraph> {
  if (ref.circuit != null) {
    const found = await useCases.resolveCircuit(refFromInput(ref.circuit, 'circuit'))
    if (found === null)
      throw new NotFound(`there is no circuit ${JSON.stringify(ref.circuit.id ?? ref.circuit.name)}`)
    return loaders.graph.load(`circuit:${found.id}`)
  }
  if (ref.model != null) {
    const found = await useCases.resolveModel(refFromInput(ref.model, 'model'))
    if (found === null)
      throw new NotFound(`there is no model ${JSON.stringify(ref.model.id ?? ref.model.name)}`)
    return loaders.graph.load(`model:${found.id}`)
  }
  if (ref.subcircuit == null)
    throw new InvalidInput('BAD_INPUT', 'a graph reference needs exactly one member', { path: 'input.graph' })
  return loaders.graph.load(`sub:${bareId(ref.subcircuit, 'sub')}`)
}
