/** Large files by content hash: uploads, weights. */
export interface ArtefactFile {
  readonly sha256: string
  readonly bytes: number
  /** Reads `length` bytes from `offset`; short only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  stream(): AsyncIterable<Uint8Array>
}

export interface ArtefactStore {
  /**
   * Takes a stream whose SHA-256 must be `sha256`: HASH_MISMATCH otherwise, LIMIT_EXCEEDED past `maxBytes`, and
   * nothing half-written stays. `created` is false when the artefact was there already.
   */
  put(
    sha256: string,
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly created: boolean; readonly bytes: number }>
  open(sha256: string): Promise<ArtefactFile | null>
  delete(sha256: string): Promise<boolean>
}
