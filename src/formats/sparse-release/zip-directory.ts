/**
 * The central directory of a zip archive, read without trusting it (APPNOTE 4.3 to 4.5, zip64 included). Only stored
 * entries are accepted, which is what torch writes: nothing is ever inflated, so no entry is larger than the file.
 */
import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { InvalidInput } from '../../domain/errors.js'
import { readExactly, type SourceFile } from '../source-file.js'

export interface ZipEntry {
  readonly name: string
  readonly bytes: number
  /** 0 where the writer gave none. */
  readonly crc32: number
  /** Where the entry's local header stands in the file. */
  readonly localOffset: number
}

const END_SIGNATURE = 0x06054b50
const END64_SIGNATURE = 0x06064b50
const LOCATOR64_SIGNATURE = 0x07064b50
const CENTRAL_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const END_BYTES = 22
const MAX_COMMENT = 65_535
const MAX_DIRECTORY_BYTES = 64 << 20
const CRC_CHUNK = 8 << 20

/** Entries by name. Throws `BAD_FILE` for a damaged archive, `UNSUPPORTED` for compressed or encrypted entries. */
export async function readZipDirectory(file: SourceFile): Promise<ReadonlyMap<string, ZipEntry>> {
  const directory = await findDirectory(file)
  const bytes = await readExactly(file, directory.offset, directory.bytes)
  const view = viewOf(bytes)
  const entries = new Map<string, ZipEntry>()
  let at = 0
  for (let n = 0; n < directory.count; n++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw bad(file, `has a zip directory that breaks off at entry ${n} of ${directory.count}`)
    }
    const nameBytes = view.getUint16(at + 28, true)
    const extraBytes = view.getUint16(at + 30, true)
    const next = at + 46 + nameBytes + extraBytes + view.getUint16(at + 32, true)
    if (next > bytes.length)
      throw bad(file, `has a zip directory that breaks off at entry ${n} of ${directory.count}`)
    const entry = readEntry(file, bytes.subarray(at, next), nameBytes, extraBytes)
    if (entries.has(entry.name)) throw bad(file, `holds the entry ${JSON.stringify(entry.name)} twice`)
    entries.set(entry.name, entry)
    at = next
  }
  checkPlaces(file, entries, directory.offset)
  return entries
}

/** The content of one entry, its checksum verified where the archive gives one. */
export async function readZipEntry(file: SourceFile, entry: ZipEntry): Promise<Uint8Array> {
  const header = viewOf(await readExactly(file, entry.localOffset, 30))
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE)
    throw bad(file, `has no entry ${JSON.stringify(entry.name)} where its directory says`)
  const start = entry.localOffset + 30 + header.getUint16(26, true) + header.getUint16(28, true)
  const content = await readExactly(file, start, entry.bytes)
  if (entry.crc32 !== 0 && (await checksum(content)) !== entry.crc32) {
    throw new InvalidInput(
      'BAD_FILE',
      `${file.name} is damaged: the checksum of its entry ${JSON.stringify(entry.name)} does not match`,
      {
        path: file.name,
        hint: 'a file saved with torch.serialization.set_crc32_options(False) has no true checksums: save it again with them',
      },
    )
  }
  return content
}

interface Directory {
  readonly offset: number
  readonly bytes: number
  readonly count: number
}

async function findDirectory(file: SourceFile): Promise<Directory> {
  const tailBytes = Math.min(file.bytes, END_BYTES + MAX_COMMENT)
  const tailStart = file.bytes - tailBytes
  const tail = await readExactly(file, tailStart, tailBytes)
  const view = viewOf(tail)
  for (let at = tailBytes - END_BYTES; at >= 0; at--) {
    if (
      view.getUint32(at, true) !== END_SIGNATURE ||
      at + END_BYTES + view.getUint16(at + 20, true) !== tailBytes
    )
      continue
    const plain = {
      count: view.getUint16(at + 10, true),
      bytes: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    }
    const isZip64 = plain.count === 0xffff || plain.bytes === 0xffffffff || plain.offset === 0xffffffff
    const end = tailStart + at
    return checkDirectory(file, isZip64 ? await findDirectory64(file, end) : plain, end)
  }
  throw bad(file, 'is not a whole zip archive: it has no directory at its end')
}

async function findDirectory64(file: SourceFile, end: number): Promise<Directory> {
  if (end < 20) throw bad(file, 'lacks the zip64 locator that its directory asks for')
  const locator = viewOf(await readExactly(file, end - 20, 20))
  if (locator.getUint32(0, true) !== LOCATOR64_SIGNATURE)
    throw bad(file, 'lacks the zip64 locator that its directory asks for')
  const record = viewOf(await readExactly(file, safeNumber(file, locator.getBigUint64(8, true)), 56))
  if (record.getUint32(0, true) !== END64_SIGNATURE)
    throw bad(file, 'has no zip64 directory record where its locator says')
  return {
    count: safeNumber(file, record.getBigUint64(32, true)),
    bytes: safeNumber(file, record.getBigUint64(40, true)),
    offset: safeNumber(file, record.getBigUint64(48, true)),
  }
}

function checkDirectory(file: SourceFile, directory: Directory, end: number): Directory {
  if (directory.offset + directory.bytes > end) throw bad(file, 'places its zip directory beyond its end')
  if (directory.bytes > MAX_DIRECTORY_BYTES)
    throw bad(
      file,
      `has a zip directory of ${directory.bytes} bytes, at most ${MAX_DIRECTORY_BYTES} are read`,
    )
  if (directory.count * 46 > directory.bytes)
    throw bad(file, `says it holds ${directory.count} entries, too many for its directory`)
  return directory
}

function readEntry(file: SourceFile, record: Uint8Array, nameBytes: number, extraBytes: number): ZipEntry {
  const view = viewOf(record)
  const name = new TextDecoder().decode(record.subarray(46, 46 + nameBytes))
  const flags = view.getUint16(8, true)
  const method = view.getUint16(10, true)
  if (flags & 1) throw unsupported(file, `holds the encrypted entry ${JSON.stringify(name)}`)
  if (method !== 0)
    throw unsupported(
      file,
      `holds the compressed entry ${JSON.stringify(name)} (method ${method}); torch stores entries as they are`,
    )
  const wide = zip64Extra(record.subarray(46 + nameBytes, 46 + nameBytes + extraBytes))
  const field = (at: number): number => {
    const value = view.getUint32(at, true)
    if (value !== 0xffffffff) return value
    const large = wide.shift()
    if (large === undefined) throw bad(file, `lacks the zip64 sizes of its entry ${JSON.stringify(name)}`)
    return safeNumber(file, large)
  }
  // The order of the wide fields is fixed: size, stored size, place.
  const bytes = field(24)
  const stored = field(20)
  const localOffset = field(42)
  if (bytes !== stored)
    throw bad(file, `gives its stored entry ${JSON.stringify(name)} two sizes, ${bytes} and ${stored}`)
  return { name, bytes, crc32: view.getUint32(16, true), localOffset }
}

function zip64Extra(extra: Uint8Array): bigint[] {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true)
    const next = at + 4 + length
    if (next > extra.length) break
    if (view.getUint16(at, true) === 1) {
      return Array.from({ length: Math.floor(length / 8) }, (_, i) => view.getBigUint64(at + 4 + 8 * i, true))
    }
    at = next
  }
  return []
}

/** Entries may not lie over each other, so that all of them together are never larger than the file. */
function checkPlaces(
  file: SourceFile,
  entries: ReadonlyMap<string, ZipEntry>,
  directoryOffset: number,
): void {
  const byPlace = [...entries.values()].sort((a, b) => a.localOffset - b.localOffset)
  for (const [i, entry] of byPlace.entries()) {
    const end = byPlace[i + 1]?.localOffset ?? directoryOffset
    if (entry.localOffset + 30 + entry.bytes > end) {
      throw bad(
        file,
        `places ${entry.bytes} bytes of its entry ${JSON.stringify(entry.name)} where other parts of the archive lie`,
      )
    }
  }
}

async function checksum(content: Uint8Array): Promise<number> {
  let value = 0
  for (let at = 0; at < content.length; at += CRC_CHUNK) {
    if (at > 0) await setImmediate()
    value = crc32(content.subarray(at, at + CRC_CHUNK), value)
  }
  return value
}

function safeNumber(file: SourceFile, value: bigint): number {
  if (value > BigInt(file.bytes)) throw bad(file, `speaks of ${value} bytes but has only ${file.bytes}`)
  return Number(value)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function bad(file: SourceFile, what: string): InvalidInput {
  return new InvalidInput('BAD_FILE', `${file.name} ${what}`, { path: file.name })
}

function unsupported(file: SourceFile, what: string): InvalidInput {
  return new InvalidInput('UNSUPPORTED', `${file.name} ${what}`, {
    path: file.name,
    hint: 'save the model again with torch.save, or as safetensors',
  })
}
