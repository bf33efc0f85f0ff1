/**
 * A circuit comes in: its large parts are staged in short transactions that nobody sees, then one transaction makes
 * graph, name, import record, scores and annotations visible together. Whatever is there already is left as it is.
 */

import type { PutOptions, PutOutcome } from '../../application/ports/circuit-store.js'
import { printSite } from '../../domain/address.js'
import { layerOf } from '../../domain/canonical-order.js'
import { encodeCircuit } from '../../domain/circuit-payload.js'
import { throwIfAborted, Unavailable } from '../../domain/errors.js'
import type { Circuit } from '../../domain/graph-data.js'
import { modelKey } from '../../domain/model-identity.js'
import type { Annotation, CircuitRecord } from '../../domain/records.js'
import type { Database } from './database.js'
import { hasImport, insertImport } from './import-records.js'
import { giveName } from './names.js'
import { PayloadLost, type Payloads } from './payloads.js'
import { insertScoreSet, scoreBytes, scoreNamesOf } from './score-sets.js'
import { foldedBytes, textBytes } from './stored-text.js'

/** A write starts again when what it found at its start was changed by another writer; more than this is no accident. */
const ATTEMPTS = 10

/** What is staged and waits to be made visible; null or missing where the store had it already. */
interface Staged {
  graph: number | null
  residue: number | null
  readonly scores: Map<string, number>
}

export async function putCircuit(
  db: Database,
  payloads: Payloads,
  record: CircuitRecord,
  options: PutOptions = {},
): Promise<PutOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    throwIfAborted(options.signal)
    const begun: number[] = []
    try {
      const staged = await stage(db, payloads, record, options, begun)
      throwIfAborted(options.signal)
      return await db.write(() => publish(db, payloads, record, staged))
    } catch (error) {
      if (!(error instanceof PayloadLost)) throw error
    } finally {
      // Leaves alone what was made visible.
      await payloads.erase(begun)
    }
  }
  throw new Unavailable(
    `the circuit ${record.circuit.id} was changed by other writers ${ATTEMPTS} times while it came in`,
  )
}

async function stage(
  db: Database,
  payloads: Payloads,
  record: CircuitRecord,
  options: PutOptions,
  begun: number[],
): Promise<Staged> {
  const { circuit, importRecord, residue, scoreSets } = record
  const known = await db.read(() => ({
    circuit: db.sql('SELECT 1 FROM circuit WHERE id = ?').get(circuit.id) !== undefined,
    importRecord: hasImport(db, importRecord.id),
    scores: scoreNamesOf(db, circuit.id),
  }))
  const begin = async (bytes: Uint8Array): Promise<number> => {
    const id = await payloads.begin(bytes.length)
    begun.push(id)
    return id
  }
  const staged: Staged = { graph: null, residue: null, scores: new Map() }
  if (!known.circuit) {
    const bytes = encodeCircuit(circuit)
    staged.graph = await begin(bytes)
    await stageGraph(payloads, staged.graph, circuit, bytes, options)
  }
  if (residue !== null && !known.importRecord) {
    staged.residue = await begin(residue)
    await payloads.writeBytes(staged.residue, residue, options.signal)
  }
  for (const set of scoreSets) {
    if (known.scores.has(set.name)) continue
    const bytes = scoreBytes(set)
    const id = await begin(bytes)
    await payloads.writeBytes(id, bytes, options.signal)
    staged.scores.set(set.name, id)
  }
  options.onProgress?.(circuit.edges.count, circuit.edges.count)
  return staged
}

async function stageGraph(
  payloads: Payloads,
  id: number,
  circuit: Circuit,
  bytes: Uint8Array,
  { signal, onProgress }: PutOptions,
): Promise<void> {
  const total = circuit.edges.count
  await payloads.writeBytes(id, bytes, signal, (done) =>
    onProgress?.(Math.floor((total * done) / bytes.length), total),
  )
  await payloads.writeNodes(
    id,
    circuit.nodes.length,
    (i) => {
      const { ordinal, address, kind, place } = circuit.nodes[i]!
      return { ordinal, address, kind, layer: layerOf(place.site), component: printSite(place.site) }
    },
    signal,
  )
}

/** Throws PayloadLost when what was staged does not fit what is there now. */
function publish(db: Database, payloads: Payloads, record: CircuitRecord, staged: Staged): PutOutcome {
  const { circuit, name, importRecord, residue, scoreSets, annotations } = record
  const adopt = (id: number | null | undefined): number => {
    if (id === null || id === undefined || !payloads.adopt(id)) throw new PayloadLost()
    return id
  }
  const created = db.sql('SELECT 1 FROM circuit WHERE id = ?').get(circuit.id) === undefined
  if (created) insertCircuit(db, circuit, adopt(staged.graph), importRecord.importedAt)
  if (!hasImport(db, importRecord.id))
    insertImport(db, importRecord, residue === null ? null : adopt(staged.residue))
  const known = scoreNamesOf(db, circuit.id)
  for (const set of scoreSets) {
    if (!known.has(set.name)) insertScoreSet(db, circuit.id, set, adopt(staged.scores.get(set.name)))
  }
  for (const annotation of annotations) insertAnnotation(db, annotation)
  return { created, name: name === null ? null : giveName(db, 'circuit', circuit.id, name) }
}

function insertCircuit(db: Database, circuit: Circuit, payloadId: number, createdAt: string): void {
  const key = modelKey(circuit.model)
  const taskName = circuit.task?.name ?? null
  const promptText = circuit.prompt?.text ?? null
  db.sql(
    `INSERT INTO circuit (id, payload_id, source, edge_meaning, model_key, model_key_folded, task_name_folded,
       prompt_text_folded, node_count, edge_count, created_at, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    circuit.id,
    payloadId,
    circuit.source,
    circuit.edgeMeaning,
    textBytes(key),
    foldedBytes(key),
    taskName === null ? null : foldedBytes(taskName),
    promptText === null ? null : foldedBytes(promptText),
    circuit.nodes.length,
    circuit.edges.count,
    createdAt,
    JSON.stringify({ modelKey: key, taskName, promptText }),
  )
}

function insertAnnotation(db: Database, annotation: Annotation): void {
  const { id, circuitId, kind, title } = annotation
  db.sql('INSERT OR IGNORE INTO annotation (id, circuit_id, kind, title, record) VALUES (?, ?, ?, ?, ?)').run(
    id,
    circuitId,
    kind,
    textBytes(title),
    JSON.stringify(annotation),
  )
}
