/** What with opens gets a name; what return gives back does not. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const withAs: PairedTask = {
  name: 'small-python/with_as',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Go on with as behind with, and end the line behind return.',
  roles: { keyword: 'with or return.' },
  answers: [' as ', '\n'],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'at once',
      text: 'def ‹variable3›(‹variable4›):\n    «keyword:with ¦return »open(‹variable›)▸«:‹variable2›:\n        print(‹variable2›)\n¦»',
    },
    {
      name: 'after a call',
      text: 'def ‹variable3›(‹variable4›):\n    print(‹variable5›)\n    «keyword:with ¦return »open(‹variable›)▸«:‹variable2›:\n        print(‹variable2›)\n¦»',
    },
    {
      name: 'after an assignment',
      text: 'def ‹variable3›(‹variable4›):\n    ‹variable5› = ‹variable4›\n    «keyword:with ¦return »open(‹variable›)▸«:‹variable2›:\n        print(‹variable2›)\n¦»',
    },
    {
      name: 'after a comparison',
      text: 'def ‹variable3›(‹variable4›):\n    ‹variable5› = ‹variable4› == ‹variable›\n    «keyword:with ¦return »open(‹variable›)▸«:‹variable2›:\n        print(‹variable2›)\n¦»',
      heldOut: true,
    },
    {
      name: 'after two calls',
      text: 'def ‹variable3›(‹variable4›):\n    print(‹variable5›)\n    print(‹variable4›)\n    «keyword:with ¦return »open(‹variable›)▸«:‹variable2›:\n        print(‹variable2›)\n¦»',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1050,
}
