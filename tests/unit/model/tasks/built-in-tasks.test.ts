import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { taskRecord } from '../../../../src/domain/task.js'
import { bracketDepth } from '../../../../src/model/tasks/bracket-depth.js'
import { BUILT_IN_FACTS } from '../../../../src/model/tasks/built-in-facts.js'
import { builtInTasks } from '../../../../src/model/tasks/built-in-tasks.js'
import { taskOfPairs } from '../../../../src/model/tasks/paired-task.js'
import { PYTHON_TASKS } from '../../../../src/model/tasks/python/python-tasks.js'
import { setOrString } from '../../../../src/model/tasks/set-or-string.js'
import { singleDoubleQuote } from '../../../../src/model/tasks/single-double-quote.js'
import { SMALL_PYTHON_TASKS } from '../../../../src/model/tasks/small-python/small-python-tasks.js'
import { stringClosing } from '../../../../src/model/tasks/string-closing.js'

const FILE = join(__dirname, '../../../../src/model/tasks/built-in-facts.ts')

describe('built-in tasks', () => {
  const generated = [
    ...[bracketDepth(), stringClosing(), setOrString(), singleDoubleQuote()],
    ...[...PYTHON_TASKS, ...SMALL_PYTHON_TASKS].map(taskOfPairs),
  ].map((task) => taskRecord(task, { source: 'BUILT_IN', contentSha256: null, createdAt: null }))

  it('never change their examples: UPDATE_TASKS=1 writes down the facts of a new version', () => {
    const facts = Object.fromEntries(
      generated.map(({ name, version, id, train, heldOut, test }) => [
        `${name}@${version}`,
        [id, train, heldOut, test],
      ]),
    )
    if (process.env['UPDATE_TASKS'] === '1') writeFileSync(FILE, factsText(facts))
    else expect(BUILT_IN_FACTS).toEqual(facts)
  })

  it('open as what their records say', () => {
    if (process.env['UPDATE_TASKS'] === '1') return
    expect(builtInTasks().map(({ record }) => record)).toEqual(generated)
  })

  it('have names of their own, version by version', () => {
    const names = generated.map(({ name, version }) => `${name}@${version}`)
    expect(new Set(names).size).toBe(names.length)
  })
})

function factsText(facts: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(facts).map(
    ([name, fact]) => `  ${JSON.stringify(name)}: ${JSON.stringify(fact)},`,
  )
  return `/**
 * Identity and size of every built-in task, by name and version: written by its test (UPDATE_TASKS=1), which holds that
 * the examples of a version never change.
 */
export const BUILT_IN_FACTS: Readonly<
  Record<string, readonly [id: string, train: number, heldOut: number, test: number]>
> = {
${lines.join('\n')}
}
`
}
