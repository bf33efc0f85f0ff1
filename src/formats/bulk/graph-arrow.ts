/**
 * A graph as an Apache Arrow IPC stream (arrow.apache.org/docs/format/Columnar.html): one row per edge, in canonical
 * order, in parts that are made as the reader takes them, so that memory stays flat however many edges there are.
 *
 *   source, target  dictionary<utf8, int32>: addresses of all nodes in canonical order
 *   kind            dictionary<utf8, int8>
 *   port            dictionary<utf8, int8>, null where there is none
 *   weight          float64, null where it is unscored
 *   member          bool: does the edge belong to the tool's own cut?
 *   absWeight       float64, edgeCount uint32: of collapsed graphs only, what is behind an edge
 */
import {
  AsyncByteQueue,
  Bool,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Uint32,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { EDGE_KINDS, type GraphData, PORT_CODES } from '../../domain/graph-data.js'

/** Edges of a batch. */
const BATCH = 65_536
/** Edges of a part: some 5 MB. */
const PART = 4 * BATCH

type Facts = Readonly<Record<string, string>>

/** `facts` stand in the metadata of the schema. Parts after the first leave out the schema and the names. */
export function graphArrow(
  graph: GraphData,
  facts: Facts,
  row: number,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly next: number | null } {
  const { count } = graph.edges
  const written = new Written()
  const writer = new RecordBatchStreamWriter()
  writer.reset(written)
  const batch = batchesOf(graph, facts, row > 0)
  if (row > 0) {
    writer.write(batch(0, 0))
    written.take()
  }
  const end = Math.min(count, row + PART)
  // A graph without edges is a batch without rows: its nodes are told all the same.
  for (let from = row; from === row || from < end; from += BATCH)
    writer.write(batch(from, Math.min(end, from + BATCH)))
  if (end < count) return { bytes: joined(written.take()), next: end }
  writer.finish()
  return { bytes: joined(written.take()), next: null }
}

/** Takes what the writer writes. */
class Written extends AsyncByteQueue {
  #chunks: Uint8Array[] = []

  override write(chunk: Uint8Array): void {
    if (chunk.byteLength > 0) this.#chunks.push(chunk)
  }

  take(): readonly Uint8Array[] {
    const chunks = this.#chunks
    this.#chunks = []
    return chunks
  }
}

/** In memory of its own, which can be handed to another thread. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let end = 0
  for (const chunk of chunks) {
    bytes.set(chunk, end)
    end += chunk.byteLength
  }
  return bytes
}

/** Makes the batch of the edges in [from, to). `isNamed`: have the names been told, so that there is no need for them? */
function batchesOf(
  graph: GraphData,
  facts: Facts,
  isNamed: boolean,
): (from: number, to: number) => RecordBatch {
  const { edges, quotient } = graph
  const named = (names: readonly string[], index: Int8 | Int32, id: number) => ({
    type: new Dictionary(new Utf8(), index, id),
    names: vectorFromArray(isNamed ? [] : names, new Utf8()),
  })
  const node = named(isNamed ? [] : graph.nodes.map(({ address }) => address), new Int32(), 0)
  const kind = named(EDGE_KINDS, new Int8(), 1)
  const port = named(
    PORT_CODES.map((one) => one ?? ''),
    new Int8(),
    2,
  )
  const fields = [
    new Field('source', node.type),
    new Field('target', node.type),
    new Field('kind', kind.type),
    new Field('port', port.type, true),
    new Field('weight', new Float64(), true),
    new Field('member', new Bool()),
    ...(quotient === undefined
      ? []
      : [new Field('absWeight', new Float64()), new Field('edgeCount', new Uint32())]),
  ]
  const schema = new Schema(fields, new Map(Object.entries(facts)))
  return (from, to) => {
    const length = to - from
    const coded = (
      of: { readonly type: DataType; readonly names: Vector },
      data: Int8Array | Int32Array,
      has?: (edge: number) => boolean,
    ) =>
      makeData({ type: of.type as Dictionary, length, data, dictionary: of.names, ...missing(from, to, has) })
    const isScored = (edge: number): boolean => !Number.isNaN(edges.weight[edge]!)
    const children = [
      coded(node, signed32(edges.source, from, to)),
      coded(node, signed32(edges.target, from, to)),
      coded(kind, signed8(edges.kind, from, to)),
      coded(port, signed8(edges.port, from, to), (edge) => edges.port[edge] !== 0),
      makeData({
        type: new Float64(),
        length,
        data: edges.weight.subarray(from, to),
        ...missing(from, to, isScored),
      }),
      makeData({ type: new Bool(), length, data: bits(from, to, (edge) => edges.member[edge] === 1) }),
      ...(quotient === undefined
        ? []
        : [
            makeData({ type: new Float64(), length, data: quotient.absWeight.subarray(from, to) }),
            makeData({ type: new Uint32(), length, data: quotient.edgesBehind.subarray(from, to) }),
          ]),
    ]
    return new RecordBatch(schema, makeData({ type: new Struct(fields), length, children }))
  }
}

/** The same bytes: codes and ordinals are small enough to mean the same with a sign. */
function signed32({ buffer, byteOffset }: Uint32Array, from: number, to: number): Int32Array {
  return new Int32Array(buffer, byteOffset + 4 * from, to - from)
}

function signed8({ buffer, byteOffset }: Uint8Array, from: number, to: number): Int8Array {
  return new Int8Array(buffer, byteOffset + from, to - from)
}

/** Which rows have a value; all where nothing is said. */
function missing(
  from: number,
  to: number,
  has?: (edge: number) => boolean,
): { readonly nullCount: number; readonly nullBitmap?: Uint8Array } {
  if (has === undefined) return { nullCount: 0 }
  let nullCount = 0
  for (let edge = from; edge < to; edge++) if (!has(edge)) nullCount++
  return { nullCount, nullBitmap: bits(from, to, has) }
}

/** One bit a row, the lowest first. */
function bits(from: number, to: number, is: (edge: number) => boolean): Uint8Array {
  const packed = new Uint8Array(Math.ceil((to - from) / 8))
  for (let edge = from; edge < to; edge++)
    if (is(edge)) packed[(edge - from) >> 3] = packed[(edge - from) >> 3]! | (1 << ((edge - from) & 7))
  return packed
}
