/** The task that a reference means. */
import type { TaskRecord } from '../domain/task.js'
import type { TaskLibrary } from './ports/task-library.js'
import type { Ref } from './use-cases.js'

const SHORTEST_PREFIX = 8

/** By id or unique prefix, by name (its newest version), or by `name@version`. */
export async function resolveTask(ref: Ref, tasks: TaskLibrary): Promise<TaskRecord | null> {
  const all = await tasks.list()
  if (ref.kind === 'id') {
    if (ref.id.length < SHORTEST_PREFIX) return null
    const found = all.filter(({ id }) => id.startsWith(ref.id))
    return found.length === 1 ? found[0]! : null
  }
  const exact = all.filter(({ name }) => name === ref.name)
  const versioned = all.find(({ name, version }) => `${name}@${version}` === ref.name)
  return exact.at(-1) ?? versioned ?? null
}
