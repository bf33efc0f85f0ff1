/** A cut as a circuit of the catalogue: the kept part of the model's graph, with the record of how it was made. */

import type { JsonValue } from '../../domain/canonical-json.js'
import { canonicalJson } from '../../domain/canonical-json.js'
import { circuitHash } from '../../domain/circuit-hash.js'
import type { ExtractionRecord } from '../../domain/extraction/extraction-record.js'
import type { Circuit, GraphData } from '../../domain/graph-data.js'
import type { CircuitRecord, ImportRecord } from '../../domain/records.js'
import { sha256Hex } from '../../domain/sha256.js'
import { tapOfSite } from '../measuring/channel-mask.js'
import { induceGraph } from '../selecting/induce-graph.js'
import type { Cut } from './cut.js'

/** Format of the import record that an extraction leaves; what a verdict leaves stands beside it. */
export const EXTRACTION_FORMAT = 'circuitql-extraction'
export const VERDICT_FORMAT = 'circuitql-verdict'
const VERSION = '1'

export function circuitOfCut(
  model: GraphData,
  { channels, edges }: Pick<Cut, 'channels' | 'edges'>,
  task: { readonly name: string; readonly version: string },
): Circuit {
  const kept = new Map([...channels].map(([tap, indices]) => [tap, new Set(indices)]))
  const keepNode = new Uint8Array(model.nodes.length)
  for (const { place, ordinal } of model.nodes) {
    const at = tapOfSite(place.site)
    if (at !== null && kept.get(at.tap)?.has(at.index)) keepNode[ordinal] = 1
  }
  let keepEdge: Uint8Array | null = null
  if (edges !== null) {
    keepEdge = new Uint8Array(model.edges.count)
    for (const edge of edges) keepEdge[edge] = 1
  }
  const graph = { ...induceGraph(model, keepNode, keepEdge).graph, task }
  return { ...graph, id: circuitHash(graph) }
}

export function recordOfCircuit(
  circuit: Circuit,
  metadata: ExtractionRecord,
  facts: { readonly name: string | null; readonly owner: string; readonly importedAt: string },
): CircuitRecord {
  return {
    circuit,
    name: facts.name,
    importRecord: madeRecord(circuit.id, EXTRACTION_FORMAT, metadata as unknown as JsonValue, facts),
    residue: null,
    scoreSets: [],
    annotations: [],
  }
}

/** An import record of something that came from no file. */
export function madeRecord(
  subjectId: string,
  format: string,
  metadata: JsonValue,
  { owner, importedAt }: { readonly owner: string; readonly importedAt: string },
): ImportRecord {
  return {
    id: sha256Hex(canonicalJson([format, VERSION, subjectId, metadata])),
    subjectId,
    format,
    formatVersion: VERSION,
    files: [],
    importedAt,
    owner,
    findings: [],
    metadata,
  }
}
