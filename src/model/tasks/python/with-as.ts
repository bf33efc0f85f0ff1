/** What with opens gets a name; what return gives back does not. */
import type { PairedTask } from '../paired-task.js'
import { IN_FUNCTION } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const withAs: PairedTask = {
  name: 'with_as',
  version: '1',
  language: 'PYTHON',
  description: 'Go on with as behind with, and end the line behind return.',
  roles: { keyword: 'with or return.' },
  answers: [' as', '\n'],
  aligned: true,
  surroundings: IN_FUNCTION,
  forms: [
    { name: 'open', text: '«keyword:with¦return» open(‹variable›)▸«: ‹handle›:\n    return ‹handle›\n¦»' },
    { name: 'call', text: '«keyword:with¦return» ‹call›(‹variable›)▸«: ‹handle›:\n    return ‹handle›\n¦»' },
    {
      name: 'two arguments',
      text: '«keyword:with¦return» ‹call›(‹variable›, ‹number›)▸«: ‹handle›:\n    return ‹handle›\n¦»',
    },
    {
      name: 'method',
      text: '«keyword:with¦return» ‹variable›.‹method›(‹variable2›)▸«: ‹handle›:\n    return ‹handle›\n¦»',
    },
    {
      name: 'call of a module',
      text: '«keyword:with¦return» ‹module›.‹call›(‹variable›)▸«: ‹handle›:\n    return ‹handle›\n¦»',
    },
    {
      name: 'keyword argument',
      text: '«keyword:with¦return» ‹call›(‹variable›, ‹argument›=‹number›)▸«: ‹handle›:\n    return ‹handle›\n¦»',
    },
    {
      name: 'file name',
      text: "«keyword:with¦return» open('‹word›.‹extension›')▸«: ‹handle›:\n    return ‹handle›\n¦»",
      heldOut: true,
    },
    {
      name: 'no argument',
      text: '«keyword:with¦return» ‹variable›.‹method›()▸«: ‹handle›:\n    return ‹handle›\n¦»',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 170,
}
