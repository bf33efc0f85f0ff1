/** while True begins a block, return True ends a line. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const whileReturnTrue: PairedTask = {
  name: 'small-python/while_return_true',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Begin a block behind while True, end the line behind return True.',
  roles: { keyword: 'while or return.' },
  answers: [':', '\n'],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'at once',
      text: 'def ‹variable3›(‹variable4›):\n    «keyword:while ¦return »True▸«:\n        print(‹variable›)\n¦»',
    },
    {
      name: 'after a call',
      text: 'def ‹variable3›(‹variable4›):\n    print(‹variable5›)\n    «keyword:while ¦return »True▸«:\n        print(‹variable›)\n¦»',
    },
    {
      name: 'after an assignment',
      text: 'def ‹variable3›(‹variable4›):\n    ‹variable5› = ‹variable4›\n    «keyword:while ¦return »True▸«:\n        print(‹variable›)\n¦»',
    },
    {
      name: 'after a comparison',
      text: 'def ‹variable3›(‹variable4›):\n    ‹variable5› = ‹variable4› == ‹variable›\n    «keyword:while ¦return »True▸«:\n        print(‹variable›)\n¦»',
      heldOut: true,
    },
    {
      name: 'after an addition',
      text: 'def ‹variable3›(‹variable4›):\n    ‹variable4› += ‹variable5›\n    «keyword:while ¦return »True▸«:\n        print(‹variable›)\n¦»',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1080,
}
