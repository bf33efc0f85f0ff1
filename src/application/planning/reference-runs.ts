/** Runs that means are taken over, once per model and set. */
import type { Runs } from '../../query/cost/run-plan.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { ReplacementChoice } from '../questions.js'

export function referenceRuns(
  choices: readonly ReplacementChoice[],
  { referenceSet }: ModelStructure,
): readonly Runs[] {
  return choices.flatMap((choice): Runs[] => {
    const isMean = choice.kind === 'preset' && choice.preset !== 'ZERO'
    const sequences =
      choice.kind === 'mean' ? choice.referenceSet : isMean ? (referenceSet?.sequences ?? []) : []
    const tokens = sequences.reduce((longest, { length }) => Math.max(longest, length), 0)
    return [{ step: 'replacement values', runs: sequences.length, tokens }]
  })
}
