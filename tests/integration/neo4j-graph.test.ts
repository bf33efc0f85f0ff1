/** Whoever opens Neo4j with Cypher sees circuits as graphs, not as bytes. */
import type { CircuitStore } from '../../src/application/ports/circuit-store.js'
import { printSite } from '../../src/domain/address.js'
import { EDGE_KINDS, PORT_CODES } from '../../src/domain/graph-data.js'
import { modelKey } from '../../src/domain/model-identity.js'
import type { Row } from '../../src/stores/neo4j/neo4j-database.js'
import { openNeo4jStore } from '../../src/stores/neo4j/open-neo4j.js'
import { type Neo4jPlace, newNeo4jPlace } from '../support/neo4j-place.js'
import { circuitRecord, randomCircuit } from '../support/random-circuit.js'
import { describeWithNeo4j } from '../support/with-neo4j.js'

describeWithNeo4j('circuits in Neo4j', (server) => {
  let place: Neo4jPlace
  let store: CircuitStore
  beforeAll(async () => {
    place = await newNeo4jPlace(server, { migrated: true })
    store = await openNeo4jStore({ ...place.options, relationshipLimit: 100 })
  }, 120_000)
  afterAll(async () => {
    await store.close()
    await place.destroy()
  }, 60_000)

  const ask = (text: string, parameters: Record<string, unknown> = {}): Promise<readonly Row[]> =>
    place.db.read({ text, parameters: { ...parameters, ns: place.namespace } })

  it('are nodes and EDGE relationships with the values of the circuit', async () => {
    const circuit = randomCircuit(1, { nodes: 30, edges: 90, source: 'COMPONENT_GRAPH' })
    await store.putCircuit(circuitRecord(circuit, 1))
    const rows = await ask(
      `MATCH (:Circuit {ns: $ns, id: $id})-[:HAS_NODE]->(a)-[e:EDGE]->(b)
       RETURN a.address AS source, b.address AS target, e.weight AS weight, e.kind AS kind, e.port AS port,
         e.member AS member ORDER BY e.ordinal`,
      { id: circuit.id },
    )
    const { edges, nodes } = circuit
    expect(rows).toEqual(
      Array.from({ length: edges.count }, (_, e) => ({
        source: nodes[edges.source[e]!]!.address,
        target: nodes[edges.target[e]!]!.address,
        weight: Number.isNaN(edges.weight[e]) ? null : edges.weight[e],
        kind: EDGE_KINDS[edges.kind[e]!],
        port: PORT_CODES[edges.port[e]!],
        member: edges.member[e] === 1,
      })),
    )
    expect((await store.circuitSummaries([circuit.id]))[0]!.relationshipsComplete).toBe(true)
  })

  it('share components, so that a join finds what two circuits have in common', async () => {
    const model = { kind: 'foreign' as const, name: 'shared', dictionary: null }
    const [a, b] = [2, 3].map((seed) => randomCircuit(seed, { nodes: 40, edges: 20, model }))
    for (const circuit of [a!, b!]) await store.putCircuit(circuitRecord(circuit, 2))
    const sites = (circuit: typeof a): Set<string> =>
      new Set(circuit!.nodes.map(({ place: { site } }) => printSite(site)))
    const rows = await ask(
      `MATCH (:Circuit {ns: $ns, id: $a})-[:HAS_NODE]->()-[:OF]->(k:Component)<-[:OF]-()<-[:HAS_NODE]-(:Circuit {ns: $ns, id: $b})
       WHERE k.modelKey = $model
       RETURN DISTINCT k.address AS address`,
      { a: a!.id, b: b!.id, model: modelKey(model) },
    )
    const common = [...sites(a)].filter((site) => sites(b).has(site))
    expect(common.length).toBeGreaterThan(0)
    expect(rows.map((row) => row['address']).sort()).toEqual(common.sort())
  })

  it('beyond the limit keep the strongest edges as relationships and say so, while the payload keeps all', async () => {
    const circuit = randomCircuit(4, { nodes: 30, edges: 500, source: 'ATTRIBUTION_GRAPH' })
    await store.putCircuit(circuitRecord(circuit, 4))
    const [row] = await ask(
      'MATCH (:Circuit {ns: $ns, id: $id})-[:HAS_NODE]->()-[e:EDGE]->() RETURN collect(e.ordinal) AS kept',
      { id: circuit.id },
    )
    const kept = new Set(row!['kept'] as number[])
    expect(kept.size).toBe(100)
    const strength = (e: number): number => Math.abs(circuit.edges.weight[e]!)
    const weakestKept = Math.min(...[...kept].map(strength))
    for (let e = 0; e < circuit.edges.count; e++) {
      if (!kept.has(e)) expect(strength(e)).toBeLessThanOrEqual(weakestKept)
    }
    expect((await store.circuitSummaries([circuit.id]))[0]!.relationshipsComplete).toBe(false)
    expect((await store.circuit(circuit.id))!.edges.count).toBe(500)
  })

  it('are ordered by code point, which is what Neo4j itself does not do for texts made in a query', async () => {
    const texts = ['\uff5e', '\u{10400}']
    const [row] = await ask('UNWIND $texts AS text WITH text ORDER BY text RETURN collect(text) AS ordered', {
      texts,
    })
    expect(row!['ordered']).toEqual([texts[1], texts[0]])
    const circuits = texts.map((_, i) => randomCircuit(10 + i, { nodes: 2 }))
    for (const [i, circuit] of circuits.entries()) {
      await store.putCircuit(circuitRecord(circuit, 10, { name: texts[i]! }))
    }
    const found = await store.findCircuits({
      where: { kind: 'choice', field: 'id', in: circuits.map(({ id }) => id) },
      orderBy: [{ field: 'name', direction: 'ASC' }],
      limit: 5,
      after: null,
      backwards: false,
    })
    expect(found.rows.map(({ row: { names } }) => names[0])).toEqual(texts)
  })

  it('of another namespace are not seen and not touched', async () => {
    const other = await newNeo4jPlace(server, { migrated: true })
    const neighbour = await openNeo4jStore(other.options)
    try {
      const circuit = randomCircuit(20)
      await store.putCircuit(circuitRecord(circuit, 20, { name: 'same name' }))
      expect(await neighbour.circuit(circuit.id)).toBeNull()
      expect(await neighbour.putCircuit(circuitRecord(circuit, 20, { name: 'same name' }))).toEqual({
        created: true,
        name: 'same name',
      })
      expect(await neighbour.deleteCircuit(circuit.id)).toBe(true)
      expect(await store.resolveName('circuit', 'same name')).toBe(circuit.id)
      expect((await store.circuit(circuit.id))!.id).toBe(circuit.id)
    } finally {
      await neighbour.close()
      await other.destroy()
    }
  })
})
