/**
 * Columns of graphs as texts of JSON lists: made from the typed arrays in one go and kept while there is room, because
 * graphs are immutable and programs ask for the same columns again and again.
 */
import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../domain/canonical-json.js'
import { EDGE_KINDS, type GraphData, PORT_CODES } from '../domain/graph-data.js'
import { canonicalFilter } from '../query/canonical-filter.js'
import type { EdgeFilter } from '../query/edge-filter.js'
import type { Scores } from '../query/node-filter.js'
import type { ColumnName } from './answers.js'
import { Breath } from './breath.js'
import { edgesWhere } from './list-edges.js'
import { plainJson } from './plain-json.js'
import type { Asking, OpenGraph } from './use-cases.js'

/** Rows that are written between two looks at the clock. */
const ROWS = 8_192
/** What a kept column takes beside its text, bytes. */
const ENTRY_BYTES = 512

interface Kept<Value> {
  /** Scores belong to an opened graph: one that was opened anew may have others. */
  readonly graph: GraphData
  readonly rootId: string
  readonly value: Value
}

/** The edges that a filter keeps, and their columns. */
export interface FilteredColumns {
  readonly count: number
  /** Text of a JSON list in UTF-8. `absWeight` and `edgeCounts` are null where the graph is not collapsed. */
  text(column: ColumnName, asking: Asking): Promise<Uint8Array | null>
}

export class ColumnTexts {
  readonly #edges: LRUCache<string, Kept<Uint32Array>>
  readonly #texts: LRUCache<string, Kept<Uint8Array>>

  constructor(maxBytes: number) {
    this.#edges = new LRUCache({
      maxSize: maxBytes / 4,
      sizeCalculation: ({ value }) => value.byteLength + ENTRY_BYTES,
    })
    this.#texts = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ value }) => value.byteLength + ENTRY_BYTES,
    })
  }

  of(open: OpenGraph, filter: EdgeFilter | null, scores: Scores): FilteredColumns {
    const { graph, rootId } = open
    const place = `${open.type}:${open.id}`
    const filtered = `${place} ${filter === null ? '' : canonicalJson(plainJson(canonicalFilter(filter)))}`
    const known = this.#edges.get(filtered)
    const edges = known?.graph === graph ? known.value : edgesWhere(graph, { filter }, scores)
    if (edges !== known?.value) this.#edges.set(filtered, { graph, rootId, value: edges })
    const text = async (column: ColumnName, asking: Asking): Promise<Uint8Array | null> => {
      const key = `${column} ${column === 'nodeAddress' ? place : filtered}`
      const kept = this.#texts.get(key)
      if (kept?.graph === graph) return kept.value
      const made = await columnText(graph, edges, column, new Breath(asking))
      if (made !== null) this.#texts.set(key, { graph, rootId, value: made })
      return made
    }
    return { count: edges.length, text }
  }

  /** Drops what was written of a circuit or model that is gone. */
  forget(rootId: string): void {
    for (const cache of [this.#edges, this.#texts])
      for (const [key, kept] of cache.entries()) if (kept.rootId === rootId) cache.delete(key)
  }
}

const KIND_TEXTS = EDGE_KINDS.map((kind) => JSON.stringify(kind))
const PORT_TEXTS = PORT_CODES.map((port) => JSON.stringify(port))

function columnText(
  { nodes, edges, quotient }: GraphData,
  kept: Uint32Array,
  column: ColumnName,
  breath: Breath,
): Promise<Uint8Array | null> {
  const list = (at: (edge: number) => string | number): Promise<Uint8Array> =>
    listText(kept.length, (row) => at(kept[row]!), breath)
  switch (column) {
    case 'nodeAddress':
      return listText(nodes.length, (node) => JSON.stringify(nodes[node]!.address), breath)
    case 'source':
      return list((edge) => edges.source[edge]!)
    case 'target':
      return list((edge) => edges.target[edge]!)
    case 'kind':
      return list((edge) => KIND_TEXTS[edges.kind[edge]!]!)
    case 'port':
      return list((edge) => PORT_TEXTS[edges.port[edge]!]!)
    case 'weight':
      return list((edge) => numberText(edges.weight[edge]!))
    case 'absWeight':
      return quotient === undefined ? none() : list((edge) => numberText(quotient.absWeight[edge]!))
    case 'edgeCounts':
      return quotient === undefined ? none() : list((edge) => quotient.edgesBehind[edge]!)
    default:
      return column satisfies never
  }
}

async function none(): Promise<null> {
  return null
}

/** Unscored, or more than a double holds, is null. */
function numberText(value: number): number | string {
  return Number.isFinite(value) ? value : 'null'
}

async function listText(
  count: number,
  at: (row: number) => string | number,
  breath: Breath,
): Promise<Uint8Array> {
  const parts: Buffer[] = []
  for (let from = 0; from < count; from += ROWS) {
    const rows = new Array<string | number>(Math.min(ROWS, count - from))
    for (let i = 0; i < rows.length; i++) rows[i] = at(from + i)
    parts.push(Buffer.from(`${from === 0 ? '' : ','}${rows.join(',')}`))
    await breath.take()
  }
  return inBrackets(parts)
}

function inBrackets(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = parts.reduce((sum, part) => sum + part.byteLength, 2)
  const text = new Uint8Array(bytes)
  let end = 0
  for (const part of [Buffer.from('['), ...parts, Buffer.from(']')]) {
    text.set(part, end)
    end += part.byteLength
  }
  return text
}
