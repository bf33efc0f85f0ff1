/** A comparison behind if ends with a colon, a line that sets a variable just ends. */
import type { PairedTask } from '../paired-task.js'
import { ANYWHERE } from './surroundings.js'
import { PYTHON_WORDS } from './words.js'

export const varIf: PairedTask = {
  name: 'var_if',
  version: '1',
  language: 'PYTHON',
  description: 'End a comparison behind if with a colon, end a line that sets a variable.',
  roles: { keyword: 'The if; nothing where the line sets a variable.', operator: 'What compares or sets.' },
  answers: [':', '\n'],
  aligned: false,
  surroundings: ANYWHERE,
  forms: [
    { name: 'true', text: '«keyword:if¦»«: ¦»‹variable› «operator:==¦=» True▸«:\n    ‹call›(‹number›)\n¦»' },
    {
      name: 'false',
      text: '«keyword:if¦»«: ¦»‹variable› «operator:==¦=» False▸«:\n    ‹call›(‹number›)\n¦»',
    },
    { name: 'none', text: '«keyword:if¦»«: ¦»‹variable› «operator:==¦=» None▸«:\n    ‹call›(‹number›)\n¦»' },
    {
      name: 'attribute',
      text: '«keyword:if¦»«: ¦»‹variable›.‹attribute› «operator:==¦=» True▸«:\n    ‹call›(‹number›)\n¦»',
    },
    {
      name: 'in a loop',
      text: 'for ‹item› in ‹source›:\n    «keyword:if¦»«: ¦»‹variable› «operator:==¦=» True▸«:\n        ‹call›(‹number›)\n¦»',
    },
    {
      name: 'after an assignment',
      text: '‹variable2› = ‹number2›\n«keyword:if¦»«: ¦»‹variable› «operator:==¦=» False▸«:\n    ‹call›(‹number›)\n¦»',
    },
    {
      name: 'in a while',
      text: 'while ‹source›:\n    «keyword:if¦»«: ¦»‹variable› «operator:==¦=» True▸«:\n        ‹call›(‹number›)\n¦»',
      heldOut: true,
    },
    {
      name: 'item',
      text: '«keyword:if¦»«: ¦»‹collection›[‹number2›] «operator:==¦=» True▸«:\n    ‹call›(‹number›)\n¦»',
      heldOut: true,
    },
  ],
  pools: PYTHON_WORDS,
  seed: 280,
}
