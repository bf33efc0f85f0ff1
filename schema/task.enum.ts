import { describedEnum } from './described-enum.js'

export const TaskSplitEnum = describedEnum<'TRAIN' | 'HELD_OUT' | 'TEST'>('TaskSplit', 'A part of a task.', {
  TRAIN: 'To fit on.',
  HELD_OUT: 'Held out in its details: other names and words, in templates that are in TRAIN too.',
  TEST: 'Held out by template: templates that are not in TRAIN.',
})

export const MeasuredSplitEnum = describedEnum<'TRAIN' | 'HELD_OUT' | 'TEST' | 'ALL'>(
  'MeasuredSplit',
  'Which examples of a task are measured.',
  {
    TRAIN: 'Those to fit on.',
    HELD_OUT: 'Those held out in their details alone; only some tasks have such.',
    TEST: 'Those held out by template.',
    ALL: 'All.',
  },
)

export const TaskLanguageEnum = describedEnum<'PYTHON' | 'SMALL_PYTHON' | 'CHARACTERS'>(
  'TaskLanguage',
  'What the prompts of a task are written in.',
  {
    PYTHON: 'Python.',
    SMALL_PYTHON: 'The small Python-like language that comes with the product: one spelling is one token.',
    CHARACTERS: 'The few characters of a hand-built model.',
  },
)

export const TaskSourceEnum = describedEnum<'BUILT_IN' | 'FILE'>(
  'TaskSource',
  'Where the examples of a task come from.',
  { BUILT_IN: 'A generator of the product with a fixed seed.', FILE: 'An imported file.' },
)
