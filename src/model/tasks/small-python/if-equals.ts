/** A name behind if is compared, a name that begins a line is set. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const ifEquals: PairedTask = {
  name: 'small-python/if_equals',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Compare behind if, set a variable elsewhere.',
  roles: { keyword: 'The if; nothing where the name begins the line.', variable: 'The name.' },
  answers: [' == ', ' = '],
  aligned: false,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'at once',
      text: '«keyword:if ¦»«variable:‹variable›»▸«:‹variable2›:\n    print(‹variable›)¦‹variable2›»\n',
    },
    {
      name: 'after an addition',
      text: '‹variable3› += ‹variable4›\n«keyword:if ¦»«variable:‹variable›»▸«:‹variable2›:\n    print(‹variable›)¦‹variable2›»\n',
    },
    {
      name: 'in a loop',
      text: 'for ‹variable3› in ‹variable4›:\n    «keyword:if ¦»«variable:‹variable›»▸«:‹variable2›:\n        print(‹variable›)¦‹variable2›»\n',
    },
    {
      name: 'in a condition',
      text: 'if ‹variable3›:\n    «keyword:if ¦»«variable:‹variable›»▸«:‹variable2›:\n        print(‹variable›)¦‹variable2›»\n',
      heldOut: true,
    },
    {
      name: 'in a while',
      text: 'while ‹variable3›:\n    «keyword:if ¦»«variable:‹variable›»▸«:‹variable2›:\n        print(‹variable›)¦‹variable2›»\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1120,
}
