/** A loop with two variables counts and gives items, a loop with one counts. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const enumerateRange: PairedTask = {
  name: 'enumerate_range',
  version: '1',
  language: 'PYTHON',
  description: 'Loop over enumerate with two variables, over range with one.',
  roles: { variables: 'What the loop sets.' },
  answers: [' enumerate', ' range'],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    { name: 'alone', text: 'for «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n    ‹call›(‹index›)\n' },
    {
      name: 'after an assignment',
      text: '‹collection› = ‹number›\nfor «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n    ‹call›(‹index›)\n',
    },
    {
      name: 'after a call',
      text: '‹source› = ‹call›(‹number›)\nfor «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n    ‹call2›(‹index›)\n',
    },
    {
      name: 'in a condition',
      text: 'if ‹source›:\n    for «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n        ‹call›(‹index›)\n',
    },
    {
      name: 'in a loop',
      text: 'while ‹variable›:\n    for «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n        ‹call›(‹index›)\n',
    },
    {
      name: 'after a condition',
      text: 'if ‹variable›:\n    ‹call›(‹variable›)\nfor «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n    ‹call2›(‹index›)\n',
    },
    {
      name: 'after a method',
      text: '‹collection›.‹method›(‹number›)\nfor «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n    ‹call›(‹index›)\n',
      heldOut: true,
    },
    {
      name: 'in a try',
      text: 'try:\n    for «variables:‹index›, ‹item›¦‹index›» in▸(‹source›):\n        ‹call›(‹index›)\nexcept ‹exception›:\n    pass\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 270,
}
