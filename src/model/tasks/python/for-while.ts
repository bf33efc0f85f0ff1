/** A variable behind for goes on with in, behind while with a colon. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const forWhile: PairedTask = {
  name: 'for_while',
  version: '1',
  language: 'PYTHON',
  description: 'Go on with in behind for, with a colon behind while.',
  roles: { keyword: 'for or while.' },
  answers: [' in', ':'],
  aligned: true,
  surroundings: ANYWHERE,
  forms: [
    { name: 'alone', text: '«keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n    ‹call›(‹variable›)\n' },
    {
      name: 'after an assignment',
      text: '‹source› = ‹call›(‹number›)\n«keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n    ‹call2›(‹variable›)\n',
    },
    {
      name: 'after a condition',
      text: 'if ‹source›:\n    ‹call›(‹source›)\n«keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n    ‹call2›(‹variable›)\n',
    },
    {
      name: 'in a loop',
      text: 'for ‹item› in ‹collection›:\n    «keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n        ‹call›(‹item›)\n',
    },
    {
      name: 'after a method',
      text: '‹source›.‹method›(‹number›)\n«keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n    ‹call›(‹variable›)\n',
    },
    {
      name: 'after two assignments',
      text: '‹source› = ‹number›\n‹collection› = ‹source›\n«keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n    ‹call›(‹variable›)\n',
    },
    {
      name: 'in a condition',
      text: 'if ‹collection›:\n    «keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n        ‹call›(‹variable›)\n',
      heldOut: true,
    },
    {
      name: 'in a try',
      text: 'try:\n    «keyword:for¦while» ‹variable›▸«: ‹source›:¦»\n        ‹call›(‹variable›)\nexcept ‹exception›:\n    pass\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 200,
}
