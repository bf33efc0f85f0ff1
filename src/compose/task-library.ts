/** Tasks by id: generators that come with the product, and imported examples from the artefact store. */
import { LRUCache } from 'lru-cache'
import type { ArtefactStore } from '../application/ports/artefact-store.js'
import type { CircuitStore } from '../application/ports/circuit-store.js'
import type { ModelLibrary } from '../application/ports/model-library.js'
import type { TaskLibrary } from '../application/ports/task-library.js'
import type { CheckedTask } from '../domain/checked-task.js'
import { compareCodePoints } from '../domain/code-point-order.js'
import { NotFound, Unavailable } from '../domain/errors.js'
import { compareVersions, type TaskData, type TaskRecord } from '../domain/task.js'
import { type BuiltInTask, builtInTasks } from '../model/tasks/built-in-tasks.js'
import { checkTask } from '../model/tasks/check-task.js'

const KEPT = 16

export class StoredTaskLibrary implements TaskLibrary {
  readonly #store: CircuitStore
  readonly #artefacts: ArtefactStore
  readonly #opened = new LRUCache<string, TaskData>({ max: KEPT })
  readonly #models: Pick<ModelLibrary, 'structure'>
  #builtIn: ReadonlyMap<string, BuiltInTask> | null = null

  constructor(store: CircuitStore, artefacts: ArtefactStore, models: Pick<ModelLibrary, 'structure'>) {
    this.#models = models
    this.#store = store
    this.#artefacts = artefacts
  }

  async list(): Promise<readonly TaskRecord[]> {
    const own = Array.from(this.#generated().values(), ({ record }) => record)
    const all = [...own, ...(await this.#store.tasks())]
    return all.sort((a, b) => compareCodePoints(a.name, b.name) || compareVersions(a.version, b.version))
  }

  async open(id: string): Promise<TaskData> {
    const opened = this.#opened.get(id)
    if (opened !== undefined) return opened
    const known = this.#generated().get(id)?.examples()
    if (known !== undefined) {
      this.#opened.set(id, known)
      return known
    }
    const record = (await this.#store.tasks()).find((task) => task.id === id)
    if (record === undefined) throw new NotFound(`there is no task ${id}`)
    const file = await this.#artefacts.open(record.contentSha256!)
    if (file === null)
      throw new Unavailable(`the examples of task ${id} are not at hand`, { hint: 'import the task again' })
    const task = JSON.parse(new TextDecoder().decode(await file.read(0, file.bytes))) as TaskData
    this.#opened.set(id, task)
    return task
  }

  async checked(id: string, modelId: string): Promise<CheckedTask> {
    const task = await this.open(id)
    const { vocabSize, tokenText, tokenize } = await this.#models.structure(modelId)
    const vocabulary = Array.from({ length: vocabSize }, (_, token) => tokenText(token) ?? '')
    return checkTask(task, { vocabulary, encode: tokenize })
  }

  #generated(): ReadonlyMap<string, BuiltInTask> {
    this.#builtIn ??= new Map(builtInTasks().map((task) => [task.record.id, task]))
    return this.#builtIn
  }
}
