/** What a question that runs a sparse model needs: which model, its structure, what can be masked. */
import { Unavailable } from '../domain/errors.js'
import { type MaskedSite, maskedSites } from './measuring/channel-mask.js'
import type { ModelLibrary, ModelStructure } from './ports/model-library.js'
import type { ModelRunner } from './ports/model-runner.js'
import type { OpenGraph } from './use-cases.js'

export interface SparseSetting {
  readonly modelId: string
  readonly structure: ModelStructure
  /** N: the sites whose channels can be replaced on this graph. */
  readonly sites: readonly MaskedSite[]
  readonly runner: ModelRunner
}

export function runsAModel(open: OpenGraph): boolean {
  const { source, edgeMeaning, model } = open.graph
  return source === 'SPARSE_WEIGHTS' && edgeMeaning === 'WEIGHT' && model.kind === 'sparse'
}

/** Throws MODEL_NOT_AT_HAND where the graph speaks of a model that cannot be run here. */
export async function sparseSetting(
  open: OpenGraph,
  library: ModelLibrary,
  runner: ModelRunner,
): Promise<SparseSetting> {
  const { model } = open.graph
  if (model.kind !== 'sparse' || !runsAModel(open)) throw modelNotAtHand(open, 'this question runs a model')
  const structure = await library.structure(model.id)
  return { modelId: model.id, structure, sites: maskedSites(open.graph, structure), runner }
}

/** `estimable`: may arithmetic on a graph answer this question where it is allowed to? */
export function modelNotAtHand(open: OpenGraph, what: string, estimable = false): Unavailable {
  const { model, edgeMeaning, source } = open.graph
  if (edgeMeaning === 'DERIVATIVE' && source === 'SPARSE_WEIGHTS')
    return new Unavailable(
      `${what}, and this graph is one that was unrolled on a prompt`,
      { hint: 'ask the graph that it was unrolled from' },
      'MODEL_NOT_AT_HAND',
    )
  const name = model.kind === 'foreign' ? model.name : model.id
  return new Unavailable(
    `${what}, and ${name} cannot be run here`,
    estimable ? { hint: 'where a linear estimate on the graph will do, set allowEstimate: true' } : {},
    'MODEL_NOT_AT_HAND',
  )
}
