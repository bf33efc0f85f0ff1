/** while True begins a block, return True ends a line. */
import type { PairedTask } from '../paired-task.js'
import { IN_FUNCTION } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const whileReturnTrue: PairedTask = {
  name: 'while_return_true',
  version: '1',
  language: 'PYTHON',
  description: 'Begin a block behind while True, end the line behind return True.',
  roles: { keyword: 'while or return.' },
  answers: [':', '\n'],
  aligned: true,
  surroundings: IN_FUNCTION,
  forms: [
    { name: 'alone', text: '«keyword:while¦return» True▸«:\n    ‹call›(‹number›)\n¦»' },
    {
      name: 'after an assignment',
      text: '‹variable› = ‹number2›\n«keyword:while¦return» True▸«:\n    ‹call›(‹number›)\n¦»',
    },
    {
      name: 'after a call',
      text: '‹call2›(‹number2›)\n«keyword:while¦return» True▸«:\n    ‹call›(‹number›)\n¦»',
    },
    {
      name: 'in a condition',
      text: 'if ‹variable›:\n    «keyword:while¦return» True▸«:\n        ‹call›(‹number›)\n¦»',
    },
    {
      name: 'after a condition',
      text: 'if ‹variable›:\n    ‹call2›(‹variable›)\n«keyword:while¦return» True▸«:\n    ‹call›(‹number›)\n¦»',
    },
    {
      name: 'after a method',
      text: '‹variable›.‹method›(‹number2›)\n«keyword:while¦return» True▸«:\n    ‹call›(‹number›)\n¦»',
    },
    {
      name: 'in a loop',
      text: 'for ‹item› in ‹source›:\n    «keyword:while¦return» True▸«:\n        ‹call›(‹number›)\n¦»',
      heldOut: true,
    },
    {
      name: 'after a loop',
      text: 'for ‹item› in ‹source›:\n    ‹call2›(‹item›)\n«keyword:while¦return» True▸«:\n    ‹call›(‹number›)\n¦»',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 290,
}
