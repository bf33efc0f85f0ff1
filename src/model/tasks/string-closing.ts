/** `x=("abcd` is closed by `"`, `x=('abcd` by `'`: characters of the bundled string-closing model. */
import type { TaskData } from '../../domain/task.js'
import { Draws, distinctExamples } from './generated.js'

export function stringClosing(): TaskData {
  const draws = new Draws(11)
  return {
    name: 'string-closing',
    version: '1',
    language: 'CHARACTERS',
    description: 'Close a string with the quote that opened it; characters ( ) " \' x = a…f.',
    examples: distinctExamples(256, () => {
      const length = 1 + draws.below(6)
      const letters = Array.from({ length }, () => draws.one(['a', 'b', 'c', 'd', 'e', 'f'])).join('')
      const [quote, other] = draws.one([
        ['"', "'"],
        ["'", '"'],
      ] as const)
      return {
        clean: { kind: 'text', text: `x=(${quote}${letters}` },
        corrupt: { kind: 'text', text: `x=(${other}${letters}` },
        target: quote,
        alternative: other,
        // Letters do not matter; the same letters behind either quote are one template.
        template: letters,
        roles: { quote: [3] },
      }
    }),
  }
}
