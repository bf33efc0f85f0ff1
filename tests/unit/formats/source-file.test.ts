import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex } from '../../../src/domain/sha256.js'
import {
  bytesFile,
  diskFile,
  readExactly,
  readWhole,
  type SourceFile,
} from '../../../src/formats/source-file.js'

const content = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) % 251)
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'circuitql-source-file-'))
  writeFileSync(join(folder, 'data.bin'), content)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each([
  ['on disk', () => diskFile(join(folder, 'data.bin'))],
  ['in memory', async () => bytesFile('data.bin', content)],
] as [string, () => Promise<SourceFile>][])('a file %s', (_, open) => {
  it('has name, length and hash', async () => {
    const file = await open()
    expect([file.name, file.bytes, await file.sha256()]).toEqual([
      'data.bin',
      content.length,
      sha256Hex(content),
    ])
  })

  it('reads any part, short only at its end', async () => {
    const file = await open()
    expect(Buffer.compare(await file.read(1_000_000, 10), content.subarray(1_000_000, 1_000_010))).toBe(0)
    expect((await file.read(content.length - 3, 10)).length).toBe(3)
    expect((await file.read(content.length + 5, 10)).length).toBe(0)
    await expect(readExactly(file, content.length - 3, 10)).rejects.toThrow(
      `data.bin ends at byte ${content.length}, ${content.length + 7} needed`,
    )
  })

  it('streams its whole content', async () => {
    const chunks: Uint8Array[] = []
    for await (const chunk of (await open()).stream()) chunks.push(chunk)
    expect(Buffer.compare(Buffer.concat(chunks), content)).toBe(0)
  })

  it('is not read whole beyond a limit', async () => {
    await expect(readWhole(await open(), 1_000)).rejects.toThrow(
      'data.bin has 3000000 bytes, at most 1000 are read here',
    )
  })
})

it('says which path has no file, and which is a folder', async () => {
  await expect(diskFile(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(diskFile(folder)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: `${folder} is not a file`,
  })
})
