/** What a for line holds is moved in one step further than the line. */
import type { PairedTask } from '../paired-task.js'
import { IN_MODULE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const indentFor: PairedTask = {
  name: 'indent_for',
  version: '1',
  language: 'PYTHON',
  description: 'Indent the line behind a for line by four more blanks than it.',
  roles: { indentation: 'The blanks before for.' },
  answers: ['       ', '           '],
  aligned: true,
  surroundings: IN_MODULE,
  forms: [
    {
      name: 'after if',
      text: 'def ‹function›(‹argument›):\n    if ‹argument›:\n        ‹variable› = ‹number›\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
    },
    {
      name: 'after while',
      text: 'def ‹function›(‹argument›):\n    while ‹argument›:\n        ‹variable› = ‹number›\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
    },
    {
      name: 'after for',
      text: 'def ‹function›(‹argument›):\n    for ‹variable› in ‹argument›:\n        ‹call2›(‹variable›)\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
    },
    {
      name: 'after with',
      text: 'def ‹function›(‹argument›):\n    with ‹argument›:\n        ‹variable› = ‹number›\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
    },
    {
      name: 'after if and call',
      text: 'def ‹function›(‹argument›):\n    if ‹argument›:\n        ‹call2›(‹argument›)\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
    },
    {
      name: 'after else',
      text: 'def ‹function›(‹argument›):\n    if ‹argument›:\n        ‹call2›(‹argument›)\n    else:\n        ‹variable› = ‹number›\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
    },
    {
      name: 'after if not',
      text: 'def ‹function›(‹argument›):\n    if not ‹argument›:\n        ‹call2›(‹number›)\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
      heldOut: true,
    },
    {
      name: 'after elif',
      text: 'def ‹function›(‹argument›):\n    if ‹argument›:\n        ‹call2›(‹argument›)\n    elif ‹variable›:\n        ‹call3›(‹variable›)\n«indentation:    ¦        »for ‹item› in ‹source›:\n▸ ‹call›(‹item›)\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 240,
}
