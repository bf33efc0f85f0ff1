/** Sparse models in the catalogue: stored once, found, paged, and kept while a circuit speaks about them. */
import { foldedKey } from '../../../src/domain/code-point-order.js'
import type { SparseModelSummary } from '../../../src/domain/records.js'
import { MODEL_ORDER_FIELDS, type ModelCatalogueQuery } from '../../../src/query/catalogue-query.js'
import { expectedSlice } from '../../support/catalogue-oracle.js'
import {
  AWKWARD_TEXTS,
  circuitRecord,
  importRecordOf,
  instant,
  modelRecord,
  randomCircuit,
} from '../../support/random-circuit.js'
import { seededRandom } from '../../support/seeded-random.js'
import type { StoreContract } from '../circuit-store.js'
import { takePlace } from './place.js'

export function describeModels(contract: StoreContract): void {
  describe('models', () => {
    const taken = takePlace(contract)

    it('come back as they went in, once, with every import', async () => {
      const record = modelRecord(1, { name: 'a model', at: instant(50) })
      expect(await taken.store.putModel(record)).toEqual({ created: true, name: 'a model' })
      const again = { ...record, importRecord: importRecordOf(record.id, 2, instant(20)) }
      expect(await taken.store.putModel(again)).toEqual({ created: false, name: 'a model' })
      const { id, config, weightsSha256, parameterCount, nonzeroCount } = record
      const summary = {
        id,
        names: ['a model'],
        config,
        weightsSha256,
        parameterCount,
        nonzeroCount,
        createdAt: instant(50),
      }
      expect(await taken.store.modelSummaries(['f'.repeat(64), id])).toEqual([null, summary])
      expect(await taken.store.importsOf(id)).toEqual([again.importRecord, record.importRecord])
      expect(await taken.store.importRecord(record.importRecord.id)).toEqual(record.importRecord)
      expect(await taken.store.residueOf(record.importRecord.id)).toBeNull()
      const other = modelRecord(3, { name: 'a model' })
      expect((await taken.store.putModel(other)).name).toBe(`a model-${other.id.slice(0, 8)}`)
    })

    it('stay while a circuit speaks about them', async () => {
      const model = modelRecord(10, { name: 'spoken of' })
      const circuit = randomCircuit(10, { source: 'SPARSE_WEIGHTS', model: { kind: 'sparse', id: model.id } })
      await taken.store.putModel(model)
      await taken.store.putCircuit(circuitRecord(circuit, 10))
      await expect(taken.store.deleteModel(model.id)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining(model.id),
      })
      expect((await taken.store.modelSummaries([model.id]))[0]).not.toBeNull()
      await taken.store.deleteCircuit(circuit.id)
      expect(await taken.store.deleteModel(model.id)).toBe(true)
      expect(await taken.store.modelSummaries([model.id])).toEqual([null])
      expect(await taken.store.resolveName('model', 'spoken of')).toBeNull()
      expect(await taken.store.importsOf(model.id)).toEqual([])
      expect(await taken.place.countLeftovers(model.id)).toBe(0)
      expect(await taken.store.deleteModel(model.id)).toBe(false)
    })

    it('are filtered by a part of a name, ordered and paged', async () => {
      const random = seededRandom(11)
      const ids: string[] = []
      for (let seed = 100; seed < 160; seed++) {
        const name = random.below(3) === 0 ? null : `${random.pick(AWKWARD_TEXTS)}${random.below(9)}`
        const record = modelRecord(seed, { name, at: instant(random.below(9)) })
        await taken.store.putModel(record)
        ids.push(record.id)
      }
      const known = await taken.store.findModels({
        nameContains: null,
        orderBy: [],
        limit: 1_000,
        after: null,
        backwards: false,
      })
      expect(known.totalCount).toBeGreaterThanOrEqual(60)
      const all = known.rows.map(({ row }) => row)
      for (const field of MODEL_ORDER_FIELDS) {
        for (const direction of ['ASC', 'DESC'] as const) {
          for (const nameContains of [null, 'STRASSE', 'fi', '%', '']) {
            const rows = all.filter(
              ({ names }) =>
                nameContains === null ||
                names.some((name) => foldedKey(name).includes(foldedKey(nameContains))),
            )
            for (const backwards of [false, true]) {
              await walk((query) => taken.store.findModels(query), rows, {
                nameContains,
                orderBy: [{ field, direction }],
                limit: 17,
                after: null,
                backwards,
              })
            }
          }
        }
      }
    }, 60_000)
  })
}

async function walk(
  find: (query: ModelCatalogueQuery) => Promise<unknown>,
  rows: readonly SparseModelSummary[],
  first: ModelCatalogueQuery,
): Promise<void> {
  let query = first
  for (;;) {
    const wanted = expectedSlice(rows, query)
    expect(await find(query)).toEqual(wanted)
    if (!wanted.more) return
    query = { ...query, after: (query.backwards ? wanted.rows[0]! : wanted.rows.at(-1)!).key }
  }
}
