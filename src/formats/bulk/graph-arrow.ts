/**
 * A graph as an Apache Arrow IPC stream (arrow.apache.org/docs/format/Columnar.html): one row per edge, in canonical
 * order, in batches that are made as the reader takes them, so that memory stays flat however many edges there are.
 *
 *   source, target  dictionary<utf8, int32>: addresses of all nodes in canonical order
 *   kind            dictionary<utf8, int8>
 *   port            dictionary<utf8, int8>, null where there is none
 *   weight          float64, null where it is unscored
 *   member          bool: does the edge belong to the tool's own cut?
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
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow'
import { EDGE_KINDS, type GraphData, PORT_CODES } from '../../domain/graph-data.js'

/** Edges of a batch. */
const BATCH = 65_536

type Facts = Readonly<Record<string, string>>

/** `facts` stand in the metadata of the schema. */
export function* graphArrow(graph: GraphData, facts: Facts): Generator<Uint8Array> {
  const written = new Written()
  const writer = new RecordBatchStreamWriter()
  writer.reset(written)
  for (const batch of batches(graph, facts)) {
    writer.write(batch)
    yield* written.take()
  }
  writer.finish()
  yield* written.take()
}

/** Takes what the writer writes, to be handed on before the next batch is made. */
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

function* batches(graph: GraphData, facts: Facts): Generator<RecordBatch> {
  const { edges } = graph
  const named = (names: readonly string[], index: Int8 | Int32, id: number) => ({
    type: new Dictionary(new Utf8(), index, id),
    names: vectorFromArray(names, new Utf8()),
  })
  const node = named(
    graph.nodes.map(({ address }) => address),
    new Int32(),
    0,
  )
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
  ]
  const schema = new Schema(fields, new Map(Object.entries(facts)))
  // A graph without edges is a batch without rows: its nodes are told all the same.
  for (let from = 0; from === 0 || from < edges.count; from += BATCH) {
    const to = Math.min(edges.count, from + BATCH)
    const length = to - from
    const coded = (
      of: { readonly type: DataType; readonly names: Vector },
      data: Int8Array | Int32Array,
      has?: (edge: number) => boolean,
    ) =>
      makeData({ type: of.type as Dictionary, length, data, dictionary: of.names, ...missing(from, to, has) })
    const isScored = (edge: number): boolean => !Number.isNaN(edges.weight[edge]!)
    const children = [
      coded(node, Int32Array.from(edges.source.subarray(from, to))),
      coded(node, Int32Array.from(edges.target.subarray(from, to))),
      coded(kind, Int8Array.from(edges.kind.subarray(from, to))),
      coded(port, Int8Array.from(edges.port.subarray(from, to)), (edge) => edges.port[edge] !== 0),
      makeData({
        type: new Float64(),
        length,
        data: edges.weight.slice(from, to),
        ...missing(from, to, isScored),
      }),
      makeData({ type: new Bool(), length, data: bits(from, to, (edge) => edges.member[edge] === 1) }),
    ]
    yield new RecordBatch(schema, makeData({ type: new Struct(fields), length, children }))
  }
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
