/**
 * A circuit comes in: its node is made in state `loading`, then payload, nodes and edges follow in transactions of
 * bounded size, then one transaction adds name, import record, scores and annotations and makes it `ready`. Another
 * import of the same circuit waits for the first, or takes its place when its process has died.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PutOptions, PutOutcome } from '../../application/ports/circuit-store.js'
import { encodeCircuit } from '../../domain/circuit-payload.js'
import { throwIfAborted } from '../../domain/errors.js'
import type { CircuitRecord } from '../../domain/records.js'
import { addAnnotations } from './annotations.js'
import { chunkCount } from './byte-chunks.js'
import { payloadSteps } from './circuit-payload-chunks.js'
import { beginLoad, type CircuitState, lockCircuit, renewLease } from './circuit-state.js'
import { edgeSteps } from './edge-steps.js'
import { eraseCircuit } from './erase-circuit.js'
import { createImport, hasImport, residueSteps } from './import-records.js'
import type { LoadStep } from './load-step.js'
import { giveName } from './names.js'
import { integer, type Neo4jDatabase, type RunInTransaction } from './neo4j-database.js'
import { nodeSteps } from './node-steps.js'
import { addScoreSets } from './score-sets.js'
import { strongestEdges } from './strongest-edges.js'

const FIRST_WAIT_MS = 20
const LONGEST_WAIT_MS = 500

const FINISH = `
MATCH (c:Circuit {ns: $ns, id: $id})
SET c.state = 'ready', c.payloadParts = $payloadParts, c.relationshipsComplete = $relationshipsComplete,
    c.leaseUntil = null, c.lockedBy = null`

/** The circuit changed its state under us: another process deleted it, or took a load for dead. */
class LostCircuit extends Error {}

export async function putCircuit(
  db: Neo4jDatabase,
  ns: string,
  record: CircuitRecord,
  relationshipLimit: number,
  options: PutOptions = {},
): Promise<PutOutcome> {
  const { circuit, importRecord } = record
  const { signal } = options
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    const token = randomUUID()
    const state = await db.transaction((run) => beginLoad(run, ns, circuit, token, importRecord.importedAt), {
      signal,
    })
    try {
      if (state.kind === 'mine') {
        return await loadCircuit(db, ns, record, relationshipLimit, token, options)
      }
      if (state.kind === 'ready') {
        const outcome = await addToCircuit(db, ns, record, token, options)
        options.onProgress?.(circuit.edges.count, circuit.edges.count)
        return outcome
      }
      if (state.kind === 'stale' || state.kind === 'deleting') {
        await eraseCircuit(db, ns, circuit.id, token, ['stale', 'deleting'])
        continue
      }
    } catch (error) {
      if (!(error instanceof LostCircuit)) throw error
    }
    await sleep(wait, undefined, { signal }).catch(() => throwIfAborted(signal))
  }
}

async function loadCircuit(
  db: Neo4jDatabase,
  ns: string,
  record: CircuitRecord,
  relationshipLimit: number,
  token: string,
  { signal, onProgress }: PutOptions,
): Promise<PutOutcome> {
  const { circuit, importRecord, residue } = record
  const { id, edges, nodes } = circuit
  try {
    const bytes = encodeCircuit(circuit)
    const kept = strongestEdges(edges, relationshipLimit)
    const steps = [
      () => payloadSteps(bytes),
      () => (residue === null ? [] : residueSteps(importRecord.id, residue)),
      () => nodeSteps(circuit),
      () => edgeSteps(edges, nodes.length, kept),
    ]
    for (const begin of steps) {
      for (const step of begin()) {
        await runStep(db, ns, id, token, 'mine', step, signal)
        if (step.edges > 0) onProgress?.(Math.floor((step.edges / kept.length) * edges.count), edges.count)
        throwIfAborted(signal)
      }
    }
    if (kept.length === 0) onProgress?.(edges.count, edges.count)
    const name = await db.transaction(
      async (run) => {
        requireState(await lockCircuit(run, ns, id, token), 'mine')
        await run(FINISH, {
          ns,
          id,
          payloadParts: integer(chunkCount(bytes.length)),
          relationshipsComplete: kept.length === edges.count,
        })
        return addRecords(run, ns, record, [])
      },
      { signal },
    )
    return { created: true, name }
  } catch (error) {
    // Best effort: what stays because the server is away is erased by the next one that opens the store or comes here.
    await eraseCircuit(db, ns, id, token, ['mine']).catch(() => {})
    throw error
  }
}

/** The graph is there already: its import record, scores, annotations and name may be new. */
async function addToCircuit(
  db: Neo4jDatabase,
  ns: string,
  record: CircuitRecord,
  token: string,
  { signal }: PutOptions,
): Promise<PutOutcome> {
  const { circuit, importRecord, residue } = record
  const isKnown = await db.transaction((run) => hasImport(run, ns, importRecord.id), { signal })
  if (!isKnown && residue !== null) {
    for (const step of residueSteps(importRecord.id, residue)) {
      await runStep(db, ns, circuit.id, token, 'ready', step, signal)
    }
  }
  const name = await db.transaction(
    async (run) => {
      const state = await lockCircuit(run, ns, circuit.id, token)
      requireState(state, 'ready')
      return addRecords(run, ns, record, state.kind === 'ready' ? state.names : [])
    },
    { signal },
  )
  return { created: false, name }
}

async function runStep(
  db: Neo4jDatabase,
  ns: string,
  id: string,
  token: string,
  wanted: 'mine' | 'ready',
  step: LoadStep,
  signal: AbortSignal | undefined,
): Promise<void> {
  await db.transaction(
    async (run) => {
      requireState(await lockCircuit(run, ns, id, token), wanted)
      for (const { text, parameters } of step.statements) await run(text, { ...parameters, ns, id })
      if (wanted === 'mine') await renewLease(run, ns, id)
    },
    { signal },
  )
}

async function addRecords(
  run: RunInTransaction,
  ns: string,
  { circuit, name, importRecord, residue, scoreSets, annotations }: CircuitRecord,
  names: readonly string[],
): Promise<string | null> {
  if (!(await hasImport(run, ns, importRecord.id))) {
    await createImport(run, ns, 'circuit', importRecord, residue)
  }
  await addScoreSets(run, ns, circuit.id, scoreSets)
  await addAnnotations(run, ns, circuit.id, annotations)
  return name === null ? null : giveName(run, ns, 'circuit', circuit.id, names, name)
}

function requireState(state: CircuitState, wanted: 'mine' | 'ready'): void {
  if (state.kind !== wanted) throw new LostCircuit(`the circuit is ${state.kind}, not ${wanted}`)
}
