/** Reading and writing safetensors: from bytes in memory, or tensor by tensor from a file too large for that. */
import { canonicalJson } from '../../domain/canonical-json.js'
import { compareCodePoints } from '../../domain/code-point-order.js'
import { invariant, LimitExceeded } from '../../domain/errors.js'
import type { Tensor } from '../../domain/sparse-model-data.js'
import { readExactly, type SourceFile } from '../source-file.js'
import { DTYPE_WIDTH, elementCount } from './dtype-width.js'
import { headerLength, MAX_HEADER_BYTES, parseHeader } from './safetensors-header.js'

export interface Safetensors {
  /** In code-point order of the names. */
  readonly tensors: readonly Tensor[]
  readonly metadata: ReadonlyMap<string, string>
}

/** Tensors are views of `bytes`, not copies. Throws `BAD_FILE` or `UNSUPPORTED`, naming `file`. */
export function parseSafetensors(bytes: Uint8Array, file = 'the safetensors block'): Safetensors {
  const length = headerLength(bytes.subarray(0, 8), bytes.length, file)
  const start = 8 + length
  const { entries, metadata } = parseHeader(bytes.subarray(8, start), bytes.length - start, file)
  const tensors = entries.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    bytes: bytes.subarray(start + begin, start + end),
  }))
  return { tensors, metadata }
}

/** As `parseSafetensors`, reading one tensor at a time; the whole takes as much memory as the file has bytes. */
export async function readSafetensors(file: SourceFile): Promise<Safetensors> {
  const length = headerLength(await file.read(0, 8), file.bytes, file.name)
  const start = 8 + length
  const { entries, metadata } = parseHeader(await readExactly(file, 8, length), file.bytes - start, file.name)
  const tensors: Tensor[] = []
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.push({ name, dtype, shape, bytes: await readExactly(file, start + begin, end - begin) })
  }
  return { tensors, metadata }
}

/**
 * The same tensors and metadata give the same bytes, in whatever order they come: wider types first (so that every
 * tensor stays aligned), then names by code point; metadata keys sorted; the header padded to eight bytes with spaces.
 * Throws `LIMIT_EXCEEDED` when names and metadata are more than a header may hold.
 */
export function writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = [...tensors].sort(
    (a, b) => DTYPE_WIDTH[b.dtype] - DTYPE_WIDTH[a.dtype] || compareCodePoints(a.name, b.name),
  )
  const members: string[] = []
  if (Object.keys(metadata).length > 0) members.push(`"__metadata__":${canonicalJson(metadata)}`)
  let at = 0
  for (const { name, dtype, shape, bytes } of ordered) {
    invariant(
      bytes.length === elementCount(shape) * DTYPE_WIDTH[dtype],
      `tensor ${name} has as many bytes as its shape says`,
    )
    const entry = canonicalJson({ dtype, shape, data_offsets: [at, at + bytes.length] })
    members.push(`${JSON.stringify(name)}:${entry}`)
    at += bytes.length
  }
  const header = new TextEncoder().encode(`{${members.join(',')}}`)
  const padded = (header.length + 7) & ~7
  if (padded > MAX_HEADER_BYTES) {
    throw new LimitExceeded(
      `names and metadata take ${padded} bytes, a safetensors header has at most ${MAX_HEADER_BYTES}`,
    )
  }
  const out = new Uint8Array(8 + padded + at).fill(0x20, 8, 8 + padded)
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true)
  out.set(header, 8)
  let place = 8 + padded
  for (const { bytes } of ordered) {
    out.set(bytes, place)
    place += bytes.length
  }
  return out
}
