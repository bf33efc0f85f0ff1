/**
 * Opaque cursors: base64url of JSON that names the question it belongs to. A cursor is untrusted input: one of
 * another question, or altered, is refused with BAD_CURSOR.
 */
import { canonicalJson, type JsonValue } from '../domain/canonical-json.js'
import { InvalidInput } from '../domain/errors.js'
import { sha256Hex } from '../domain/sha256.js'

const MAX_LENGTH = 4_096

/** Names a question by what it asks, whatever page of it. */
export function questionKey(question: JsonValue): string {
  return sha256Hex(canonicalJson(question)).slice(0, 16)
}

export function encodeCursor(question: string, key: JsonValue): string {
  const text = canonicalJson([1, question, key])
  return Buffer.from(`${text}${sha256Hex(text).slice(0, 8)}`, 'utf8').toString('base64url')
}

/** The key inside; throws BAD_CURSOR unless the cursor was given out for this question. */
export function decodeCursor(question: string, cursor: string): JsonValue {
  if (cursor.length <= MAX_LENGTH && /^[A-Za-z0-9_-]+$/.test(cursor)) {
    const whole = Buffer.from(cursor, 'base64url').toString('utf8')
    const text = whole.slice(0, -8)
    if (sha256Hex(text).slice(0, 8) === whole.slice(-8)) {
      const [version, of, key] = JSON.parse(text) as [number, string, JsonValue]
      if (version === 1 && of === question) return key
      throw new InvalidInput('BAD_CURSOR', 'this cursor belongs to another question', {
        hint: 'ask with the same filter and order that gave the cursor',
      })
    }
  }
  const shown = cursor.length > 60 ? `${cursor.slice(0, 59)}…` : cursor
  throw new InvalidInput('BAD_CURSOR', `${JSON.stringify(shown)} is not a cursor that this server gave out`)
}
