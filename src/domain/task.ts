/**
 * A task: paired prompts that ask for one behaviour (sparse-models.md §5). Each example has a clean prompt with its
 * right next token and a corrupt one whose right next token is the alternative.
 */
import { canonicalJson } from './canonical-json.js'
import { compareCodePoints } from './code-point-order.js'
import { sha256Hex } from './sha256.js'

export const TASK_SPLITS = ['TRAIN', 'TEST'] as const
export type TaskSplit = (typeof TASK_SPLITS)[number]

/** Token ids, or text for models that came with a vocabulary. */
export type TaskPrompt =
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  | { readonly kind: 'text'; readonly text: string }

/** A vocabulary id, or text that is exactly one token. */
export type TaskToken = number | string

export interface TaskExample {
  readonly clean: TaskPrompt
  readonly corrupt: TaskPrompt
  readonly target: TaskToken
  readonly alternative: TaskToken | null
  /** Examples of one template differ in detail only: they are held out, and drawn in a bootstrap, together. */
  readonly template: string | null
  readonly split: TaskSplit
  /** Positions of both prompts by the part they play (`quote`), from 0. */
  readonly roles: Readonly<Record<string, readonly number[]>>
}

export interface TaskData {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly examples: readonly TaskExample[]
}

/** What the catalogue knows of a task without opening it. */
export interface TaskRecord {
  /** Hash of name, version and examples. */
  readonly id: string
  readonly name: string
  readonly version: string
  readonly description: string
  readonly source: 'BUILT_IN' | 'FILE'
  readonly train: number
  readonly test: number
  /** Artefact that holds a file's examples; null for a built-in task. */
  readonly contentSha256: string | null
  /** ISO 8601, UTC; null for a built-in task. */
  readonly createdAt: string | null
}

export function taskId({ name, version, examples }: TaskData): string {
  return sha256Hex(canonicalJson(JSON.parse(JSON.stringify({ name, version, examples }))))
}

export function taskRecord(
  task: TaskData,
  more: Pick<TaskRecord, 'source' | 'contentSha256' | 'createdAt'>,
): TaskRecord {
  const train = task.examples.filter(({ split }) => split === 'TRAIN').length
  const { name, version, description } = task
  return { id: taskId(task), name, version, description, train, test: task.examples.length - train, ...more }
}

/**
 * Which split an example without one belongs to: about a fifth are held out, whole templates at a time, by a hash, so
 * that a task that grows keeps its examples where they were.
 */
export function splitOf(template: string): TaskSplit {
  return Number.parseInt(sha256Hex(template).slice(0, 8), 16) % 5 === 0 ? 'TEST' : 'TRAIN'
}

/** Numbers in versions count as numbers: 10 comes after 9. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p, q] = [x[i] ?? '', y[i] ?? '']
    const numeric = /^\d+$/.test(p) && /^\d+$/.test(q)
    const order = numeric ? Number(p) - Number(q) : compareCodePoints(p, q)
    if (order !== 0) return order
  }
  return 0
}
