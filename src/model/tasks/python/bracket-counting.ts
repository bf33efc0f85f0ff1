/** A list is closed by as many brackets as are open. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE, IN_FUNCTION } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const bracketCounting: PairedTask = {
  name: 'bracket_counting',
  version: '1',
  language: 'PYTHON',
  description: 'Close a list with as many brackets as are open: one or two.',
  roles: { openingBracket: 'The bracket or brackets that open the list.' },
  answers: [']', ']]'],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    { name: 'numbers', text: '‹variable› = «openingBracket:[¦[[»‹number›, ‹number2›, ‹number3›▸\n' },
    { name: 'names', text: '‹variable› = «openingBracket:[¦[[»‹variable2›, ‹variable3›▸\n' },
    {
      name: 'five numbers',
      text: '‹collection› = «openingBracket:[¦[[»‹number›, ‹number2›, ‹number3›, ‹number4›, ‹number5›▸\n',
    },
    { name: 'attribute', text: '‹variable›.‹attribute› = «openingBracket:[¦[[»‹variable2›, ‹number›▸\n' },
    {
      name: 'calls',
      text: '‹collection› = «openingBracket:[¦[[»‹number›, ‹variable›.‹attribute›, ‹number2›▸\n',
    },
    { name: 'added', text: '‹collection› += «openingBracket:[¦[[»‹number›, ‹variable›▸\n' },
    {
      name: 'returned',
      text: 'return «openingBracket:[¦[[»‹variable›, ‹number›▸\n',
      heldOut: true,
      surroundings: IN_FUNCTION,
    },
    {
      name: 'item',
      text: '‹variable›[‹number›] = «openingBracket:[¦[[»‹variable2›, ‹variable3›, ‹number2›▸\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 120,
}
