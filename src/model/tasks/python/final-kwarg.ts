/** Behind an argument with a default the last one has a default too. */
import type { PairedTask } from '../paired-task.js'
import { IN_MODULE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const finalKwarg: PairedTask = {
  name: 'final_kwarg',
  version: '1',
  language: 'PYTHON',
  description:
    'Give the last argument a default where the one before has one; else close the list of arguments.',
  roles: { default: 'The default of the argument before; nothing where it has none.' },
  answers: ['=None', '):'],
  aligned: false,
  surroundings: IN_MODULE,
  forms: [
    {
      name: 'two before',
      text: 'def ‹function›(‹argument›, ‹argument2›«default:=None¦», ‹argument3›▸«:):¦»\n    return ‹argument›\n',
    },
    {
      name: 'one before',
      text: 'def ‹function›(‹argument›«default:=None¦», ‹argument2›▸«:):¦»\n    return ‹argument›\n',
    },
    {
      name: 'method',
      text: 'class ‹className›:\n    def ‹function›(self, ‹argument›«default:=None¦», ‹argument2›▸«:):¦»\n        return ‹argument›\n',
    },
    {
      name: 'method with two',
      text: 'class ‹className›:\n    def ‹function›(self, ‹argument›, ‹argument2›«default:=None¦», ‹argument3›▸«:):¦»\n        return ‹argument›\n',
    },
    {
      name: 'constructor',
      text: 'class ‹className›:\n    def __init__(self, ‹argument›«default:=None¦», ‹argument2›▸«:):¦»\n        self.‹argument› = ‹argument›\n',
    },
    {
      name: 'private',
      text: 'def _‹function›(‹argument›, ‹argument2›«default:=None¦», ‹argument3›▸«:):¦»\n    return ‹argument2›\n',
    },
    {
      name: 'three before',
      text: 'def ‹function›(‹argument›, ‹argument2›, ‹argument3›«default:=None¦», ‹argument4›▸«:):¦»\n    return ‹argument›\n',
      heldOut: true,
    },
    {
      name: 'with a base',
      text: 'class ‹className›(‹base›):\n    def ‹function›(self, ‹argument›«default:=None¦», ‹argument2›▸«:):¦»\n        return ‹argument2›\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 160,
}
