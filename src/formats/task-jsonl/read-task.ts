/**
 * A task from JSON Lines, one example per line:
 *   {"clean": "x=(\"ab", "corrupt": "x=('ab", "target": "\"", "alternative": "'", "template": "ab", "split": "test", "roles": {"quote": [3]}}
 * Prompts are text or token ids, answers text of one token or an id. A first line {"task": {"name": …, "version": …,
 * "description": …}} names it; without one the file does. Lines without a split are held out by template.
 */
import { InvalidInput } from '../../domain/errors.js'
import {
  splitOf,
  TASK_SPLITS,
  type TaskData,
  type TaskExample,
  type TaskPrompt,
  type TaskToken,
} from '../../domain/task.js'

export const MAX_EXAMPLES = 100_000

/** Is the first line an object that speaks of a task or of a clean prompt? */
export function looksLikeTask(head: Uint8Array): boolean {
  const line = firstLine(new TextDecoder().decode(head))
  return /^\s*\{\s*"(task|clean|corrupt|target|alternative|template|split|roles)"/.test(line)
}

/** Throws BAD_FILE naming line and value. */
export function readTask(text: string, fileName: string): TaskData {
  const lines = text.split('\n')
  let header: Partial<Pick<TaskData, 'name' | 'version' | 'description'>> = {}
  const examples: TaskExample[] = []
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    const where = `${fileName}, line ${i + 1}`
    const record = objectOf(line, where)
    if ('task' in record && examples.length === 0) header = headerOf(record['task'], where)
    else examples.push(exampleOf(record, where, examples.length))
    if (examples.length > MAX_EXAMPLES)
      throw new InvalidInput('BAD_FILE', `${fileName} has more than ${MAX_EXAMPLES} examples`)
  }
  if (examples.length === 0) throw new InvalidInput('BAD_FILE', `${fileName} holds no example`)
  return {
    name: header.name ?? fileName.replace(/\.jsonl?$/, ''),
    version: header.version ?? '1',
    description: header.description ?? '',
    examples,
  }
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? ''
}

function objectOf(line: string, where: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new InvalidInput('BAD_FILE', `${where} is not JSON: ${line.slice(0, 60)}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new InvalidInput('BAD_FILE', `${where} is not an object: ${line.slice(0, 60)}`)
}

function headerOf(value: unknown, where: string): Pick<TaskData, 'name' | 'version' | 'description'> {
  const { name, version, description } = (value ?? {}) as Record<string, unknown>
  return {
    name: textOf(name, `${where}: task.name`),
    version: version === undefined ? '1' : textOf(version, `${where}: task.version`),
    description: description === undefined ? '' : textOf(description, `${where}: task.description`),
  }
}

function exampleOf(record: Record<string, unknown>, where: string, place: number): TaskExample {
  const { clean, corrupt, target, alternative, template, split, roles } = record
  const own = template == null ? null : textOf(template, `${where}: template`)
  return {
    clean: promptOf(clean, `${where}: clean`),
    corrupt: promptOf(corrupt, `${where}: corrupt`),
    target: tokenOf(target, `${where}: target`),
    alternative: alternative == null ? null : tokenOf(alternative, `${where}: alternative`),
    template: own,
    split: split == null ? splitOf(own ?? `example ${place}`) : checkedSplit(split, `${where}: split`),
    roles: roles == null ? {} : rolesOf(roles, `${where}: roles`),
  }
}

function promptOf(value: unknown, where: string): TaskPrompt {
  if (typeof value === 'string' && value !== '') return { kind: 'text', text: value }
  if (Array.isArray(value) && value.length > 0 && value.every(isIndex))
    return { kind: 'tokens', tokens: value }
  throw new InvalidInput('BAD_FILE', `${where} is neither text nor token ids: ${shown(value)}`)
}

function tokenOf(value: unknown, where: string): TaskToken {
  if (isIndex(value) || (typeof value === 'string' && value !== '')) return value
  throw new InvalidInput('BAD_FILE', `${where} is neither text nor a token id: ${shown(value)}`)
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new InvalidInput('BAD_FILE', `${where} is no text: ${shown(value)}`)
}

function checkedSplit(value: unknown, where: string): TaskExample['split'] {
  const split = TASK_SPLITS.find((name) => name === String(value).toUpperCase())
  if (split !== undefined) return split
  throw new InvalidInput('BAD_FILE', `${where} is none of train, held_out, test: ${shown(value)}`)
}

function rolesOf(value: unknown, where: string): TaskExample['roles'] {
  const roles = Object.entries((value ?? {}) as Record<string, unknown>)
  const bad = roles.find(([, positions]) => !Array.isArray(positions) || !positions.every(isIndex))
  if (bad !== undefined)
    throw new InvalidInput('BAD_FILE', `${where}: ${bad[0]} is no list of positions: ${shown(bad[1])}`)
  return Object.fromEntries(roles) as TaskExample['roles']
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing'
}
