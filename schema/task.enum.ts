import { describedEnum } from './described-enum.js'

export const TaskSplitEnum = describedEnum<'TRAIN' | 'TEST'>('TaskSplit', 'A part of a task.', {
  TRAIN: 'To fit on.',
  TEST: 'Held out: templates that are not in TRAIN.',
})

export const MeasuredSplitEnum = describedEnum<'TRAIN' | 'TEST' | 'ALL'>(
  'MeasuredSplit',
  'Which examples of a task are measured.',
  { TRAIN: 'Those to fit on.', TEST: 'Those held out.', ALL: 'All.' },
)

export const TaskSourceEnum = describedEnum<'BUILT_IN' | 'FILE'>(
  'TaskSource',
  'Where the examples of a task come from.',
  { BUILT_IN: 'A generator of the product with a fixed seed.', FILE: 'An imported file.' },
)
