/** What takes the place of an ablated channel: zero, a mean over a reference set, or a given value (semantics.md §11). */
import { canonicalJson } from '../domain/canonical-json.js'
import { InvalidInput } from '../domain/errors.js'
import { sha256Hex } from '../domain/sha256.js'
import type { Fill } from './channel-mask.js'
import { checkToken } from './measured-prompts.js'
import type { ModelStructure } from './ports/model-library.js'
import type { ModelRunner } from './ports/model-runner.js'
import type { ReplacementChoice } from './questions.js'

export interface ReplacementValues {
  /** `ZERO`, `MEAN`, `mean(<reference set id>)`, `value(0.5)`. */
  readonly name: string
  readonly referenceSetId: string | null
  readonly fill: Fill
}

export async function replacementValues(
  choice: ReplacementChoice,
  modelId: string,
  structure: ModelStructure,
  runner: ModelRunner,
  signal: AbortSignal,
): Promise<ReplacementValues> {
  switch (choice.kind) {
    case 'value':
      if (!Number.isFinite(choice.value))
        throw new InvalidInput('BAD_INPUT', `a replacement value is a finite number, not ${choice.value}`)
      return { name: `value(${choice.value})`, referenceSetId: null, fill: () => choice.value }
    case 'preset': {
      if (choice.preset === 'ZERO') return { name: 'ZERO', referenceSetId: null, fill: () => 0 }
      const set = structure.referenceSet
      if (set === null) {
        throw new InvalidInput(
          'NOT_MEANINGFUL',
          'this model came without a reference set, so MEAN has nothing to average over',
          {
            hint: 'give one: replacements: [{mean: {referenceSet: [[…token ids…]]}}], or ablate with ZERO',
          },
        )
      }
      return {
        name: 'MEAN',
        referenceSetId: set.id,
        fill: await meansOver(set.sequences, modelId, runner, signal),
      }
    }
    case 'mean': {
      const sequences = choice.referenceSet
      if (sequences.length === 0 || sequences.some((sequence) => sequence.length === 0)) {
        throw new InvalidInput(
          'BAD_INPUT',
          'a reference set has at least one sequence, and each at least one token',
          { path: 'replacements.mean.referenceSet' },
        )
      }
      for (const [i, sequence] of sequences.entries()) {
        for (const token of sequence) checkToken(token, structure, `replacements.mean.referenceSet[${i}]`)
      }
      const id = sha256Hex(canonicalJson(sequences))
      return {
        name: `mean(${id.slice(0, 8)})`,
        referenceSetId: id,
        fill: await meansOver(sequences, modelId, runner, signal),
      }
    }
    default:
      return choice satisfies never
  }
}

async function meansOver(
  sequences: readonly (readonly number[])[],
  modelId: string,
  runner: ModelRunner,
  signal: AbortSignal,
): Promise<Fill> {
  const means = await runner.means({ modelId, sequences }, signal)
  return (tap, index) => {
    const value = means.get(tap)?.[index]
    if (value === undefined) throw new InvalidInput('BAD_INPUT', `the model has no channel ${tap}[${index}]`)
    return value
  }
}
