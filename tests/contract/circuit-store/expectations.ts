/** What the suite says of a circuit in a store, in one place. */
import type { CircuitStore } from '../../../src/application/ports/circuit-store.js'
import type { Circuit } from '../../../src/domain/graph-data.js'
import { modelKey } from '../../../src/domain/model-identity.js'

/** Same in every field, edge weights bit for bit (all NaN are one). */
export function expectSameCircuit(found: Circuit | null, wanted: Circuit): void {
  expect(found).not.toBeNull()
  const { edges, ...rest } = found!
  const { edges: wantedEdges, ...wantedRest } = wanted
  expect(rest).toStrictEqual(wantedRest)
  expect(edges.count).toBe(wantedEdges.count)
  for (const column of ['source', 'target', 'weight', 'kind', 'port', 'member'] as const) {
    expect(edges[column].constructor).toBe(wantedEdges[column].constructor)
    expect(Buffer.compare(bytesOf(edges[column]), bytesOf(wantedEdges[column]))).toBe(0)
  }
}

/** No method of the store shows anything of the circuit. */
export async function expectAbsent(
  store: CircuitStore,
  circuit: Circuit,
  names: readonly string[],
  importIds: readonly string[],
): Promise<void> {
  expect(await store.circuit(circuit.id)).toBeNull()
  expect(await store.circuitSummaries([circuit.id])).toEqual([null])
  expect(await store.idsWithPrefix('circuit', circuit.id.slice(0, 12), 5)).toEqual([])
  const found = await store.findCircuits({
    where: { kind: 'choice', field: 'id', in: [circuit.id] },
    orderBy: [{ field: 'createdAt', direction: 'ASC' }],
    limit: 5,
    after: null,
    backwards: false,
  })
  expect(found).toEqual({ rows: [], more: false, totalCount: 0 })
  for (const name of names) expect(await store.resolveName('circuit', name)).not.toBe(circuit.id)
  for (const id of importIds) {
    expect(await store.importRecord(id)).toBeNull()
    expect(await store.residueOf(id)).toBeNull()
  }
  expect(await store.importsOf(circuit.id)).toEqual([])
  expect(await store.scoreSetsOf(circuit.id)).toEqual([])
  expect(await store.annotationsOf(circuit.id)).toEqual([])
  const address = circuit.nodes[0]?.address
  if (address !== undefined) {
    const uses = await store.componentUses(modelKey(circuit.model), address, 1_000)
    expect(uses.filter(({ circuitId }) => circuitId === circuit.id)).toEqual([])
  }
}

function bytesOf(column: Uint8Array | Uint32Array | Float64Array): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength)
}
