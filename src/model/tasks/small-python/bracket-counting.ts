/** A list is closed by as many brackets as are open. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const bracketCounting: PairedTask = {
  name: 'small-python/bracket_counting',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Close a list with as many brackets as are open: one or two.',
  roles: { openingBracket: 'The bracket or brackets that open the list.' },
  answers: [']', ']]'],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    { name: 'two items', text: '‹variable› = «openingBracket:[¦[[»‹variable2›, ‹variable3›▸\n' },
    {
      name: 'three items',
      text: '‹variable› = «openingBracket:[¦[[»‹variable2›, ‹variable3›, ‹variable4›▸\n',
    },
    { name: 'added', text: '‹variable› += «openingBracket:[¦[[»‹variable2›, ‹variable3›▸\n' },
    {
      name: 'four items',
      text: '‹variable› = «openingBracket:[¦[[»‹variable2›, ‹variable3›, ‹variable4›, ‹variable5›▸\n',
      heldOut: true,
    },
    {
      name: 'added, three items',
      text: '‹variable› += «openingBracket:[¦[[»‹variable2›, ‹variable3›, ‹variable4›▸\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1020,
}
