/** Global ids `<type>:<graph or model id>/<address>`; opaque to clients (language.md §1). */
import { InvalidInput } from './errors.js'

export const GLOBAL_ID_TYPES = [
  'circuit',
  'model',
  'sub',
  'node',
  'edge',
  'component',
  'task',
  'job',
  'annotation',
  'import',
] as const
export type GlobalIdType = (typeof GLOBAL_ID_TYPES)[number]

export interface GlobalId {
  readonly type: GlobalIdType
  readonly owner: string
  /** Node or edge address; null for whole things. */
  readonly address: string | null
}

export function printGlobalId(type: GlobalIdType, owner: string, address: string | null = null): string {
  return address === null ? `${type}:${owner}` : `${type}:${owner}/${address}`
}

/** Throws `BAD_ID` naming the id. */
export function parseGlobalId(text: string): GlobalId {
  const parts = /^([a-z]+):([^/]+)(?:\/(.+))?$/s.exec(text)
  const type = GLOBAL_ID_TYPES.find((known) => known === parts?.[1])
  if (
    !parts ||
    type === undefined ||
    (type === 'node' || type === 'edge' || type === 'component') !== (parts[3] !== undefined)
  ) {
    const shown = text.length > 80 ? `${text.slice(0, 79)}…` : text
    throw new InvalidInput('BAD_ID', `${JSON.stringify(shown)} is not an id that this server gave out`)
  }
  return { type, owner: parts[2]!, address: parts[3] ?? null }
}
