/** else is followed by a colon, elif by a condition. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const elseElif: PairedTask = {
  name: 'else_elif',
  version: '1',
  language: 'PYTHON',
  description: 'End else with a colon, go on with a condition behind elif: here one that begins with not.',
  roles: { keyword: 'else or elif.' },
  answers: [':', ' not'],
  aligned: true,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'name',
      text: 'if ‹variable2›:\n    ‹call›(‹number›)\n«keyword:else¦elif»▸«:¦ ‹variable›:»\n    ‹call2›(‹number2›)\n',
    },
    {
      name: 'not',
      text: 'if not ‹variable2›:\n    ‹call›(‹number›)\n«keyword:else¦elif»▸«:¦ ‹variable›:»\n    ‹call2›(‹number2›)\n',
    },
    {
      name: 'equal',
      text: 'if ‹variable2› == ‹number3›:\n    ‹call›(‹number›)\n«keyword:else¦elif»▸«:¦ ‹variable›:»\n    ‹call2›(‹number2›)\n',
    },
    {
      name: 'within',
      text: 'if ‹variable2› in ‹source›:\n    ‹call›(‹number›)\n«keyword:else¦elif»▸«:¦ ‹variable›:»\n    ‹call2›(‹number2›)\n',
    },
    {
      name: 'after an assignment',
      text: '‹variable3› = ‹number3›\nif ‹variable2›:\n    ‹call›(‹number›)\n«keyword:else¦elif»▸«:¦ ‹variable›:»\n    ‹call2›(‹number2›)\n',
    },
    {
      name: 'assigned',
      text: 'if ‹variable2›:\n    ‹variable3› = ‹number›\n«keyword:else¦elif»▸«:¦ ‹variable›:»\n    ‹call2›(‹number2›)\n',
    },
    {
      name: 'in a loop',
      text: 'for ‹item› in ‹source›:\n    if ‹variable2›:\n        ‹call›(‹number›)\n    «keyword:else¦elif»▸«:¦ ‹variable›:»\n        ‹call2›(‹number2›)\n',
      heldOut: true,
    },
    {
      name: 'less',
      text: 'if ‹variable2› < ‹number3›:\n    ‹call›(‹number›)\n«keyword:else¦elif»▸«:¦ ‹variable›:»\n    ‹call2›(‹number2›)\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 300,
}
