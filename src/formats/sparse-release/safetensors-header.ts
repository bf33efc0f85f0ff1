/**
 * The header of a safetensors file, read without trusting it (github.com/huggingface/safetensors, "Format"): eight bytes
 * of length, then a JSON object from tensor name to type, shape and byte range, the ranges covering the rest of the file
 * without hole or overlap.
 */
import { compareCodePoints } from '../../domain/code-point-order.js'
import { InvalidInput } from '../../domain/errors.js'
import { DTYPES, type DType } from '../../domain/sparse-model-data.js'
import { objectAt, textAt } from '../json-fields.js'
import { DTYPE_WIDTH, elementCount } from './dtype-width.js'
import { topLevelKeys } from './json-keys.js'

export const MAX_HEADER_BYTES = 100_000_000
const MAX_RANK = 32

export interface SafetensorsEntry {
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
  /** Byte range within the data that follows the header. */
  readonly begin: number
  readonly end: number
}

export interface SafetensorsHeader {
  /** In code-point order of the names. */
  readonly entries: readonly SafetensorsEntry[]
  readonly metadata: ReadonlyMap<string, string>
}

/** Length of the header JSON from the first eight bytes; throws `BAD_FILE` where the file cannot hold it. */
export function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (prefix.length < 8) throw bad(file, `has ${fileBytes} bytes, a safetensors file has at least 10`)
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER_BYTES))
    throw bad(file, `says its header has ${length} bytes, at most ${MAX_HEADER_BYTES} are allowed`)
  if (Number(length) > fileBytes - 8)
    throw bad(file, `says its header has ${length} bytes, but the file has only ${fileBytes}`)
  if (length < 2n) throw bad(file, `says its header has ${length} bytes, an empty one has 2`)
  return Number(length)
}

/** Throws `BAD_FILE` naming the tensor, `UNSUPPORTED` for an element type that CircuitQL does not know. */
export function parseHeader(headerBytes: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  const text = decodeUtf8(headerBytes, file)
  if (!text.startsWith('{')) throw bad(file, 'has a header that does not begin with "{"')
  let json: Record<string, unknown>
  try {
    json = JSON.parse(text) as Record<string, unknown>
  } catch (cause) {
    throw bad(file, `has a header that is not JSON: ${(cause as Error).message}`, cause)
  }
  const seen = new Set<string>()
  for (const key of topLevelKeys(text)) {
    if (seen.has(key)) throw bad(file, `names ${quoted(key)} twice in its header`)
    seen.add(key)
  }
  const entries: SafetensorsEntry[] = []
  let metadata: ReadonlyMap<string, string> = new Map()
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(value, file)
    else entries.push(parseEntry(name, value, file))
  }
  checkCoverage(entries, dataBytes, file)
  entries.sort((a, b) => compareCodePoints(a.name, b.name))
  return { entries, metadata }
}

function parseMetadata(value: unknown, file: string): ReadonlyMap<string, string> {
  const fields = Object.entries(objectAt(value, `${file}: __metadata__`))
  return new Map(fields.map(([key, text]) => [key, textAt(text, `${file}: __metadata__[${quoted(key)}]`)]))
}

function parseEntry(name: string, value: unknown, file: string): SafetensorsEntry {
  const where = `tensor ${quoted(name)}`
  const fields = objectAt(value, `${file}: ${where}`)
  const dtype = DTYPES.find((known) => known === fields['dtype'])
  if (dtype === undefined) {
    throw new InvalidInput(
      'UNSUPPORTED',
      `${file}: ${where} has the type ${quoted(String(fields['dtype']))}, known are ${DTYPES.join(', ')}`,
      {
        path: file,
      },
    )
  }
  const shape = fields['shape']
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount)) {
    throw bad(file, `gives ${where} a shape that is not a list of at most ${MAX_RANK} natural numbers`)
  }
  const offsets = fields['data_offsets']
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw bad(file, `gives ${where} data_offsets that are not two natural numbers`)
  }
  const [begin, end] = offsets as [number, number]
  const expected = elementCount(shape as number[]) * DTYPE_WIDTH[dtype]
  if (end - begin !== expected) {
    throw bad(
      file,
      `gives ${where} ${end - begin} bytes, but type ${dtype} and shape [${shape.join(', ')}] need ${expected}`,
    )
  }
  return { name, dtype, shape: shape as number[], begin, end }
}

function checkCoverage(entries: readonly SafetensorsEntry[], dataBytes: number, file: string): void {
  const byPlace = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)
  let at = 0
  for (const { name, begin, end } of byPlace) {
    if (end > dataBytes)
      throw bad(
        file,
        `places tensor ${quoted(name)} up to byte ${end} of the data, which has ${dataBytes} bytes`,
      )
    if (begin < at)
      throw bad(
        file,
        `places tensor ${quoted(name)} at byte ${begin} of the data, over the tensor before it, which ends at ${at}`,
      )
    if (begin > at) throw bad(file, `leaves the bytes ${at} to ${begin} of the data to no tensor`)
    at = end
  }
  if (at !== dataBytes) throw bad(file, `has ${dataBytes - at} bytes after its last tensor`)
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw bad(file, 'has a header that is not UTF-8', cause)
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 79)}…` : name)
}

function bad(file: string, what: string, cause?: unknown): InvalidInput {
  return new InvalidInput('BAD_FILE', `${file} ${what}`, { path: file, cause })
}
