/**
 * A file as importers see it: a name, a length, random access and a stream. Whether it rests on a disk, in the artefact
 * store or in memory is not their business; an `ArtefactFile` of the application plus a name has all that is needed.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { InvalidInput, NotFound } from '../domain/errors.js'
import { sha256Hex } from '../domain/sha256.js'

export interface SourceFile {
  /** File name without folders, e.g. `beeg_config.json`. */
  readonly name: string
  readonly bytes: number
  /** 64 lower-case hex digits over the whole content. */
  sha256(): Promise<string>
  /** Reads `length` bytes from `offset`; short only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  stream(): AsyncIterable<Uint8Array>
}

/** A file on disk, opened for each read and never held; its hash is taken by streaming, once. */
export async function diskFile(path: string): Promise<SourceFile> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new NotFound(`there is no readable file at ${path}`, { path, cause })
  })
  if (!found.isFile()) throw new InvalidInput('BAD_INPUT', `${path} is not a file`, { path })
  let hash: Promise<string> | undefined
  const stream = (): AsyncIterable<Uint8Array> => createReadStream(path, { highWaterMark: 1 << 20 })
  return {
    name: basename(path),
    bytes: found.size,
    sha256: () => {
      hash ??= hashOf(stream())
      return hash
    },
    read: (offset, length) => readPart(path, offset, Math.max(0, Math.min(length, found.size - offset))),
    stream,
  }
}

/** A file in memory. The bytes are not copied: do not change them afterwards. */
export function bytesFile(name: string, bytes: Uint8Array): SourceFile {
  return {
    name,
    bytes: bytes.length,
    sha256: async () => sha256Hex(bytes),
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    stream: async function* () {
      yield bytes
    },
  }
}

/** The whole file in memory; throws `BAD_FILE` when it is longer than `maxBytes`. */
export async function readWhole(file: SourceFile, maxBytes: number): Promise<Uint8Array> {
  if (file.bytes > maxBytes) {
    throw new InvalidInput(
      'BAD_FILE',
      `${file.name} has ${file.bytes} bytes, at most ${maxBytes} are read here`,
      { path: file.name },
    )
  }
  return readExactly(file, 0, file.bytes)
}

/** `length` bytes from `offset`; throws `BAD_FILE` when the file ends before. */
export async function readExactly(file: SourceFile, offset: number, length: number): Promise<Uint8Array> {
  const part = await file.read(offset, length)
  if (part.length !== length) {
    throw new InvalidInput(
      'BAD_FILE',
      `${file.name} ends at byte ${offset + part.length}, ${offset + length} needed`,
      { path: file.name },
    )
  }
  return part
}

async function hashOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  const out = new Uint8Array(length)
  const handle = await open(path, 'r')
  try {
    let at = 0
    while (at < length) {
      const { bytesRead } = await handle.read(out, at, length - at, offset + at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return out.subarray(0, at)
  } finally {
    await handle.close()
  }
}
