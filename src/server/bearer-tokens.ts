import { createHash, timingSafeEqual } from 'node:crypto'
import { InvalidInput } from '../domain/errors.js'
import type { ServerSettings } from './server-options.js'

export interface Identity {
  /** Name under which writes are recorded. */
  readonly owner: string
  readonly mayWrite: boolean
}

/** Who sends a request. Without tokens everybody is `local` and may write; a wrong token is UNAUTHENTICATED. */
export function identify(header: string | undefined, tokens: ServerSettings['tokens']): Identity {
  if (tokens.length === 0) return { owner: 'local', mayWrite: true }
  if (header === undefined) return { owner: 'anonymous', mayWrite: false }
  const given = /^Bearer +(\S+)$/i.exec(header)?.[1]
  const known = given === undefined ? undefined : tokens.find(({ token }) => sameText(token, given))
  if (known === undefined)
    throw new InvalidInput('UNAUTHENTICATED', 'this server does not know the token sent')
  return { owner: known.name, mayWrite: true }
}

/** Takes the same time whether the first or the last letter differs. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
