/** What the tasks over the small language are filled with, and what stands before them. */
import { VARIABLES, WORDS } from '../../texts/small-python-vocabulary.js'
import type { Pools, Surrounding } from '../paired-task.js'

export const SMALL_WORDS: Pools = { variable: VARIABLES, word: WORDS, call: ['print', 'open'] }

export const ALONE: readonly Surrounding[] = [{ name: 'alone', text: '', indent: '' }]

/** A statement of the language, or none. */
export const AFTER_A_STATEMENT: readonly Surrounding[] = [
  ...ALONE,
  { name: 'after a call', text: 'print(‹variable9›)\n', indent: '' },
  { name: 'after an assignment', text: '‹variable8› = ‹variable9›\n', indent: '' },
]
