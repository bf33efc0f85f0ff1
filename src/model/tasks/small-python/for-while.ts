/** A variable behind for goes on with in, behind while with a colon. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const forWhile: PairedTask = {
  name: 'small-python/for_while',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Go on with in behind for, with a colon behind while.',
  roles: { keyword: 'for or while.' },
  answers: [' in ', ':'],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    { name: 'call', text: '«keyword:for ¦while »‹variable›▸«:‹variable2›:¦»\n    print(‹variable›)\n' },
    {
      name: 'after a condition',
      text: 'if ‹variable3›:\n    print(‹variable3›)\n«keyword:for ¦while »‹variable›▸«:‹variable2›:¦»\n    print(‹variable›)\n',
    },
    {
      name: 'in a loop',
      text: 'for ‹variable3› in ‹variable4›:\n    «keyword:for ¦while »‹variable›▸«:‹variable2›:¦»\n        print(‹variable›)\n',
    },
    {
      name: 'in a condition',
      text: 'if ‹variable3›:\n    «keyword:for ¦while »‹variable›▸«:‹variable2›:¦»\n        print(‹variable›)\n',
      heldOut: true,
    },
    {
      name: 'after a loop',
      text: 'for ‹variable3› in ‹variable4›:\n    print(‹variable3›)\n«keyword:for ¦while »‹variable›▸«:‹variable2›:¦»\n    print(‹variable›)\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1040,
}
