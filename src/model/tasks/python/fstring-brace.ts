/** Text with the prefix f goes on with a value in braces, text without ends. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const fstringBrace: PairedTask = {
  name: 'fstring_brace',
  version: '1',
  language: 'PYTHON',
  description: 'Insert a value in a string with the prefix f, end one without.',
  roles: { prefix: 'What opens the string, with or without f.' },
  answers: [' {', '")'],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    {
      name: 'after an assignment',
      text: '‹variable› = ‹number›\nprint«prefix:(f"¦("»‹phrase›▸«:‹variable›}")¦»\n',
    },
    {
      name: 'after a call',
      text: '‹variable› = ‹call›(‹number›)\nprint«prefix:(f"¦("»‹phrase›▸«:‹variable›}")¦»\n',
    },
    { name: 'one word', text: '‹variable› = ‹number›\nprint«prefix:(f"¦("»‹word›▸«:‹variable›}")¦»\n' },
    {
      name: 'in a loop',
      text: 'for ‹variable› in ‹source›:\n    print«prefix:(f"¦("»‹phrase›▸«:‹variable›}")¦»\n',
    },
    { name: 'in a condition', text: 'if ‹variable›:\n    print«prefix:(f"¦("»‹phrase›▸«:‹variable›}")¦»\n' },
    { name: 'other call', text: '‹variable› = ‹number›\n‹call›«prefix:(f"¦("»‹phrase›▸«:‹variable›}")¦»\n' },
    {
      name: 'in a while',
      text: 'while ‹variable›:\n    print«prefix:(f"¦("»‹phrase›▸«:‹variable›}")¦»\n',
      heldOut: true,
    },
    {
      name: 'raised',
      text: '‹variable› = ‹number›\nraise ‹exception›«prefix:(f"¦("»‹phrase›▸«:‹variable›}")¦»\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 210,
}
