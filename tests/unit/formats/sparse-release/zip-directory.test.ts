import { crc32 } from 'node:zlib'
import { bytesFile } from '../../../../src/formats/source-file.js'
import { readZipDirectory, readZipEntry } from '../../../../src/formats/sparse-release/zip-directory.js'

interface Make {
  readonly zip64?: boolean
  readonly method?: number
  readonly flags?: number
  readonly crc?: number
  readonly size?: number
  readonly comment?: string
}

/** A zip archive of stored entries, written byte by byte from the specification. */
function zip(contents: Record<string, string>, make: Make = {}): Uint8Array {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(contents)) {
    const content = Buffer.from(text)
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50, 0)
    header.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(make.flags ?? 0, 8)
    entry.writeUInt16LE(make.method ?? 0, 10)
    entry.writeUInt32LE(make.crc ?? crc32(content), 16)
    const extra = make.zip64 ? Buffer.alloc(28) : Buffer.alloc(0)
    if (make.zip64) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      extra.writeBigUInt64LE(BigInt(make.size ?? content.length), 4)
      extra.writeBigUInt64LE(BigInt(make.size ?? content.length), 12)
      extra.writeBigUInt64LE(BigInt(offset), 20)
    }
    entry.writeUInt32LE(make.zip64 ? 0xffffffff : (make.size ?? content.length), 20)
    entry.writeUInt32LE(make.zip64 ? 0xffffffff : (make.size ?? content.length), 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt16LE(extra.length, 30)
    entry.writeUInt32LE(make.zip64 ? 0xffffffff : offset, 42)
    local.push(header, Buffer.from(name), content)
    central.push(entry, Buffer.from(name), extra)
    offset += 30 + name.length + content.length
  }
  const directory = Buffer.concat(central)
  const count = Object.keys(contents).length
  const end64 = Buffer.alloc(make.zip64 ? 76 : 0)
  if (make.zip64) {
    end64.writeUInt32LE(0x06064b50, 0)
    end64.writeBigUInt64LE(BigInt(count), 32)
    end64.writeBigUInt64LE(BigInt(directory.length), 40)
    end64.writeBigUInt64LE(BigInt(offset), 48)
    end64.writeUInt32LE(0x07064b50, 56)
    end64.writeBigUInt64LE(BigInt(offset + directory.length), 64)
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(make.zip64 ? 0xffff : count, 10)
  end.writeUInt32LE(make.zip64 ? 0xffffffff : directory.length, 12)
  end.writeUInt32LE(make.zip64 ? 0xffffffff : offset, 16)
  end.writeUInt16LE(make.comment?.length ?? 0, 20)
  return Buffer.concat([...local, directory, end64, end, Buffer.from(make.comment ?? '')])
}

const CONTENTS = { 'a/one': 'first', 'a/two': '' }

describe('a zip directory', () => {
  it.each([
    ['plain', {}],
    ['zip64', { zip64: true }],
    ['with a comment behind it', { comment: 'x'.repeat(300) }],
    ['without checksums', { crc: 0 }],
  ])('is read %s', async (_, make) => {
    const file = bytesFile('x.pt', zip(CONTENTS, make))
    const entries = await readZipDirectory(file)
    expect([...entries.keys()]).toEqual(['a/one', 'a/two'])
    expect(Buffer.from(await readZipEntry(file, entries.get('a/one')!)).toString()).toBe('first')
    expect((await readZipEntry(file, entries.get('a/two')!)).length).toBe(0)
  })

  it.each([
    ['compressed entries', { method: 8 }, 'UNSUPPORTED', /compressed entry "a\/one" \(method 8\)/],
    ['encrypted entries', { flags: 1 }, 'UNSUPPORTED', /encrypted entry "a\/one"/],
    [
      'an entry larger than its place',
      { size: 500 },
      'BAD_FILE',
      /500 bytes of its entry "a\/one" where other parts/,
    ],
    [
      'a zip64 entry of a petabyte',
      { zip64: true, size: 1e15 },
      'BAD_FILE',
      /speaks of 1000000000000000 bytes/,
    ],
  ])('is refused for %s', async (_, make, code, message) => {
    const refusal = readZipDirectory(bytesFile('x.pt', zip(CONTENTS, make)))
    await expect(refusal).rejects.toThrow(message)
    await expect(refusal).rejects.toMatchObject({ code })
  })

  it('is refused where two entries share their bytes', async () => {
    const bytes = Buffer.from(zip({ aa: 'same bytes', bb: 'other' }))
    const second = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    bytes.writeUInt32LE(0, second + 42)
    await expect(readZipDirectory(bytesFile('x.pt', bytes))).rejects.toThrow(
      /where other parts of the archive lie/,
    )
  })

  it('notices a content that does not match its checksum', async () => {
    const file = bytesFile('x.pt', zip(CONTENTS, { crc: 1 }))
    await expect(readZipEntry(file, (await readZipDirectory(file)).get('a/one')!)).rejects.toThrow(
      'the checksum of its entry "a/one" does not match',
    )
  })
})
