/** Close a string and its call, `')` or `")`, by the quote that opened it (Gao et al. 2025, Table 1): our own sentences. */
import type { TaskData } from '../../domain/task.js'
import { Draws, distinctExamples } from './generated.js'

const CALLS = ['print', 'open', 'log', 'load', 'find', 'send', 'write', 'parse', 'fetch', 'label']
const WORDS = [
  'name',
  'value',
  'file',
  'start',
  'done',
  'error',
  'list',
  'item',
  'text',
  'user',
  'path',
  'key',
]

export function singleDoubleQuote(): TaskData {
  const draws = new Draws(13)
  return {
    name: 'single_double_quote',
    version: '1',
    language: 'PYTHON',
    description:
      'Python: close the string and the call with the quote that opened it, one token of two characters.',
    examples: distinctExamples(512, () => {
      const call = draws.one(CALLS)
      const text = draws.some(WORDS, 1 + draws.below(3)).join(' ')
      const indent = ' '.repeat(4 * draws.below(2))
      const prompt = (quote: string) => ({ kind: 'text' as const, text: `${indent}${call}(${quote}${text}` })
      const [quote, other] = draws.one([
        ["'", '"'],
        ['"', "'"],
      ] as const)
      return {
        clean: prompt(quote),
        corrupt: prompt(other),
        target: `${quote})`,
        alternative: `${other})`,
        template: `${call} ${text}`,
        roles: {},
      }
    }),
  }
}
