/** A first element is a key in braces and an item in brackets. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE, IN_FUNCTION } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const bracketBrace: PairedTask = {
  name: 'bracket_brace',
  version: '1',
  language: 'PYTHON',
  description: 'Go on with a colon in a dictionary, with a comma in a list.',
  roles: { openingBracket: 'The bracket or brace that opens it.' },
  answers: [':', ','],
  aligned: true,
  surroundings: ANYWHERE,
  forms: [
    { name: 'name', text: '‹variable› = «openingBracket:{¦[»‹variable2›▸«: ‹number›}¦ ‹number›]»\n' },
    { name: 'number', text: '‹variable› = «openingBracket:{¦[»‹number›▸«: ‹number2›}¦ ‹number2›]»\n' },
    { name: 'argument', text: '‹call›«openingBracket:({¦([»‹variable›▸«: ‹number›})¦ ‹number›])»\n' },
    {
      name: 'attribute',
      text: '‹variable›.‹attribute› = «openingBracket:{¦[»‹variable2›▸«: ‹variable3›}¦ ‹variable3›]»\n',
    },
    {
      name: 'collection',
      text: '‹collection› = «openingBracket:{¦[»‹variable›▸«: ‹variable2›}¦ ‹variable2›]»\n',
    },
    {
      name: 'second argument',
      text: '‹call›(‹variable›, «openingBracket:{¦[»‹variable2›▸«: ‹number›})¦ ‹number›])»\n',
    },
    {
      name: 'returned',
      text: 'return «openingBracket:{¦[»‹variable›▸«: ‹number›}¦ ‹number›]»\n',
      heldOut: true,
      surroundings: IN_FUNCTION,
    },
    {
      name: 'method',
      text: '‹variable›.‹method›«openingBracket:({¦([»‹variable2›▸«: ‹number›})¦ ‹number›])»\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 180,
}
