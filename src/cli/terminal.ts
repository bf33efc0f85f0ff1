/** Where a command speaks: results and messages apart. Handed in, so that tests can listen. */
export interface Terminal {
  /** Results: standard output, nothing else goes there. */
  result(text: string): void
  /** Bytes of a file that is the result; resolves when there is room for more. */
  resultBytes(bytes: Uint8Array): Promise<void>
  /** Messages and progress: standard error. */
  message(text: string): void
  /** May a line on standard error be overwritten? */
  readonly overwrites: boolean
  /** Standard input, whole, as UTF-8. */
  input(): Promise<string>
}

/** The terminal of this process. */
export function processTerminal(process: NodeJS.Process): Terminal {
  // A reader that has seen enough (`circuitql circuits | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  return {
    result: (text) => void process.stdout.write(text),
    resultBytes: (bytes) => new Promise((done) => process.stdout.write(bytes, () => done())),
    message: (text) => void process.stderr.write(text),
    overwrites: process.stderr.isTTY === true,
    input: async () => {
      const chunks: Uint8Array[] = []
      for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array)
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}
