/** A variable that began as a set goes on with .add, one that began as a string with +=. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const setOrString: PairedTask = {
  name: 'small-python/set_or_string',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Go on with .add where the variable began as a set, with += where it began as a string.',
  roles: {
    initialiser: 'What the variable begins as.',
    variable: 'The variable whose use goes on with the answer.',
  },
  answers: ['.add', ' += '],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'at once',
      text: '‹variable› = «initialiser:set()¦""»\n«variable:‹variable›»▸«:(‹variable2›)¦‹variable2›»\n',
    },
    {
      name: 'after a call',
      text: '‹variable› = «initialiser:set()¦""»\nprint(‹variable3›)\n«variable:‹variable›»▸«:(‹variable2›)¦‹variable2›»\n',
    },
    {
      name: 'after an assignment',
      text: '‹variable› = «initialiser:set()¦""»\n‹variable3› = ‹variable4›\n«variable:‹variable›»▸«:(‹variable2›)¦‹variable2›»\n',
    },
    {
      name: 'loop',
      text: '‹variable› = «initialiser:set()¦""»\nfor ‹variable2› in ‹variable3›:\n    «variable:‹variable›»▸«:(‹variable2›)¦‹variable2›»\n',
    },
    {
      name: 'condition',
      text: '‹variable› = «initialiser:set()¦""»\nif ‹variable3›:\n    «variable:‹variable›»▸«:(‹variable2›)¦‹variable2›»\n',
      heldOut: true,
    },
    {
      name: 'after two calls',
      text: '‹variable› = «initialiser:set()¦""»\nprint(‹variable3›)\nprint(‹variable4›)\n«variable:‹variable›»▸«:(‹variable2›)¦‹variable2›»\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1030,
}
