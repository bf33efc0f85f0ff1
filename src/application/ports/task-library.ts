/** Tasks that questions can be measured on: built in, and imported ones. */
import type { TaskData, TaskRecord } from '../../domain/task.js'

export interface TaskLibrary {
  /** By name, then version, newest last. */
  list(): Promise<readonly TaskRecord[]>
  /** NOT_FOUND where there is no such task or its examples are gone. */
  open(id: string): Promise<TaskData>
}
