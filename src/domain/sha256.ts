import { createHash } from 'node:crypto'

/** SHA-256 of the chunks in order, as 64 lower-case hex digits. The one place where the domain hashes. */
export function sha256Hex(...chunks: readonly (Uint8Array | string)[]): string {
  const hash = new Sha256()
  for (const chunk of chunks) hash.add(chunk)
  return hash.hex()
}

/** The same, chunk by chunk; texts count in UTF-8. */
export class Sha256 {
  readonly #hash = createHash('sha256')

  add(chunk: Uint8Array | string): void {
    this.#hash.update(chunk)
  }

  /** Once. */
  hex(): string {
    return this.#hash.digest('hex')
  }
}

/** Is `text` a whole SHA-256 in lower-case hex? */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}
