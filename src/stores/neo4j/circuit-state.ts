/**
 * The life of a circuit's node: absent → loading → ready → deleting → absent. Only `ready` is ever shown. Each
 * transaction that writes a circuit first takes the write lock of this node, so that loads, deletions and additions of
 * one circuit follow each other. A load belongs to the owner token that began it and lives by a lease that each of its
 * transactions renews, in time of the database's clock; a load whose lease ran out has no living process.
 */

import { foldedKey } from '../../domain/code-point-order.js'
import type { Circuit } from '../../domain/graph-data.js'
import { modelKey } from '../../domain/model-identity.js'
import { integer, type Neo4jDatabase, type RunInTransaction } from './neo4j-database.js'

/** Longest pause between two transactions of a load; a transaction itself may last longer, since it holds the lock. */
export const LEASE_MS = 6_000

export type CircuitState =
  | { readonly kind: 'mine' | 'loading' | 'stale' | 'deleting' }
  | { readonly kind: 'ready'; readonly names: readonly string[] }
  | { readonly kind: 'absent' }

const LOOK = 'MATCH (c:Circuit {ns: $ns, id: $id}) RETURN c.state AS state'

const LOCK = `
MATCH (c:Circuit {ns: $ns, id: $id})
SET c.lockedBy = $token
WITH c
RETURN c.state AS state, c.load = $token AS mine, c.names AS names,
       c.leaseUntil < datetime.realtime().epochMillis AS stale`

const BEGIN = `
MERGE (c:Circuit {ns: $ns, id: $id})
  ON CREATE SET c.state = 'loading', c.load = $token, c.names = [], c.foldedNames = [],
    c.leaseUntil = datetime.realtime().epochMillis + $lease, c.createdAt = $createdAt,
    c.source = $source, c.edgeMeaning = $edgeMeaning, c.modelKey = $modelKey, c.modelKeyFolded = $modelKeyFolded,
    c.modelId = $modelId, c.taskName = $taskName, c.taskNameFolded = $taskNameFolded, c.promptText = $promptText,
    c.promptTextFolded = $promptTextFolded, c.nodeCount = $nodeCount, c.edgeCount = $edgeCount, c.facts = $facts`

const RENEW = `
MATCH (c:Circuit {ns: $ns, id: $id})
SET c.leaseUntil = datetime.realtime().epochMillis + $lease`

const LOCK_MODEL = 'MATCH (m:SparseModel {ns: $ns, id: $modelId}) SET m.lockedBy = $token'

const MARK_DELETING = `
MATCH (c:Circuit {ns: $ns, id: $id})
SET c.state = 'deleting', c.names = [], c.foldedNames = []
WITH c
MATCH (c)-[:HAS_NAME]->(n:Name)
DETACH DELETE n`

/** How a circuit stands, without its lock: it may stand otherwise a moment later. */
export async function circuitState(
  db: Neo4jDatabase,
  ns: string,
  id: string,
): Promise<'absent' | 'loading' | 'ready' | 'deleting'> {
  const [row] = await db.read({ text: LOOK, parameters: { ns, id } })
  return row === undefined ? 'absent' : (row['state'] as 'loading' | 'ready' | 'deleting')
}

/** Takes the write lock of the circuit's node until the transaction ends and says how it stands. */
export async function lockCircuit(
  run: RunInTransaction,
  ns: string,
  id: string,
  token: string,
): Promise<CircuitState> {
  const [row] = await run(LOCK, { ns, id, token })
  if (row === undefined) return { kind: 'absent' }
  if (row['state'] === 'ready') return { kind: 'ready', names: row['names'] as string[] }
  if (row['state'] === 'deleting') return { kind: 'deleting' }
  if (row['mine'] === true) return { kind: 'mine' }
  return { kind: row['stale'] === true ? 'stale' : 'loading' }
}

/** Makes the node of a new load when there is none, and says how the circuit stands now. */
export async function beginLoad(
  run: RunInTransaction,
  ns: string,
  circuit: Circuit,
  token: string,
  createdAt: string,
): Promise<CircuitState> {
  const key = modelKey(circuit.model)
  const taskName = circuit.task?.name ?? null
  const promptText = circuit.prompt?.text ?? null
  const modelId = circuit.model.kind === 'sparse' ? circuit.model.id : null
  // A model that is being deleted looks for its circuits under the same lock.
  if (modelId !== null) await run(LOCK_MODEL, { ns, modelId, token })
  await run(BEGIN, {
    ns,
    id: circuit.id,
    token,
    lease: integer(LEASE_MS),
    createdAt,
    source: circuit.source,
    edgeMeaning: circuit.edgeMeaning,
    modelKey: key,
    modelKeyFolded: foldedKey(key),
    modelId,
    taskName,
    taskNameFolded: taskName === null ? null : foldedKey(taskName),
    promptText,
    promptTextFolded: promptText === null ? null : foldedKey(promptText),
    nodeCount: integer(circuit.nodes.length),
    edgeCount: integer(circuit.edges.count),
    // JSON keeps what UTF-8 cannot: half a surrogate pair of a token that was cut.
    facts: JSON.stringify({ modelKey: key, taskName, promptText }),
  })
  return lockCircuit(run, ns, circuit.id, token)
}

/** The last statement of a load's transaction. */
export async function renewLease(run: RunInTransaction, ns: string, id: string): Promise<void> {
  await run(RENEW, { ns, id, lease: integer(LEASE_MS) })
}

/** From here on nobody sees the circuit, and its names are free. The caller holds the lock. */
export async function markDeleting(run: RunInTransaction, ns: string, id: string): Promise<void> {
  await run(MARK_DELETING, { ns, id })
}
