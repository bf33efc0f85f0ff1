/** Two names exchange their values. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const varSwap: PairedTask = {
  name: 'small-python/var_swap',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Name the other of two variables that exchange their values.',
  roles: { targets: 'The two names that are set.', value: 'The first value.' },
  answers: ['‹variable›', '‹variable2›'],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'at once',
      text: '«targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›», ▸\n',
    },
    {
      name: 'after an assignment',
      text: '‹variable› = ‹variable3›\n«targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›», ▸\n',
    },
    {
      name: 'in a condition',
      text: 'if ‹variable3›:\n    «targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›», ▸\n',
    },
    {
      name: 'in a loop',
      text: 'for ‹variable3› in ‹variable4›:\n    «targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›», ▸\n',
      heldOut: true,
    },
    {
      name: 'in a while',
      text: 'while ‹variable3›:\n    «targets:‹variable›, ‹variable2›¦‹variable2›, ‹variable›» = «value:‹variable2›¦‹variable›», ▸\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1100,
}
