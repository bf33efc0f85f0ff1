/** lambda names its argument, def names the function. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const lambdaFunc: PairedTask = {
  name: 'small-python/lambda_func',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Go on with a colon behind the argument of lambda, with a bracket behind the name of def.',
  roles: { keyword: 'What leads to the name: lambda, and what it is given to, or def.' },
  answers: [': ', '('],
  aligned: false,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    {
      name: 'assigned',
      text: '«keyword:‹variable2› = lambda ¦def »‹variable›▸«:‹variable3›¦‹variable3›):\n    return ‹variable3›»\n',
    },
    {
      name: 'argument',
      text: '«keyword:print(lambda ¦def »‹variable›▸«:‹variable3›)¦‹variable3›):\n    return ‹variable3›»\n',
    },
    {
      name: 'second argument',
      text: '«keyword:print(‹variable2›, lambda ¦def »‹variable›▸«:‹variable3›)¦‹variable3›):\n    return ‹variable3›»\n',
    },
    {
      name: 'argument of open',
      text: '«keyword:open(lambda ¦def »‹variable›▸«:‹variable3›)¦‹variable3›):\n    return ‹variable3›»\n',
      heldOut: true,
    },
    {
      name: 'added',
      text: '«keyword:‹variable2› += lambda ¦def »‹variable›▸«:‹variable3›¦‹variable3›):\n    return ‹variable3›»\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1060,
}
