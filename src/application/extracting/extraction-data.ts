/** The examples of a task as an extraction uses them: to learn on, one fixed batch to compare sizes on, the rest to judge by. */
import {
  type CheckedTask,
  DROP_REASONS,
  type DropReason,
  type TokenExample,
} from '../../domain/checked-task.js'
import { InvalidInput } from '../../domain/errors.js'
import type { AnsweredPair } from '../../domain/extraction/mask-learning.js'
import { TASK_SPLITS, type TaskSplit } from '../../domain/task.js'
import { type DataSet, MAX_PROMPTS, pairsDataSet } from '../measuring/data-set.js'
import type { ModelStructure } from '../ports/model-library.js'

export interface ExtractionData {
  readonly pairs: readonly AnsweredPair[]
  readonly batch: DataSet
  /** Splits that nothing is fitted on, where they hold examples. */
  readonly heldOut: readonly { readonly split: TaskSplit; readonly data: DataSet }[]
}

const LEAST_PAIRS = 8

/** Throws BAD_INPUT where too few examples of TRAIN can be asked, saying why the others cannot. */
export function extractionData(
  name: string,
  { examples, dropped }: CheckedTask,
  batch: number,
  structure: ModelStructure,
): ExtractionData {
  const fitting = examples.filter(
    ({ clean, corrupt, alternative }) =>
      alternative !== null && Math.max(clean.length, corrupt.length) <= structure.blockSize,
  )
  const of = (split: TaskSplit): readonly TokenExample[] => fitting.filter((one) => one.split === split)
  const train = of('TRAIN')
  if (train.length < LEAST_PAIRS)
    throw new InvalidInput(
      'BAD_INPUT',
      `the task ${name} has ${train.length} TRAIN pairs that this model can be asked, an extraction needs ${LEAST_PAIRS}${droppedSentence(dropped)}`,
      { path: 'task' },
    )
  const set = (chosen: readonly TokenExample[], split: TaskSplit): DataSet =>
    pairsDataSet(chosen.slice(0, MAX_PROMPTS).map(dataPair), 'BOTH', structure, 'NOISING', `${name} ${split}`)
  return {
    pairs: train.map(answeredPair),
    batch: set(train.slice(0, batch), 'TRAIN'),
    heldOut: TASK_SPLITS.filter((split) => split !== 'TRAIN').flatMap((split) => {
      const own = of(split)
      return own.length === 0 ? [] : [{ split, data: set(own, split) }]
    }),
  }
}

function droppedSentence(dropped: CheckedTask['dropped']): string {
  const reasons = Object.entries(dropped).flatMap(([reason, count]) =>
    count === 0 ? [] : [`${count} for ${DROP_REASONS[reason as DropReason]}`],
  )
  return reasons.length === 0 ? '' : `; dropped were ${reasons.join(', ')}`
}

function answeredPair({ clean, corrupt, target, alternative }: TokenExample): AnsweredPair {
  return { clean, corrupt, target, alternative: alternative! }
}

function dataPair({ clean, corrupt, target, alternative, template }: TokenExample) {
  return {
    clean: { kind: 'tokens' as const, tokens: clean },
    corrupt: { kind: 'tokens' as const, tokens: corrupt },
    target,
    alternative,
    template,
    roles: {},
  }
}
