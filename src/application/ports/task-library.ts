/** Tasks that questions can be measured on: built in, and imported ones. */
import type { CheckedTask } from '../../domain/checked-task.js'
import type { TaskData, TaskRecord } from '../../domain/task.js'

export interface TaskLibrary {
  /** By name, then version, newest last. */
  list(): Promise<readonly TaskRecord[]>
  /** NOT_FOUND where there is no such task or its examples are gone. */
  open(id: string): Promise<TaskData>
  /** Its examples as token ids of a model, without those that the model's tokenizer cannot ask. */
  checked(id: string, modelId: string): Promise<CheckedTask>
}
