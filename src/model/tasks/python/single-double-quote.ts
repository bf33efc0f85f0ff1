/** A string in a call is closed by the quote that opened it. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE, IN_FUNCTION } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const singleDoubleQuote: PairedTask = {
  name: 'single_double_quote',
  version: '2',
  language: 'PYTHON',
  description: 'Close the string and the call with the quote that opened it.',
  roles: { openingQuote: 'The bracket and the quote that open the string.' },
  answers: ["')", '")'],
  aligned: true,
  surroundings: ANYWHERE,
  forms: [
    { name: 'call', text: `‹call›«openingQuote:('¦("»‹phrase›▸\n` },
    { name: 'method', text: `‹variable›.‹method›«openingQuote:('¦("»‹phrase›▸\n` },
    { name: 'assigned call', text: `‹variable› = ‹call›«openingQuote:('¦("»‹phrase›▸\n` },
    { name: 'raised', text: `raise ‹exception›«openingQuote:('¦("»‹phrase›▸\n` },
    { name: 'call of a module', text: `‹module›.‹call›«openingQuote:('¦("»‹word›▸\n` },
    {
      name: 'compared',
      text: `if ‹call›«openingQuote:('¦("»‹phrase›▸ == ‹number›:\n    ‹call2›(‹variable›)\n`,
    },
    { name: 'asserted', text: `assert ‹call›«openingQuote:('¦("»‹phrase›▸\n`, heldOut: true },
    {
      name: 'returned',
      text: `return ‹call›«openingQuote:('¦("»‹phrase›▸\n`,
      heldOut: true,
      surroundings: IN_FUNCTION,
    },
    {
      name: 'attribute',
      text: `‹variable›.‹attribute› = ‹call›«openingQuote:('¦("»‹word›▸\n`,
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 110,
}
