/**
 * What a file says beyond its graph, so that export gives the file back: the members beside nodes and links, every
 * node as it stood and in its order, the order of the links and what else they say. Compressed; private to this format.
 *
 * Layout, little-endian: u32 length of the first part; the first part, compressed: one JSON value a line (head, members,
 * nodes, links' extras); then the columns as `delta-columns.ts` writes them, each behind its length as u32: ordinals of
 * the nodes, sources and targets of the links.
 */
import { gunzip, gzip } from 'node:zlib'
import { InvalidInput } from '../../domain/errors.js'
import { littleEndianBytes, readUint32 } from '../../domain/little-endian.js'
import { decodeDeltas, encodeDeltas } from './delta-columns.js'

const VERSION = 1

export interface Residue {
  /** Top-level keys in their order; `nodes` and `links` are among them, the others have their value in `members`. */
  readonly keys: readonly string[]
  /** Values as text. */
  readonly members: ReadonlyMap<string, string>
  /** Whole node objects as text, in the order of the file. */
  readonly nodes: readonly string[]
  /** Place of each node of the file in canonical order. */
  readonly nodeOrdinal: Uint32Array
  /** Ends of each link in the order of the file, as indices into its nodes. */
  readonly linkSource: Uint32Array
  readonly linkTarget: Uint32Array
  /** Edge in canonical order of each link that is not alone between its ends, by link. */
  readonly parallelEdges: ReadonlyMap<number, number>
  /** By which field of the nodes the links name them. */
  readonly linksName: 'node_id' | 'jsNodeId'
  /** What a link says beyond source, target and weight, by link. */
  readonly linkExtras: ReadonlyMap<number, string>
  /** Links whose weight was −0. */
  readonly negativeZeros: readonly number[]
}

interface Head {
  readonly version: number
  readonly keys: readonly string[]
  readonly members: readonly string[]
  readonly nodes: number
  readonly links: number
  readonly parallel: readonly (readonly [link: number, edge: number])[]
  readonly linksName: Residue['linksName']
  readonly extras: readonly number[]
  readonly negativeZeros: readonly number[]
}

export async function encodeResidue(residue: Residue): Promise<Uint8Array> {
  const head: Head = {
    version: VERSION,
    keys: residue.keys,
    members: [...residue.members.keys()],
    nodes: residue.nodes.length,
    links: residue.linkSource.length,
    parallel: [...residue.parallelEdges],
    linksName: residue.linksName,
    extras: [...residue.linkExtras.keys()],
    negativeZeros: residue.negativeZeros,
  }
  const lines = [
    JSON.stringify(head),
    ...residue.members.values(),
    ...residue.nodes,
    ...residue.linkExtras.values(),
  ]
  const columns = [residue.nodeOrdinal, residue.linkSource, residue.linkTarget].map(encodeDeltas)
  const parts = [await packed(Buffer.from(lines.join('\n'), 'utf8')), ...columns]
  return Buffer.concat(parts.flatMap((part) => [littleEndianBytes(Uint32Array.of(part.length)), part]))
}

/** Throws BAD_FILE when the bytes are not a whole residue of this version. */
export async function decodeResidue(bytes: Uint8Array): Promise<Residue> {
  try {
    return await partsOf(bytes)
  } catch (cause) {
    throw new InvalidInput(
      'BAD_FILE',
      'what was kept of the imported file is damaged or of another version',
      {
        cause,
      },
    )
  }
}

async function partsOf(bytes: Uint8Array): Promise<Residue> {
  let next = 0
  const part = (): Uint8Array => {
    const [length] = readUint32(bytes, next, 1)
    next += 4 + length!
    if (next > bytes.length) throw new RangeError(`bytes end at ${bytes.length}, ${next} needed`)
    return bytes.subarray(next - length!, next)
  }
  const lines = (await unpacked(part())).toString('utf8').split('\n')
  const head = JSON.parse(lines[0]!) as Head
  if (head.version !== VERSION) throw new RangeError(`version ${head.version}, not ${VERSION}`)
  let at = 1
  const take = (count: number): string[] => {
    at += count
    return lines.slice(at - count, at)
  }
  const members = take(head.members.length)
  const nodes = take(head.nodes)
  const extras = take(head.extras.length)
  return {
    keys: head.keys,
    members: new Map(head.members.map((key, i) => [key, members[i]!])),
    nodes,
    nodeOrdinal: decodeDeltas(part(), head.nodes),
    linkSource: decodeDeltas(part(), head.links),
    linkTarget: decodeDeltas(part(), head.links),
    parallelEdges: new Map(head.parallel),
    linksName: head.linksName,
    linkExtras: new Map(head.extras.map((link, i) => [link, extras[i]!])),
    negativeZeros: head.negativeZeros,
  }
}

function packed(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(bytes, { level: 1 }, (error, whole) => (error === null ? resolve(whole) : reject(error)))
  })
}

function unpacked(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, (error, whole) => (error === null ? resolve(whole) : reject(error)))
  })
}
