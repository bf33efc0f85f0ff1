/** Tasks that come with the product: generators with a fixed seed, so that name and version name the examples. */
import { invariant } from '../../domain/errors.js'
import type { TaskData, TaskRecord } from '../../domain/task.js'
import { bracketDepth } from './bracket-depth.js'
import { BUILT_IN_FACTS } from './built-in-facts.js'
import { taskOfPairs } from './paired-task.js'
import { PYTHON_TASKS } from './python/python-tasks.js'
import { setOrString } from './set-or-string.js'
import { singleDoubleQuote } from './single-double-quote.js'
import { SMALL_PYTHON_TASKS } from './small-python/small-python-tasks.js'
import { stringClosing } from './string-closing.js'

export interface BuiltInTask {
  /** Written down beside the generators: a list of tasks draws no example. */
  readonly record: TaskRecord
  readonly examples: () => TaskData
}

export function builtInTasks(): readonly BuiltInTask[] {
  const made = [bracketDepth(), stringClosing(), setOrString(), singleDoubleQuote()]
  return [
    ...made.map((task) => ({ record: recordOf(task), examples: () => task })),
    ...[...PYTHON_TASKS, ...SMALL_PYTHON_TASKS].map((task) => ({
      record: recordOf(task),
      examples: () => taskOfPairs(task),
    })),
  ]
}

type Named = Pick<TaskData, 'name' | 'version' | 'description' | 'language'>

function recordOf({ name, version, description, language = null }: Named): TaskRecord {
  const facts = BUILT_IN_FACTS[`${name}@${version}`]
  invariant(facts !== undefined, `the facts of the task ${name}@${version} are written down`)
  const [id, train, heldOut, test] = facts
  return {
    id,
    name,
    version,
    description,
    language,
    ...{ train, heldOut, test },
    ...{ source: 'BUILT_IN', contentSha256: null, createdAt: null },
  }
}
