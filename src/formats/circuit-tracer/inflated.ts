/** The bytes of a file, unpacked where it is compressed. */
import { createGunzip, type Gunzip } from 'node:zlib'
import { InvalidInput, LimitExceeded, throwIfAborted } from '../../domain/errors.js'
import type { SourceFile } from '../source-file.js'
import { isGzip } from './looks-like.js'

export interface InflateOptions {
  readonly signal?: AbortSignal
  /** Bytes of the file, packed as it is, read so far. */
  readonly onProgress?: (bytes: number) => void
}

/** Throws BAD_FILE for a broken gzip file, LIMIT_EXCEEDED when more than `maxBytes` come out, CANCELLED on abort. */
export async function* inflated(
  file: SourceFile,
  maxBytes: number,
  options: InflateOptions,
): AsyncGenerator<Uint8Array> {
  if (!isGzip(await file.read(0, 2))) {
    yield* watched(file, options)
    return
  }
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  const feeding = feed(watched(file, options), gunzip).catch((error: unknown) => {
    gunzip.destroy(error as Error)
  })
  let unpacked = 0
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      unpacked += chunk.length
      if (unpacked > maxBytes)
        throw new LimitExceeded(`${file.name} unpacks to more than ${maxBytes} bytes`, { path: file.name })
      yield chunk
    }
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown }
    if (!String(code).startsWith('Z_')) throw error
    throw new InvalidInput('BAD_FILE', `${file.name} is not a whole gzip file: ${message}`, {
      path: file.name,
      cause: error,
    })
  } finally {
    gunzip.destroy()
    await feeding
  }
}

async function* watched(file: SourceFile, options: InflateOptions): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const chunk of file.stream()) {
    throwIfAborted(options.signal)
    read += chunk.length
    options.onProgress?.(read)
    yield chunk
  }
}

/** Writes until the chunks end or nobody reads any more; either way the chunks' source is closed. */
async function feed(chunks: AsyncIterable<Uint8Array>, gunzip: Gunzip): Promise<void> {
  for await (const chunk of chunks) {
    if (gunzip.destroyed) return
    if (!gunzip.write(chunk)) await drained(gunzip)
  }
  if (!gunzip.destroyed) gunzip.end()
}

function drained(gunzip: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      gunzip.off('drain', done).off('close', done)
      resolve()
    }
    gunzip.on('drain', done).on('close', done)
  })
}
