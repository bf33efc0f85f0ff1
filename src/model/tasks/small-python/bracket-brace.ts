/** A first element is a key in braces and an item in brackets. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const bracketBrace: PairedTask = {
  name: 'small-python/bracket_brace',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Go on with a colon in a dictionary, with a comma in a list.',
  roles: { openingBracket: 'The bracket or brace that opens it.' },
  answers: [': ', ', '],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    { name: 'assigned', text: '‹variable› = «openingBracket:{¦[»‹variable2›▸«:‹variable3›}¦‹variable3›]»\n' },
    { name: 'argument', text: 'print(«openingBracket:{¦[»‹variable2›▸«:‹variable3›})¦‹variable3›])»\n' },
    {
      name: 'second argument',
      text: 'print(‹variable›, «openingBracket:{¦[»‹variable2›▸«:‹variable3›})¦‹variable3›])»\n',
    },
    {
      name: 'added',
      text: '‹variable› += «openingBracket:{¦[»‹variable2›▸«:‹variable3›}¦‹variable3›]»\n',
      heldOut: true,
    },
    {
      name: 'argument of open',
      text: 'open(«openingBracket:{¦[»‹variable2›▸«:‹variable3›})¦‹variable3›])»\n',
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1090,
}
