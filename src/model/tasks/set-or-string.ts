/** `.add` after a set, `+=` after a string, by how the variable began (Gao et al. 2025, Table 1): our own programs. */
import type { TaskData } from '../../domain/task.js'
import { Draws, distinctExamples } from './generated.js'

const VARIABLES = ['seen', 'found', 'out', 'done', 'words', 'rows', 'keys', 'parts', 'left', 'all']
const LOOPS = ['item', 'line', 'word', 'row', 'key', 'name', 'part', 'value']

export function setOrString(): TaskData {
  const draws = new Draws(14)
  return {
    name: 'set_or_string',
    version: '1',
    language: 'PYTHON',
    description:
      'Python: a variable that began as a set goes on with .add, one that began as a string with +=.',
    examples: distinctExamples(512, () => {
      const variable = draws.one(VARIABLES)
      const loop = draws.one(LOOPS)
      const source = draws.one(['data', 'items', 'lines', 'rows'])
      const prompt = (start: string) => ({
        kind: 'text' as const,
        text: `${variable} = ${start}\nfor ${loop} in ${source}:\n    ${variable}`,
      })
      const isSet = draws.below(2) === 0
      return {
        clean: prompt(isSet ? 'set()' : '""'),
        corrupt: prompt(isSet ? '""' : 'set()'),
        target: isSet ? '.add' : ' +=',
        alternative: isSet ? ' +=' : '.add',
        template: `${variable} ${loop} ${source}`,
        roles: {},
      }
    }),
  }
}
