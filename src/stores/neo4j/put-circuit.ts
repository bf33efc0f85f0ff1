/**
 * A circuit comes in: its node is made in state `loading`, payload, nodes and edges follow in transactions of bounded
 * size, and the last of them adds name, import record, scores and annotations and makes it `ready`. Another import of
 * the same circuit waits for the first, or takes its place when its process has died.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PutOptions, PutOutcome } from '../../application/ports/circuit-store.js'
import { encodeCircuit } from '../../domain/circuit-payload.js'
import { invariant, throwIfAborted } from '../../domain/errors.js'
import type { CircuitRecord } from '../../domain/records.js'
import { addAnnotations } from './annotations.js'
import { chunkCount } from './byte-chunks.js'
import { payloadSteps } from './circuit-payload-chunks.js'
import { beginLoad, type CircuitState, circuitState, lockCircuit, renewLease } from './circuit-state.js'
import { edgeSteps } from './edge-steps.js'
import { eraseCircuit } from './erase-circuit.js'
import { createImport, hasImport, importExists, residueSteps } from './import-records.js'
import { batched, type LoadStep } from './load-step.js'
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

/** Everything that stays the same while one import goes on. */
interface Import {
  readonly db: Neo4jDatabase
  readonly ns: string
  readonly record: CircuitRecord
  readonly relationshipLimit: number
  readonly options: PutOptions
}

export async function putCircuit(
  db: Neo4jDatabase,
  ns: string,
  record: CircuitRecord,
  relationshipLimit: number,
  options: PutOptions = {},
): Promise<PutOutcome> {
  const coming: Import = { db, ns, record, relationshipLimit, options }
  const { signal } = options
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    throwIfAborted(signal)
    const token = randomUUID()
    try {
      const state = await circuitState(db, ns, record.circuit.id)
      if (state === 'absent') return await loadCircuit(coming, token)
      if (state === 'ready') return await addToCircuit(coming, token)
      if (await eraseCircuit(db, ns, record.circuit.id, token, ['stale', 'deleting'])) continue
    } catch (error) {
      if (!(error instanceof LostCircuit)) throw error
    }
    await sleep(wait, undefined, { signal }).catch(() => throwIfAborted(signal))
  }
}

async function loadCircuit(coming: Import, token: string): Promise<PutOutcome> {
  const { db, ns, record, relationshipLimit, options } = coming
  const { id, edges } = record.circuit
  const bytes = encodeCircuit(record.circuit)
  const kept = strongestEdges(edges, relationshipLimit)
  let isBegun = false
  try {
    for (const batch of batched(stepsOf(record, bytes, kept))) {
      const name = await db.transaction(
        async (run) => {
          const state = batch.isFirst
            ? await beginLoad(run, ns, record.circuit, token, record.importRecord.importedAt)
            : await lockCircuit(run, ns, id, token)
          requireState(state, 'mine')
          await runSteps(run, ns, id, batch.steps)
          if (!batch.isLast) return renewLease(run, ns, id).then(() => null)
          const payloadParts = integer(chunkCount(bytes.length))
          const relationshipsComplete = kept.length === edges.count
          await run(FINISH, { ns, id, payloadParts, relationshipsComplete })
          return addRecords(run, ns, record, [])
        },
        // Once the last transaction is on its way, a call to stop comes too late.
        { signal: batch.isLast ? undefined : options.signal },
      )
      isBegun = true
      const done = batch.isLast ? kept.length : (batch.steps.at(-1)?.edgesDone ?? 0)
      // The last report comes when nothing can be called off any more.
      options.onProgress?.(
        kept.length === 0 ? edges.count : Math.floor((done / kept.length) * edges.count),
        edges.count,
      )
      if (batch.isLast) return { created: true, name }
      throwIfAborted(options.signal)
    }
    invariant(false, 'a load has a last batch')
  } catch (error) {
    // Best effort: what stays because the server is away is erased by the next one that opens the store or comes here.
    if (isBegun || options.signal?.aborted) {
      await eraseCircuit(db, ns, id, token, ['mine']).catch(() => {})
    }
    throw error
  }
}

function* stepsOf(
  { circuit, importRecord, residue }: CircuitRecord,
  bytes: Uint8Array,
  kept: Uint32Array,
): Generator<LoadStep> {
  yield* payloadSteps(bytes)
  if (residue !== null) yield* residueSteps(importRecord.id, residue)
  yield* nodeSteps(circuit)
  yield* edgeSteps(circuit.edges, circuit.nodes.length, kept)
}

/** The graph is there already: its import record, scores, annotations and name may be new. */
async function addToCircuit({ db, ns, record, options }: Import, token: string): Promise<PutOutcome> {
  const { circuit, importRecord, residue } = record
  const { signal, onProgress } = options
  const [known] = await db.read(importExists(ns, importRecord.id))
  const steps = known !== undefined || residue === null ? [] : residueSteps(importRecord.id, residue)
  for (const batch of batched(steps)) {
    const name = await db.transaction(
      async (run) => {
        const state = await lockCircuit(run, ns, circuit.id, token)
        requireState(state, 'ready')
        await runSteps(run, ns, circuit.id, batch.steps)
        return batch.isLast && state.kind === 'ready' ? addRecords(run, ns, record, state.names) : null
      },
      { signal },
    )
    if (!batch.isLast) continue
    onProgress?.(circuit.edges.count, circuit.edges.count)
    return { created: false, name }
  }
  invariant(false, 'an addition has a last batch')
}

async function runSteps(
  run: RunInTransaction,
  ns: string,
  id: string,
  steps: readonly LoadStep[],
): Promise<void> {
  const statements = steps.flatMap((step) => step.statements)
  await Promise.all(statements.map(({ text, parameters }) => run(text, { ...parameters, ns, id })))
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
