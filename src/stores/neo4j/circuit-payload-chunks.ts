/** The whole graph as bytes (`domain/circuit-payload.ts`) beside its nodes and relationships. */
import { decodeCircuitInSteps } from '../../domain/circuit-payload.js'
import { Unavailable } from '../../domain/errors.js'
import type { Circuit } from '../../domain/graph-data.js'
import { runInTurns } from '../../domain/steps.js'
import { chunkSteps, joinChunks } from './byte-chunks.js'
import type { LoadStep } from './load-step.js'
import { integer, type Neo4jDatabase } from './neo4j-database.js'

/** A reader starts again when the circuit was deleted and came in again meanwhile; more than this is no accident. */
const ATTEMPTS = 10

const CREATE_PARTS = `
MATCH (c:Circuit {ns: $ns, id: $id})
UNWIND $parts AS part
CREATE (c)-[:HAS_PAYLOAD]->(:CircuitPayload {ns: $ns, circuitId: $id, part: part[0], load: c.load, bytes: part[1]})`

const FIRST_PART = `
MATCH (c:Circuit {ns: $ns, id: $id})-[:HAS_PAYLOAD]->(p:CircuitPayload {part: 0})
WHERE c.state = 'ready'
RETURN c.load AS load, c.payloadParts AS parts, p.bytes AS bytes`

const ONE_PART = `
MATCH (p:CircuitPayload {ns: $ns, circuitId: $id, part: $part})
WHERE p.load = $load
RETURN p.bytes AS bytes`

export function payloadSteps(bytes: Uint8Array): Iterable<LoadStep> {
  return chunkSteps(bytes, CREATE_PARTS, {})
}

/** Null when there is no such circuit that is ready. */
export async function readCircuit(db: Neo4jDatabase, ns: string, id: string): Promise<Circuit | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [row] = await db.read({ text: FIRST_PART, parameters: { ns, id } })
    if (row === undefined) return null
    const load = row['load']
    const bytes = await joinChunks(Number(row['parts']), row['bytes'] as Int8Array, async (part) => {
      const [found] = await db.read({ text: ONE_PART, parameters: { ns, id, part: integer(part), load } })
      return (found?.['bytes'] as Int8Array | undefined) ?? null
    })
    // Null when it was deleted while it was read: it may have come in again since, so look again.
    if (bytes !== null) return runInTurns(decodeCircuitInSteps(bytes))
  }
  throw new Unavailable(`parts of the circuit ${id} are missing in the database`, {
    hint: 'delete the circuit and import it again',
  })
}
