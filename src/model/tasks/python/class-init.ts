/** An attribute is set to the argument of its name. */
import type { PairedTask } from '../paired-task.js'
import { IN_MODULE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const classInit: PairedTask = {
  name: 'class_init',
  version: '1',
  language: 'PYTHON',
  description: 'Copy the argument whose name the attribute has.',
  roles: { attribute: 'The attribute that is being set.' },
  answers: [' ‹argument›', ' ‹argument2›'],
  aligned: true,
  surroundings: IN_MODULE,
  forms: [
    {
      name: 'first of two',
      text: 'class ‹className›:\n    def __init__(self, ‹argument›, ‹argument2›):\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
    },
    {
      name: 'with a base',
      text: 'class ‹className›(‹base›):\n    def __init__(self, ‹argument›, ‹argument2›):\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
    },
    {
      name: 'three arguments',
      text: 'class ‹className›:\n    def __init__(self, ‹argument›, ‹argument2›, ‹argument3›):\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
    },
    {
      name: 'after another',
      text: 'class ‹className›:\n    def __init__(self, ‹argument›, ‹argument2›, ‹argument3›):\n        self.‹argument3› = ‹argument3›\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
    },
    {
      name: 'with a default',
      text: 'class ‹className›:\n    def __init__(self, ‹argument›, ‹argument2›=None):\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
    },
    {
      name: 'after a constant',
      text: 'class ‹className›:\n    def __init__(self, ‹argument›, ‹argument2›):\n        self.‹attribute› = ‹number›\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
    },
    {
      name: 'after the base',
      text: 'class ‹className›(‹base›):\n    def __init__(self, ‹argument›, ‹argument2›):\n        super().__init__()\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
      heldOut: true,
    },
    {
      name: 'four arguments',
      text: 'class ‹className›:\n    def __init__(self, ‹argument3›, ‹argument›, ‹argument2›, ‹argument4›):\n        self«attribute:.‹argument›¦.‹argument2›» =▸\n',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 150,
}
