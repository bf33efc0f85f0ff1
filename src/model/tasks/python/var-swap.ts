/** Two names exchange their values. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const varSwap: PairedTask = {
  name: 'var_swap',
  version: '1',
  language: 'PYTHON',
  description: 'Name the other of two variables that exchange their values.',
  roles: { targets: 'The two names that are set.', value: 'The first value.' },
  answers: [' ‹variable›', ' ‹variable2›'],
  aligned: true,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'alone',
      text: '«targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
    },
    {
      name: 'after one assignment',
      text: '‹variable› = ‹number›\n«targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
    },
    {
      name: 'after two assignments',
      text: '‹variable3› = ‹number›\n‹variable4› = ‹number2›\n«targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
    },
    {
      name: 'in a condition',
      text: 'if ‹variable3›:\n    «targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
    },
    {
      name: 'in a loop',
      text: 'for ‹item› in ‹source›:\n    «targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
    },
    {
      name: 'after a call',
      text: '‹call›(‹number›)\n«targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
    },
    {
      name: 'in a while',
      text: 'while ‹collection›:\n    «targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
      heldOut: true,
    },
    {
      name: 'after a condition',
      text: 'if ‹variable3› > ‹number›:\n    ‹call›(‹variable3›)\n«targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›»,▸\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 230,
}
