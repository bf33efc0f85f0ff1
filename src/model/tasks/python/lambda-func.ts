/** lambda names its argument, def names the function. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE, IN_FUNCTION } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const lambdaFunc: PairedTask = {
  name: 'lambda_func',
  version: '1',
  language: 'PYTHON',
  description: 'Go on with a colon behind the argument of lambda, with a bracket behind the name of def.',
  roles: { keyword: 'What leads to the name: lambda, and what it is given to, or def.' },
  answers: [':', '('],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'assigned',
      text: '«keyword:‹variable› = lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›¦‹argument›):\n    return ‹argument›»\n',
    },
    {
      name: 'attribute',
      text: '«keyword:‹variable›.‹attribute› = lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›¦‹argument›):\n    return ‹argument›»\n',
    },
    {
      name: 'key',
      text: '«keyword:‹collection›.sort(key=lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›)¦‹argument›):\n    return ‹argument›»\n',
    },
    {
      name: 'argument',
      text: '«keyword:‹call›(lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›)¦‹argument›):\n    return ‹argument›»\n',
    },
    {
      name: 'second argument',
      text: '«keyword:‹call›(‹variable›, lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›)¦‹argument›):\n    return ‹argument›»\n',
    },
    {
      name: 'after an assignment',
      text: '‹variable2› = ‹number2›\n«keyword:‹variable› = lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›¦‹argument›):\n    return ‹argument›»\n',
    },
    {
      name: 'returned',
      text: '«keyword:return lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›¦‹argument›):\n    return ‹argument›»\n',
      heldOut: true,
      surroundings: IN_FUNCTION,
    },
    {
      name: 'keyword argument',
      text: '«keyword:‹variable› = ‹call›(‹argument2›=lambda¦def» ‹parameter›▸«: ‹parameter› + ‹number›)¦‹argument›):\n    return ‹argument›»\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 250,
}
