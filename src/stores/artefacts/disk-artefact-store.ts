/**
 * Artefacts as files named by their hash (`ab/cdef…`). Content goes to `incoming/` first and gets its name only when
 * it is whole, checked and on the disk, so that whatever has a name is right.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, link, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ArtefactFile, ArtefactStore } from '../../application/ports/artefact-store.js'
import { InvalidInput, LimitExceeded } from '../../domain/errors.js'
import { isSha256 } from '../../domain/sha256.js'
import { errorCode, onDisk } from './disk-errors.js'
import { incomingFolder, newIncomingPath, sweepIncoming } from './incoming.js'

const STREAM_CHUNK_BYTES = 1 << 20

export class DiskArtefactStore implements ArtefactStore {
  readonly #directory: string

  /** Use `openArtefactStore`. */
  constructor(directory: string) {
    this.#directory = directory
  }

  async put(
    sha256: string,
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly created: boolean; readonly bytes: number }> {
    const path = this.#pathOf(sha256)
    if ((await sizeOf(path)) !== null) {
      // Known already: the content must still be what it says, but need not be written again.
      return { created: false, bytes: await receive(sha256, content, maxBytes, null) }
    }
    const incoming = newIncomingPath(this.#directory)
    try {
      const bytes = await this.#write(incoming, sha256, content, maxBytes)
      return { created: await onDisk(() => giveNameTo(incoming, path)), bytes }
    } finally {
      await rm(incoming, { force: true })
    }
  }

  async open(sha256: string): Promise<ArtefactFile | null> {
    const path = this.#pathOf(sha256)
    const bytes = await sizeOf(path)
    if (bytes === null) return null
    return {
      sha256,
      bytes,
      read: (offset, length) =>
        onDisk(() => readPart(path, offset, Math.max(0, Math.min(length, bytes - offset)))),
      stream: () => createReadStream(path, { highWaterMark: STREAM_CHUNK_BYTES }),
    }
  }

  async delete(sha256: string): Promise<boolean> {
    const path = this.#pathOf(sha256)
    return onDisk(async () => {
      try {
        await unlink(path)
        return true
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return false
        throw error
      }
    })
  }

  async #write(
    incoming: string,
    sha256: string,
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<number> {
    const file = await onDisk(() => open(incoming, 'wx'))
    try {
      const bytes = await receive(sha256, content, maxBytes, file)
      await onDisk(() => file.sync())
      return bytes
    } finally {
      await file.close()
    }
  }

  /** The hash is part of a path, so nothing but a hash may come this far. */
  #pathOf(sha256: string): string {
    if (!isSha256(sha256)) {
      throw new InvalidInput(
        'BAD_INPUT',
        `${JSON.stringify(sha256.slice(0, 80))} is not a SHA-256 in 64 lower-case hex digits`,
      )
    }
    return join(this.#directory, sha256.slice(0, 2), sha256.slice(2))
  }
}

/** Makes the folder when it is missing and sweeps what dead uploads left behind. Throws UNAVAILABLE. */
export async function openArtefactStore(directory: string): Promise<DiskArtefactStore> {
  await onDisk(async () => {
    await mkdir(incomingFolder(directory), { recursive: true })
    await sweepIncoming(directory)
  })
  return new DiskArtefactStore(directory)
}

/** Checks hash and size of the content while it comes; writes it when there is a file. */
async function receive(
  sha256: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  file: FileHandle | null,
): Promise<number> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.length
    if (bytes > maxBytes)
      throw new LimitExceeded(`the content of ${sha256} has more than the ${maxBytes} bytes allowed`, {
        facts: { limit: maxBytes },
      })
    hash.update(chunk)
    if (file !== null) await onDisk(() => file.writeFile(chunk))
  }
  const actual = hash.digest('hex')
  if (actual !== sha256)
    throw new InvalidInput('HASH_MISMATCH', `the content has the SHA-256 ${actual}, not ${sha256}`)
  return bytes
}

/** False when another one had given a file this name first. */
async function giveNameTo(incoming: string, path: string): Promise<boolean> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  try {
    await link(incoming, path)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    // Some file systems know no links; a rename is as safe, it only cannot tell who was first.
    await rename(incoming, path)
  }
  await syncFolder(folder)
  return true
}

/** Brings the new name itself to the disk, where the system lets folders be synced. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function readPart(path: string, offset: number, length: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const bytes = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const { bytesRead } = await file.read(bytes, at, length - at, offset + at)
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.subarray(0, at)
  } finally {
    await file.close()
  }
}

async function sizeOf(path: string): Promise<number | null> {
  return onDisk(async () => {
    try {
      return (await stat(path)).size
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null
      throw error
    }
  })
}
