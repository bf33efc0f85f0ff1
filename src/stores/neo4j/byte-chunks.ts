/**
 * Large byte blocks as nodes of about a megabyte each: one property of many megabytes is slow to read, parts are read
 * beside each other. Neo4j takes byte arrays as Int8Array only.
 */
import type { LoadStep } from './load-step.js'
import { integer } from './neo4j-database.js'

const CHUNK_BYTES = 1_000_000
/** Bytes that cost about as much to write as an edge. */
const BYTES_PER_EDGE = 400
/** Chunks that are read at the same time. */
const CHUNKS_TOGETHER = 4

export function chunkCount(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK_BYTES))
}

/** A view on one chunk, without a copy. */
function chunkOf(bytes: Uint8Array, part: number): Int8Array {
  const start = part * CHUNK_BYTES
  const length = Math.min(CHUNK_BYTES, bytes.length - start)
  return new Int8Array(bytes.buffer, bytes.byteOffset + start, length)
}

/** The chunks as steps of a load: `text` takes them as `$parts`, pairs of number and bytes. */
export function* chunkSteps(
  bytes: Uint8Array,
  text: string,
  parameters: Readonly<Record<string, unknown>>,
): Generator<LoadStep> {
  const count = chunkCount(bytes.length)
  for (let part = 0; part < count; part++) {
    const chunk = chunkOf(bytes, part)
    yield {
      statements: [{ text, parameters: { ...parameters, parts: [[integer(part), chunk]] } }],
      work: chunk.length / BYTES_PER_EDGE,
      edgesDone: 0,
    }
  }
}

/** Reads all parts, a few at the same time; null when one is missing. */
export async function joinChunks(
  count: number,
  first: Int8Array | null,
  readPart: (part: number) => Promise<Int8Array | null>,
): Promise<Uint8Array | null> {
  const parts = new Array<Int8Array | null>(count).fill(null)
  parts[0] = first
  let next = first === null ? 0 : 1
  let isWhole = true
  const reader = async (): Promise<void> => {
    while (next < count && isWhole) {
      const part = next++
      parts[part] = await readPart(part)
      if (parts[part] === null) isWhole = false
    }
  }
  await Promise.all(Array.from({ length: Math.min(CHUNKS_TOGETHER, count) }, reader))
  if (!isWhole) return null
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part!.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part!, at)
    at += part!.length
  }
  return whole
}
