/** The task that a reference means. */
import type { TaskRecord } from '../domain/task.js'
import type { TaskLibrary } from './ports/task-library.js'
import type { Ref } from './use-cases.js'

const SHORTEST_PREFIX = 8

/**
 * By id or unique prefix, by name (its newest version), or by `name@version`; a name may begin with the language of the
 * prompts: `python/with_as`.
 */
export async function resolveTask(ref: Ref, tasks: TaskLibrary): Promise<TaskRecord | null> {
  const all = await tasks.list()
  if (ref.kind === 'id') {
    if (ref.id.length < SHORTEST_PREFIX) return null
    const found = all.filter(({ id }) => id.startsWith(ref.id))
    return found.length === 1 ? found[0]! : null
  }
  const plain = all.filter(({ name }) => name === ref.name)
  if (plain.length > 0) return plain.at(-1)!
  const named = all.filter((task) => namesOf(task).includes(ref.name))
  return (
    named.at(-1) ?? all.find((task) => namesOf(task).some((n) => `${n}@${task.version}` === ref.name)) ?? null
  )
}

function namesOf({ name, language }: TaskRecord): readonly string[] {
  return language == null ? [name] : [name, `${language.toLowerCase().replace('_', '-')}/${name}`]
}
