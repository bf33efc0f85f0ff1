/** What stands in the place of what is taken away. */
import type { ReplacementInput } from '../schema/replacement.input.js'
import type { ReplacementChoice } from '../src/application/questions.js'
import { InvalidInput } from '../src/domain/errors.js'
import type { GraphData } from '../src/domain/graph-data.js'
import type { ApiContext } from './api-context.js'
import { given } from './given.js'

export function replacementFromInput(input: ReplacementInput, path: string): ReplacementChoice {
  if (input.preset) return { kind: 'preset', preset: input.preset }
  if (input.mean) return { kind: 'mean', referenceSet: input.mean.referenceSet }
  if (input.dataset) return { kind: 'dataset', seed: input.dataset.seed }
  if (input.corrupt != null) {
    if (input.corrupt) return { kind: 'corrupt' }
    throw new InvalidInput('BAD_INPUT', 'corrupt: false says nothing; name another replacement', { path })
  }
  return { kind: 'value', value: given(input.value, path) }
}

/** MEAN where the model has a reference set to take it over, else ZERO. */
export async function usualReplacement(
  { model }: GraphData,
  { useCases }: ApiContext,
): Promise<ReplacementChoice> {
  const known = model.kind === 'sparse' && (await useCases.hasReferenceSet(model.id))
  return { kind: 'preset', preset: known ? 'MEAN' : 'ZERO' }
}
