/**
 * What a file says beyond its graph, so that export gives the file back: the members beside nodes and links, every
 * node as it stood and in its order, the order of the links and their extra fields. Compressed; private to this format.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import { InvalidInput } from '../../domain/errors.js'
import { littleEndianBytes, readUint32 } from '../../domain/little-endian.js'

const VERSION = 1

export interface Residue {
  readonly keys: readonly string[]
  readonly members: Readonly<Record<string, unknown>>
  readonly nodes: readonly Readonly<Record<string, unknown>>[]
  /** Ids that the links use, and for each edge of the circuit the ids of its ends. */
  readonly linkIds: readonly string[]
  readonly linkSource: Uint32Array
  readonly linkTarget: Uint32Array
  /** For each link in the order of the file its edge in canonical order. */
  readonly linkEdge: Uint32Array
  readonly linkExtras: readonly (readonly [link: number, extra: Readonly<Record<string, unknown>>])[]
  /** Links whose weight was −0. */
  readonly negativeZeros: readonly number[]
}

interface Head extends Omit<Residue, 'linkSource' | 'linkTarget' | 'linkEdge'> {
  readonly version: number
  readonly linkCount: number
}

export function encodeResidue(residue: Residue): Uint8Array {
  const { linkSource, linkTarget, linkEdge, ...rest } = residue
  const head: Head = { version: VERSION, linkCount: linkEdge.length, ...rest }
  const text = Buffer.from(JSON.stringify(head), 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  return gzipSync(
    Buffer.concat([length, text, ...[linkSource, linkTarget, linkEdge].map(littleEndianBytes)]),
    { level: 1 },
  )
}

/** Throws BAD_FILE when the bytes are not a residue of this version; they only ever come from our own store. */
export function decodeResidue(bytes: Uint8Array): Residue {
  const whole = gunzipSync(bytes)
  const textEnd = 4 + whole.readUInt32LE(0)
  const { version, linkCount, ...rest } = JSON.parse(whole.subarray(4, textEnd).toString('utf8')) as Head
  if (version !== VERSION)
    throw new InvalidInput(
      'BAD_FILE',
      `the stored file of this circuit has version ${version}, not ${VERSION}`,
    )
  const column = (place: number): Uint32Array => readUint32(whole, textEnd + place * 4 * linkCount, linkCount)
  return { ...rest, linkSource: column(0), linkTarget: column(1), linkEdge: column(2) }
}
