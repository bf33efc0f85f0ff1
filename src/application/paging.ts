/** Relay pages: which rows of an ordered list a request means, with opaque cursors. */
import { InvalidInput } from '../domain/errors.js'
import { decodeCursor, encodeCursor } from '../query/cursor.js'
import type { Page } from './answers.js'
import type { PageRequest } from './questions.js'

export const DEFAULT_PAGE = 20
export const MAX_PAGE = 1_000

export interface Bounds {
  readonly size: number
  readonly backwards: boolean
}

/** Checks a request: not both directions, sizes from 0; sizes above the ceiling are clamped (hasNextPage says so). */
export function boundsOf(page: PageRequest): Bounds {
  if (page.first !== null && page.last !== null)
    throw new InvalidInput('BAD_INPUT', 'ask for either first or last, not both')
  if (page.first !== null && page.before !== null)
    throw new InvalidInput('BAD_INPUT', 'before goes with last')
  if (page.last !== null && page.after !== null) throw new InvalidInput('BAD_INPUT', 'after goes with first')
  const size = page.last ?? page.first ?? DEFAULT_PAGE
  if (size < 0) throw new InvalidInput('BAD_INPUT', `a page has at least 0 rows, not ${size}`)
  return { size: Math.min(size, MAX_PAGE), backwards: page.last !== null }
}

/** A page of a list that never changes: the cursor holds the place in it. `question` names list and order. */
export function pageOf<Row>(rows: ArrayLike<Row>, page: PageRequest, question: string): Page<Row> {
  const { size, backwards } = boundsOf(page)
  const after = page.after === null ? -1 : place(page.after, question, rows.length)
  const before = page.before === null ? rows.length : place(page.before, question, rows.length)
  const start = backwards ? Math.max(0, before - size) : after + 1
  const end = backwards ? before : Math.min(rows.length, start + size)
  const out: { row: Row; cursor: string }[] = []
  for (let i = start; i < end; i++) out.push({ row: rows[i]!, cursor: encodeCursor(question, i) })
  return { rows: out, hasNextPage: end < rows.length, hasPreviousPage: start > 0, totalCount: rows.length }
}

function place(cursor: string, question: string, length: number): number {
  const at = decodeCursor(question, cursor)
  if (typeof at !== 'number' || !Number.isInteger(at) || at < 0 || at >= length) {
    throw new InvalidInput('BAD_CURSOR', 'this cursor points outside the list')
  }
  return at
}
