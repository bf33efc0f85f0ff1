/**
 * A task: paired prompts that ask for one behaviour (sparse-models.md §5). Each example has a clean prompt with its
 * right next token and a corrupt one whose right next token is the alternative.
 */
import { canonicalJson } from './canonical-json.js'
import { compareCodePoints } from './code-point-order.js'
import { sha256Hex } from './sha256.js'
import type { TextSpan } from './text-span.js'

/** To fit on; held out in its details (names, words) but of a template that is fitted on; held out by template. */
export const TASK_SPLITS = ['TRAIN', 'HELD_OUT', 'TEST'] as const
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
  /** Parts of text prompts by name, in characters: which tokens they are depends on the model's vocabulary. */
  readonly spans?: Readonly<Record<string, PairSpan>>
}

/** Where a part stands in either prompt of a pair. */
export interface PairSpan {
  readonly clean: TextSpan
  readonly corrupt: TextSpan
}

/** What the prompts are written in, for tasks that come with the product. */
export const TASK_LANGUAGES = ['PYTHON', 'SMALL_PYTHON', 'CHARACTERS'] as const
export type TaskLanguage = (typeof TASK_LANGUAGES)[number]

export interface TaskData {
  readonly name: string
  readonly version: string
  readonly description: string
  /** Null, or left out, for imported tasks, which may be in any. */
  readonly language?: TaskLanguage | null
  /** Both prompts of a pair have as many tokens, and every part stands at the same positions in both. */
  readonly aligned?: boolean
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
  /** Null, or left out, where it is not known. */
  readonly language?: TaskLanguage | null
  readonly train: number
  /** Examples held out in their details alone; left out where there are none. */
  readonly heldOut?: number
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
  const of = (split: TaskSplit): number => task.examples.filter((example) => example.split === split).length
  const { name, version, description, language = null } = task
  const counts = { train: of('TRAIN'), heldOut: of('HELD_OUT'), test: of('TEST') }
  return { id: taskId(task), name, version, description, language, ...counts, ...more }
}

/**
 * Which split an example without one belongs to: about a fifth are held out, whole templates at a time, by a hash, so
 * that a task that grows keeps its examples where they were.
 */
export function splitOf(template: string): TaskSplit {
  return Number.parseInt(sha256Hex(template).slice(0, 8), 16) % 5 === 0 ? 'TEST' : 'TRAIN'
}

/** Whether examples of the split are kept from fitting: what is fitted for them is fitted on TRAIN. */
export function isHeldOut(split: TaskSplit | 'ALL'): boolean {
  return split === 'HELD_OUT' || split === 'TEST'
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
