/** `x=[1,2,3` is closed by `]`, `x=[[1,23` by `]]`: eight tokens of the bundled bracket-depth model. */
import type { TaskData } from '../../domain/task.js'
import { Draws, distinctExamples } from './generated.js'

const ITEMS = ['1', '2', '3', 'a', 'b']

export function bracketDepth(): TaskData {
  const draws = new Draws(12)
  return {
    name: 'bracket-depth',
    version: '1',
    language: 'CHARACTERS',
    description: 'Close a list with as many brackets as are open; characters [ ] , x = 1 2 3 a b.',
    examples: distinctExamples(256, () => {
      const first = draws.one(ITEMS)
      const rest = Array.from({ length: 4 }, (_, i) => (i % 2 === 1 ? ',' : draws.one(ITEMS))).join('')
      const flat = { kind: 'text', text: `x=[${first}${rest}` } as const
      const nested = { kind: 'text', text: `x=[[${rest}` } as const
      const nestedFirst = draws.below(2) === 0
      return {
        clean: nestedFirst ? nested : flat,
        corrupt: nestedFirst ? flat : nested,
        target: nestedFirst ? ']]' : ']',
        alternative: nestedFirst ? ']' : ']]',
        template: rest,
        roles: { bracket: [3] },
      }
    }),
  }
}
