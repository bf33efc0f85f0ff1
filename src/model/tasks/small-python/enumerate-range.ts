/** A loop with two variables counts and gives items, a loop with one counts. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const enumerateRange: PairedTask = {
  name: 'small-python/enumerate_range',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Loop over enumerate with two variables, over range with one.',
  roles: { variables: 'What the loop sets.' },
  answers: ['enumerate', 'range'],
  aligned: false,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'call',
      text: 'for «variables:‹variable›, ‹variable2›¦‹variable›» in ▸(‹variable3›):\n    print(‹variable›)\n',
    },
    {
      name: 'after an assignment',
      text: '‹variable3› = ‹variable4›\nfor «variables:‹variable›, ‹variable2›¦‹variable›» in ▸(‹variable3›):\n    print(‹variable›)\n',
    },
    {
      name: 'in a condition',
      text: 'if ‹variable3›:\n    for «variables:‹variable›, ‹variable2›¦‹variable›» in ▸(‹variable3›):\n        print(‹variable›)\n',
    },
    {
      name: 'in a loop',
      text: 'while ‹variable3›:\n    for «variables:‹variable›, ‹variable2›¦‹variable›» in ▸(‹variable3›):\n        print(‹variable›)\n',
      heldOut: true,
    },
    {
      name: 'after an addition',
      text: '‹variable3› += ‹variable4›\nfor «variables:‹variable›, ‹variable2›¦‹variable›» in ▸(‹variable3›):\n    print(‹variable›)\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1110,
}
