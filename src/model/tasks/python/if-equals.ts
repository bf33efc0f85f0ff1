/** A name behind if is compared, a name that begins a line is set. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const ifEquals: PairedTask = {
  name: 'if_equals',
  version: '1',
  language: 'PYTHON',
  description: 'Compare behind if, set a variable elsewhere.',
  roles: { keyword: 'The if; nothing where the name begins the line.', variable: 'The name.' },
  answers: [' ==', ' ='],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'number',
      text: '«keyword:if¦»«: ¦»«variable:‹variable›»▸«: ‹number›:\n    ‹call›(‹variable›)¦ ‹number›»\n',
    },
    {
      name: 'after an assignment',
      text: '‹variable2› = ‹number2›\n«keyword:if¦»«: ¦»«variable:‹variable›»▸«: ‹variable2›:\n    ‹call›(‹variable›)¦ ‹variable2›»\n',
    },
    {
      name: 'in a loop',
      text: 'for ‹item› in ‹source›:\n    «keyword:if¦»«: ¦»«variable:‹variable›»▸«: ‹item›:\n        ‹call›(‹variable›)¦ ‹item›»\n',
    },
    {
      name: 'after a condition',
      text: 'if ‹variable2›:\n    ‹call›(‹variable2›)\n«keyword:if¦»«: ¦»«variable:‹variable›»▸«: ‹number›:\n    ‹call2›(‹variable›)¦ ‹number›»\n',
    },
    {
      name: 'attribute',
      text: '«keyword:if¦»«: ¦»«variable:‹variable›.‹attribute›»▸«: ‹number›:\n    ‹call›(‹variable›)¦ ‹number›»\n',
    },
    {
      name: 'after a call',
      text: '‹call›(‹number2›)\n«keyword:if¦»«: ¦»«variable:‹variable›»▸«: ‹number›:\n    ‹call2›(‹variable›)¦ ‹number›»\n',
    },
    {
      name: 'in a while',
      text: 'while ‹variable2›:\n    «keyword:if¦»«: ¦»«variable:‹variable›»▸«: ‹number›:\n        ‹call›(‹variable›)¦ ‹number›»\n',
      heldOut: true,
    },
    {
      name: 'item',
      text: '«keyword:if¦»«: ¦»«variable:‹collection›[‹number2›]»▸«: ‹number›:\n    ‹call›(‹collection›)¦ ‹number›»\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 260,
}
