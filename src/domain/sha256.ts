import { createHash } from 'node:crypto'

/** SHA-256 of the chunks in order, as 64 lower-case hex digits. The one place where the domain hashes. */
export function sha256Hex(...chunks: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** Is `text` a whole SHA-256 in lower-case hex? */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}
