/**
 * A circuit as one compact block of bytes, the form in which both stores keep the whole graph. Layout, little-endian:
 * magic `CQLP`, format version u32, header length u32, CRC-32 of all that follows u32; the header (UTF-8 JSON: graph
 * fields, nodes); padding to 8; then the edge columns weight f64, source u32, target u32, kind u8, port u8, member u8.
 * Reading never executes anything and never allocates more than the block's own length says.
 */
import { crc32 } from 'node:zlib'
import { parseAddress } from './address.js'
import { InvalidInput } from './errors.js'
import { type Circuit, type CircuitNode, type GraphData, nodeKindOf } from './graph-data.js'
import { littleEndianBytes, readFloat64, readUint32 } from './little-endian.js'
import { runToEnd } from './steps.js'

const MAGIC = 0x504c5143 // "CQLP"
const VERSION = 1
const BYTES_PER_EDGE = 19
/** What is done between two pauses: some milliseconds. */
const NODES_PER_STEP = 4_096
const BYTES_PER_STEP = 1 << 22

type PackedNode = [
  address: string,
  sourceId: string | null,
  label: string | null,
  activation: number | null,
  probability: number | null,
  isTarget: 0 | 1,
]
type Header = Omit<GraphData, 'nodes' | 'edges'> & {
  readonly id: string
  readonly edgeCount: number
  readonly nodes: readonly PackedNode[]
}

export function encodeCircuit(circuit: Circuit): Uint8Array {
  const { nodes, edges, ...rest } = circuit
  const header: Header = { ...rest, edgeCount: edges.count, nodes: nodes.map(packNode) }
  const headerBytes = new TextEncoder().encode(JSON.stringify(header))
  const start = padded(16 + headerBytes.length)
  const out = new Uint8Array(start + edges.count * BYTES_PER_EDGE)
  const view = new DataView(out.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, VERSION, true)
  view.setUint32(8, headerBytes.length, true)
  out.set(headerBytes, 16)
  let at = start
  for (const column of [edges.weight, edges.source, edges.target, edges.kind, edges.port, edges.member]) {
    const bytes = littleEndianBytes(column)
    out.set(bytes, at)
    at += bytes.length
  }
  view.setUint32(12, crc32(out.subarray(16)), true)
  return out
}

/** Throws `BAD_FILE` when the block is cut short, altered or of another version. */
export function decodeCircuit(bytes: Uint8Array): Circuit {
  return runToEnd(decodeCircuitInSteps(bytes))
}

/** The same work, pausing now and then, for callers that must not hold their thread. */
export function* decodeCircuitInSteps(bytes: Uint8Array): Generator<void, Circuit> {
  if (bytes.length < 16)
    throw new InvalidInput(
      'BAD_FILE',
      `a circuit payload has at least 16 bytes, this one has ${bytes.length}`,
    )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) {
    throw new InvalidInput('BAD_FILE', `not a circuit payload of version ${VERSION}`)
  }
  if (view.getUint32(12, true) !== (yield* checksum(bytes.subarray(16)))) {
    throw new InvalidInput('BAD_FILE', 'the circuit payload is damaged: its checksum does not match')
  }
  const headerLength = view.getUint32(8, true)
  const at = padded(16 + headerLength)
  const { nodes, edgeCount, ...rest } = parseHeader(bytes.subarray(16, 16 + headerLength))
  if (at + edgeCount * BYTES_PER_EDGE !== bytes.length) {
    throw new InvalidInput(
      'BAD_FILE',
      `the circuit payload has ${bytes.length} bytes, not those of ${edgeCount} edges`,
    )
  }
  const byteColumn = (offset: number): Uint8Array =>
    Uint8Array.prototype.slice.call(bytes, at + offset * edgeCount, at + (offset + 1) * edgeCount)
  const unpacked: CircuitNode[] = []
  for (const [ordinal, node] of nodes.entries()) {
    unpacked.push(unpackNode(node, ordinal))
    if (ordinal % NODES_PER_STEP === 0) yield
  }
  return {
    ...rest,
    nodes: unpacked,
    edges: {
      count: edgeCount,
      weight: readFloat64(bytes, at, edgeCount),
      source: readUint32(bytes, at + 8 * edgeCount, edgeCount),
      target: readUint32(bytes, at + 12 * edgeCount, edgeCount),
      kind: byteColumn(16),
      port: byteColumn(17),
      member: byteColumn(18),
    },
  }
}

function* checksum(bytes: Uint8Array): Generator<void, number> {
  let sum = 0
  for (let at = 0; at < bytes.length; at += BYTES_PER_STEP) {
    sum = crc32(bytes.subarray(at, at + BYTES_PER_STEP), sum)
    yield
  }
  return sum
}

/** The checksum covers the header but not its length, which can still point past or into it. */
function parseHeader(bytes: Uint8Array): Header {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Header
  } catch (cause) {
    throw new InvalidInput('BAD_FILE', 'the circuit payload is damaged: its header is not whole', { cause })
  }
}

function packNode(node: CircuitNode): PackedNode {
  return [node.address, node.sourceId, node.label, node.activation, node.probability, node.isTarget ? 1 : 0]
}

function unpackNode(
  [address, sourceId, label, activation, probability, isTarget]: PackedNode,
  ordinal: number,
): CircuitNode {
  const place = parseAddress(address)
  return {
    ordinal,
    address,
    place,
    kind: nodeKindOf(place.site),
    sourceId,
    label,
    activation,
    probability,
    isTarget: isTarget === 1,
  }
}

function padded(length: number): number {
  return (length + 7) & ~7
}
