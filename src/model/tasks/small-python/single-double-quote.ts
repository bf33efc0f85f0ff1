/** A string in a call is closed by the quote that opened it. */
import type { PairedTask } from '../paired-task.js'
import { AFTER_A_STATEMENT, SMALL_WORDS } from './words.js'

export const singleDoubleQuote: PairedTask = {
  name: 'small-python/single_double_quote',
  version: '1',
  language: 'SMALL_PYTHON',
  description: 'Close the string and the call with the quote that opened it.',
  roles: { openingQuote: 'The bracket and the quote that open the string.' },
  answers: ["')", '")'],
  aligned: true,
  surroundings: AFTER_A_STATEMENT,
  forms: [
    { name: 'two words', text: `‹call›«openingQuote:('¦("»‹word› ‹word2›▸\n` },
    { name: 'one word', text: `‹call›«openingQuote:('¦("»‹word›▸\n` },
    { name: 'assigned', text: `‹variable› = ‹call›«openingQuote:('¦("»‹word› ‹word2›▸\n` },
    { name: 'assigned, one word', text: `‹variable› = ‹call›«openingQuote:('¦("»‹word›▸\n` },
    { name: 'three words', text: `‹call›«openingQuote:('¦("»‹word› ‹word2› ‹word3›▸\n`, heldOut: true },
    {
      name: 'assigned, three words',
      text: `‹variable› = ‹call›«openingQuote:('¦("»‹word› ‹word2› ‹word3›▸\n`,
      heldOut: true,
    },
  ],
  pools: SMALL_WORDS,
  seed: 1010,
}
