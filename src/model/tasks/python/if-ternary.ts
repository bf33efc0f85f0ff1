/** An if that begins a line ends with a colon, one within a value goes on with else. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const ifTernary: PairedTask = {
  name: 'if_ternary',
  version: '1',
  language: 'PYTHON',
  description: 'End the condition of an if with a colon, go on with else where it is within a value.',
  roles: {
    start: 'What stands before the if of a value; nothing before the if of a line.',
    condition: 'What is asked.',
  },
  answers: [':', ' else'],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'name',
      text: '«start:¦‹variable› = ‹variable2› »if «condition:‹variable3›»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
    },
    {
      name: 'not',
      text: '«start:¦‹variable› = ‹variable2› »if not «condition:‹variable3›»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
    },
    {
      name: 'equal',
      text: '«start:¦‹variable› = ‹variable2› »if «condition:‹variable3› == ‹number2›»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
    },
    {
      name: 'less',
      text: '«start:¦‹variable› = ‹variable2› »if «condition:‹variable3› < ‹variable4›»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
    },
    {
      name: 'within',
      text: '«start:¦‹variable› = ‹variable2› »if «condition:‹variable3› in ‹source›»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
    },
    {
      name: 'two',
      text: '«start:¦‹variable› = ‹variable2› »if «condition:‹variable3› and ‹variable4›»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
    },
    {
      name: 'more',
      text: '«start:¦‹variable› = ‹variable2› »if «condition:‹variable3› > ‹number2›»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
      heldOut: true,
    },
    {
      name: 'none',
      text: '«start:¦‹variable› = ‹variable2› »if «condition:‹variable3› is None»▸«:\n    ‹variable› = ‹number›¦ ‹number›»\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 220,
}
