/** As set_or_string, with one name for the variable. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const setOrStringFixedvarname: PairedTask = {
  name: 'set_or_string_fixedvarname',
  version: '1',
  language: 'PYTHON',
  description: 'As set_or_string, with one fixed name: result.',
  roles: {
    initialiser: 'What the variable begins as.',
    variable: 'The variable whose use goes on with the answer.',
  },
  answers: ['.add', ' +='],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'loop',
      text: 'result = «initialiser:set()¦""»\nfor ‹item› in ‹source›:\n    «variable:result»▸«:(‹item›)¦ ‹item›»\n',
    },
    { name: 'at once', text: 'result = «initialiser:set()¦""»\n«variable:result»▸«:(‹item›)¦ ‹item›»\n' },
    {
      name: 'after a call',
      text: 'result = «initialiser:set()¦""»\n‹item› = ‹call›(‹number›)\n«variable:result»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'condition',
      text: 'result = «initialiser:set()¦""»\nif ‹item›:\n    «variable:result»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'two steps',
      text: '‹item› = ‹number›\nresult = «initialiser:set()¦""»\n‹source› = ‹item›\n«variable:result»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'loop over a call',
      text: 'result = «initialiser:set()¦""»\nfor ‹item› in ‹call›(‹source›):\n    «variable:result»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'loop with a condition',
      text: 'result = «initialiser:set()¦""»\nfor ‹item› in ‹source›:\n    if ‹item›:\n        «variable:result»▸«:(‹item›)¦ ‹item›»\n',
      heldOut: true,
    },
    {
      name: 'while',
      text: 'result = «initialiser:set()¦""»\nwhile ‹source›:\n    «variable:result»▸«:(‹item›)¦ ‹item›»\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 140,
}
