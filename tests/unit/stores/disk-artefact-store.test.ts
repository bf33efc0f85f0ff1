import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex } from '../../../src/domain/sha256.js'
import {
  type DiskArtefactStore,
  openArtefactStore,
} from '../../../src/stores/artefacts/disk-artefact-store.js'

describe('artefacts on a disk', () => {
  let directory: string
  let store: DiskArtefactStore
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'circuitql-artefacts-'))
    store = await openArtefactStore(directory)
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 24)
  const hash = sha256Hex(content)
  const filesIn = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)

  it('come back whole, in parts and as a stream', async () => {
    expect(await store.open(hash)).toBeNull()
    expect(await store.put(hash, chunksOf(content, 7_001), 300_000)).toEqual({
      created: true,
      bytes: 300_000,
    })
    const file = (await store.open(hash))!
    expect(file).toMatchObject({ sha256: hash, bytes: 300_000 })
    expect(Buffer.from(await file.read(0, 300_000)).equals(content)).toBe(true)
    expect(await file.read(1_000, 3)).toEqual(content.slice(1_000, 1_003))
    expect(await file.read(299_999, 1e12)).toEqual(content.slice(299_999))
    expect(await file.read(300_000, 5)).toHaveLength(0)
    const streamed: Uint8Array[] = []
    for await (const chunk of file.stream()) streamed.push(chunk)
    expect(Buffer.concat(streamed).equals(content)).toBe(true)
    expect(await readdir(join(directory, hash.slice(0, 2)))).toEqual([hash.slice(2)])
  })

  it('may be empty', async () => {
    const nothing = sha256Hex('')
    expect(await store.put(nothing, chunksOf(new Uint8Array(), 1), 0)).toEqual({ created: true, bytes: 0 })
    expect((await store.open(nothing))!.bytes).toBe(0)
  })

  it('are stored once, and checked all the same the second time', async () => {
    await store.put(hash, chunksOf(content, 50_000), 300_000)
    expect(await store.put(hash, chunksOf(content, 1_000), 300_000)).toEqual({
      created: false,
      bytes: 300_000,
    })
    await expect(store.put(hash, chunksOf(content.slice(1), 1_000), 300_000)).rejects.toMatchObject({
      code: 'HASH_MISMATCH',
    })
    expect(Buffer.from(await (await store.open(hash))!.read(0, 300_000)).equals(content)).toBe(true)
  })

  it('leave nothing when the hash is wrong, the limit is passed or the stream breaks', async () => {
    const wrong = sha256Hex('something else')
    await expect(store.put(wrong, chunksOf(content, 1_000), 300_000)).rejects.toMatchObject({
      code: 'HASH_MISMATCH',
      message: expect.stringContaining(hash),
    })
    await expect(store.put(hash, chunksOf(content, 1_000), 299_999)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield content.slice(0, 10)
      throw new Error('the client went away')
    }
    await expect(store.put(hash, broken(), 300_000)).rejects.toThrow('the client went away')
    expect(await filesIn(directory)).toEqual([])
    expect(await store.open(hash)).toBeNull()
    expect((await store.put(hash, chunksOf(content, 1_000), 300_000)).created).toBe(true)
  })

  it('that come several times at once are created once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) => store.put(hash, chunksOf(content, 1_000 + i), 300_000)),
    )
    expect(outcomes.filter(({ created }) => created)).toHaveLength(1)
    expect(await filesIn(directory)).toEqual([hash.slice(2)])
  })

  it('go when they are deleted', async () => {
    await store.put(hash, chunksOf(content, 1_000), 300_000)
    expect(await store.delete(hash)).toBe(true)
    expect(await store.delete(hash)).toBe(false)
    expect(await store.open(hash)).toBeNull()
  })

  it.each(['../../etc/passwd', hash.toUpperCase(), hash.slice(1), `${hash}\n`])(
    'are named by a hash and nothing else: %j',
    async (name) => {
      await expect(store.open(name)).rejects.toMatchObject({ code: 'BAD_INPUT' })
      await expect(store.delete(name)).rejects.toMatchObject({ code: 'BAD_INPUT' })
      await expect(store.put(name, chunksOf(content, 1_000), 300_000)).rejects.toMatchObject({
        code: 'BAD_INPUT',
      })
    },
  )

  it('half written are swept after an hour of silence, not before', async () => {
    const incoming = join(directory, 'incoming')
    for (const [name, minutes] of [
      ['silent', 61],
      ['alive', 59],
    ] as const) {
      await writeFile(join(incoming, name), 'half')
      const then = new Date(Date.now() - minutes * 60_000)
      await utimes(join(incoming, name), then, then)
    }
    await openArtefactStore(directory)
    expect(await readdir(incoming)).toEqual(['alive'])
  })

  it('that the disk refuses are UNAVAILABLE', async () => {
    await rm(directory, { recursive: true })
    await writeFile(directory, 'no folder')
    await expect(store.put(hash, chunksOf(content, 1_000), 300_000)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    await expect(openArtefactStore(directory)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
