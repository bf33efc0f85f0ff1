/** What the store sends to a real server: no statement scans all nodes, and reading never writes. */
import neo4j, { type ManagedTransaction } from 'neo4j-driver'
import { modelKey } from '../../src/domain/model-identity.js'
import { sha256Hex } from '../../src/domain/sha256.js'
import { necessaryCondition } from '../../src/query/pattern/necessary-condition.js'
import { patternOf } from '../../src/query/pattern/pattern-of.js'
import { type Cypher, Neo4jDatabase, type Row } from '../../src/stores/neo4j/neo4j-database.js'
import { openNeo4jStore, openStoreOn } from '../../src/stores/neo4j/open-neo4j.js'
import { type Neo4jPlace, newNeo4jPlace } from '../support/neo4j-place.js'
import { circuitRecord, importRecordOf, modelRecord, randomCircuit } from '../support/random-circuit.js'
import { describeWithNeo4j } from '../support/with-neo4j.js'

/** Keeps every statement that went through it. */
class ListeningDatabase extends Neo4jDatabase {
  readonly heard = new Map<string, Cypher['parameters']>()

  protected override runStatement(
    transaction: ManagedTransaction,
    text: string,
    parameters: Cypher['parameters'],
  ): Promise<readonly Row[]> {
    this.heard.set(text, parameters)
    return super.runStatement(transaction, text, parameters)
  }
}

interface Plan {
  readonly operatorType: string
  readonly children: readonly Plan[]
}

function operators(plan: Plan): string[] {
  return [plan.operatorType.replace(/@.*$/, ''), ...plan.children.flatMap(operators)]
}

/** An Eager holds all rows in memory: one row does no harm, nor a deletion's, which its LIMIT bounds. */
const GROWS = (text: string): boolean => /\bUNWIND\b/.test(text) && !/\bDELETE\b/.test(text)

describeWithNeo4j('statements on a real Neo4j', (server) => {
  let place: Neo4jPlace
  beforeAll(async () => {
    place = await newNeo4jPlace(server, { migrated: true })
  }, 120_000)
  afterAll(() => place.destroy(), 60_000)

  it('are planned on indexes: no AllNodesScan, no CartesianProduct, no Eager over what grows', async () => {
    const db = new ListeningDatabase(place.options)
    const store = await openStoreOn(db, place.options)
    await useEverything(store)
    expect(db.heard.size).toBeGreaterThan(35)
    const driver = neo4j.driver(
      server.uri,
      server.password === null ? undefined : neo4j.auth.basic(server.user, server.password),
    )
    const faults: string[] = []
    try {
      for (const [text, parameters] of db.heard) {
        if (text.includes('__Neo4jMigration') || text.includes('dbms.components')) continue
        const { summary } = await driver.executeQuery(`EXPLAIN ${text}`, parameters)
        const found = operators(summary.plan as unknown as Plan)
        const forbidden = ['AllNodesScan', 'NodeByLabelScan', 'CartesianProduct']
        if (GROWS(text)) forbidden.push('Eager')
        const wrong = found.filter((operator) => forbidden.includes(operator))
        if (wrong.length > 0) faults.push(`${wrong.join(', ')}: ${text}`)
      }
    } finally {
      await driver.close()
      await store.close()
    }
    expect(faults).toEqual([])
  }, 120_000)

  it('that read are refused by the server when they would write', async () => {
    const text = 'CREATE (:Circuit {ns: $ns, id: $ns})'
    await expect(place.db.read({ text, parameters: { ns: place.namespace } })).rejects.toMatchObject({
      code: 'Neo.ClientError.Statement.AccessMode',
    })
    const count = 'MATCH (c:Circuit {ns: $ns, id: $ns}) RETURN count(c) AS n'
    expect(await place.db.read({ text: count, parameters: { ns: place.namespace } })).toEqual([{ n: 0 }])
  })

  it('that take too long are ended, and said to be so', async () => {
    const text = 'UNWIND range(1, 100000000) AS i UNWIND range(1, 1000) AS j RETURN sum(i * j) AS s'
    await expect(place.db.read({ text, parameters: {} }, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  }, 60_000)

  it('that nobody waits for any more are called off', async () => {
    const asker = new AbortController()
    setTimeout(() => asker.abort(), 200)
    const text = 'UNWIND range(1, 100000000) AS i UNWIND range(1, 1000) AS j RETURN sum(i * j) AS s'
    const start = performance.now()
    await expect(
      place.db.read({ text, parameters: {} }, { signal: asker.signal, timeoutMs: 30_000 }),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(performance.now() - start).toBeLessThan(10_000)
  }, 60_000)

  it('cannot be sent to a server that is not there: one sentence says so', async () => {
    const options = { ...place.options, uri: 'bolt://127.0.0.1:1' }
    await expect(openNeo4jStore(options)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^the Neo4j server at bolt:\/\/127\.0\.0\.1:1 does not answer: [^\n]+$/),
    })
  }, 60_000)

  async function useEverything(store: Awaited<ReturnType<typeof openStoreOn>>): Promise<void> {
    const model = modelRecord(1, { name: 'explained model' })
    await store.putModel(model)
    for (const seed of [1, 2]) {
      const circuit = randomCircuit(seed, {
        nodes: 20,
        edges: 40,
        source: 'SPARSE_WEIGHTS',
        model: { kind: 'sparse', id: model.id },
      })
      const scores = {
        name: 'score',
        of: 'NODES' as const,
        unit: '',
        sign: '',
        method: '',
        importId: null,
        values: circuit.nodes.map(() => 1),
      }
      const record = {
        ...circuitRecord(circuit, 5, { name: 'explained' }),
        residue: Uint8Array.of(1),
        scoreSets: [scores],
      }
      await store.putCircuit(record)
      await store.putCircuit({
        ...record,
        importRecord: importRecordOf(circuit.id, 99 + seed),
        scoreSets: [{ ...scores, name: 'other' }],
      })
      await store.circuit(circuit.id)
      await store.circuitSummaries([circuit.id])
      await store.residueOf(record.importRecord.id)
      await store.importsOf(circuit.id)
      await store.importRecord(record.importRecord.id)
      await store.scoreSetsOf(circuit.id)
      await store.annotationsOf(circuit.id)
      await store.annotation('none')
      await store.componentUses(modelKey(circuit.model), circuit.nodes[0]!.address, 5)
      const id = sha256Hex(`sub ${seed}`)
      await store.putSubcircuit({ id, rootType: 'circuit', rootId: circuit.id, expression: '{}' })
      await store.subcircuit(id)
      for (const pattern of ['(:feature WHERE layer > 1) -> (:error) <- (:logit)', '(:q) | (:head)'])
        await store.findCircuits({
          where: necessaryCondition(patternOf(pattern)),
          orderBy: [{ field: 'id', direction: 'ASC' }],
          limit: 5,
          after: null,
          backwards: false,
        })
      for (const field of ['name', 'createdAt', 'nodeCount', 'edgeCount', 'id'] as const) {
        const orderBy = [{ field, direction: 'DESC' as const }]
        const first = await store.findCircuits({
          where: { kind: 'text', field: 'name', match: { contains: 'x' } },
          orderBy,
          limit: 1,
          after: null,
          backwards: false,
        })
        await store.findCircuits({
          where: { kind: 'not', of: { kind: 'choice', field: 'id', in: ['a'] } },
          orderBy,
          limit: 1,
          after: first.rows[0]?.key ?? null,
          backwards: true,
        })
      }
      await store.resolveName('circuit', 'explained')
      await store.idsWithPrefix('circuit', circuit.id.slice(0, 8), 2)
    }
    const page = {
      orderBy: [{ field: 'name' as const, direction: 'ASC' as const }],
      limit: 1,
      backwards: false,
    }
    await store.findModels({ ...page, nameContains: 'explained', after: null })
    await store.modelSummaries([model.id])
    await store.resolveName('model', 'explained model')
    await store.idsWithPrefix('model', model.id.slice(0, 8), 2)
    const circuits = await store.idsWithPrefix('circuit', '', 10)
    for (const id of circuits) await store.deleteCircuit(id)
    await store.deleteModel(model.id)
  }
})
