/** else is followed by a colon, elif by a condition. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const elseElif: PairedTask = {
  name: 'small-python/else_elif',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'End else with a colon, go on with a condition behind elif: here one that begins with not.',
  roles: { keyword: 'else or elif.' },
  answers: [':', ' not '],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'call',
      text: 'if ‹variable›:\n    print(‹variable2›)\n«keyword:else¦elif»▸«:¦‹variable3›:»\n    print(‹variable4›)\n',
    },
    {
      name: 'assignment',
      text: 'if ‹variable›:\n    ‹variable2› = ‹variable5›\n«keyword:else¦elif»▸«:¦‹variable3›:»\n    ‹variable2› = ‹variable4›\n',
    },
    {
      name: 'equal',
      text: 'if ‹variable› == ‹variable2›:\n    print(‹variable2›)\n«keyword:else¦elif»▸«:¦‹variable3›:»\n    print(‹variable4›)\n',
    },
    {
      name: 'added',
      text: 'if ‹variable›:\n    ‹variable2› += ‹variable5›\n«keyword:else¦elif»▸«:¦‹variable3›:»\n    print(‹variable4›)\n',
      heldOut: true,
    },
    {
      name: 'equal, assignment',
      text: 'if ‹variable› == ‹variable2›:\n    ‹variable2› = ‹variable5›\n«keyword:else¦elif»▸«:¦‹variable3›:»\n    print(‹variable4›)\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1070,
}
