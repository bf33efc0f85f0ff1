/**
 * What a file says beyond its graph, so that export gives the file back: the members beside nodes and links, every
 * node as it stood and in its order, the order of the links and what else they say. Compressed; private to this format.
 *
 * Layout before compression: u32 length of the text; the text, one JSON value a line (head, members, nodes, links'
 * extras); then u32 little-endian columns: ordinal of each node, edge of each link.
 */
import { gunzip, gzip } from 'node:zlib'
import { InvalidInput } from '../../domain/errors.js'
import { littleEndianBytes, readUint32 } from '../../domain/little-endian.js'

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
  /** For each link in the order of the file its edge in canonical order. */
  readonly linkEdge: Uint32Array
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
    links: residue.linkEdge.length,
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
  const text = Buffer.from(lines.join('\n'), 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const columns = [residue.nodeOrdinal, residue.linkEdge].map(littleEndianBytes)
  return new Promise((resolve, reject) => {
    gzip(Buffer.concat([length, text, ...columns]), { level: 1 }, (error, packed) =>
      error === null ? resolve(packed) : reject(error),
    )
  })
}

/** Throws BAD_FILE when the bytes are not a whole residue of this version. */
export async function decodeResidue(bytes: Uint8Array): Promise<Residue> {
  try {
    return partsOf(await unpacked(bytes))
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

function partsOf(whole: Buffer): Residue {
  const textEnd = 4 + whole.readUInt32LE(0)
  const lines = whole.subarray(4, textEnd).toString('utf8').split('\n')
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
    nodeOrdinal: readUint32(whole, textEnd, head.nodes),
    linkEdge: readUint32(whole, textEnd + 4 * head.nodes, head.links),
    linksName: head.linksName,
    linkExtras: new Map(head.extras.map((link, i) => [link, extras[i]!])),
    negativeZeros: head.negativeZeros,
  }
}

function unpacked(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, (error, whole) => (error === null ? resolve(whole) : reject(error)))
  })
}
