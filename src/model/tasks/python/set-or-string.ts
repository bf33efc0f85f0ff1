/** A variable that began as a set goes on with .add, one that began as a string with +=. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const setOrString: PairedTask = {
  name: 'set_or_string',
  version: '2',
  language: 'PYTHON',
  description: 'Go on with .add where the variable began as a set, with += where it began as a string.',
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
      text: '‹collection› = «initialiser:set()¦""»\nfor ‹item› in ‹source›:\n    «variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'at once',
      text: '‹collection› = «initialiser:set()¦""»\n«variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'after a call',
      text: '‹collection› = «initialiser:set()¦""»\n‹item› = ‹call›(‹number›)\n«variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'condition',
      text: '‹collection› = «initialiser:set()¦""»\nif ‹item›:\n    «variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'two steps',
      text: '‹item› = ‹number›\n‹collection› = «initialiser:set()¦""»\n‹source› = ‹item›\n«variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'loop over a call',
      text: '‹collection› = «initialiser:set()¦""»\nfor ‹item› in ‹call›(‹source›):\n    «variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
    },
    {
      name: 'loop with a condition',
      text: '‹collection› = «initialiser:set()¦""»\nfor ‹item› in ‹source›:\n    if ‹item›:\n        «variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
      heldOut: true,
    },
    {
      name: 'while',
      text: '‹collection› = «initialiser:set()¦""»\nwhile ‹source›:\n    «variable:‹collection›»▸«:(‹item›)¦ ‹item›»\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 130,
}
