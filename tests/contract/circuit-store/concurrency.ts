/** Two stores on one database, as two processes have them, import and delete at the same time. */
import { setTimeout } from 'node:timers/promises'
import type { CircuitStore } from '../../../src/application/ports/circuit-store.js'
import { KILLED_SHAPE } from '../../support/import-forever.js'
import { circuitRecord, importRecordOf, randomCircuit } from '../../support/random-circuit.js'
import { watchImporter } from '../../support/watched-importer.js'
import type { StoreContract } from '../circuit-store.js'
import { expectSameCircuit } from './expectations.js'
import { takePlace } from './place.js'

export function describeConcurrency(contract: StoreContract): void {
  describe('two stores at the same time', () => {
    const taken = takePlace(contract)
    let other: CircuitStore | null = null
    beforeAll(async () => {
      other = await taken.place.open()
    })
    afterAll(() => other?.close())

    it('import overlapping circuits, each once', async () => {
      const model = { kind: 'foreign' as const, name: 'crowded', dictionary: null }
      const records = Array.from({ length: 8 }, (_, i) =>
        circuitRecord(randomCircuit(600 + i, { model, nodes: 60, edges: 3_000 }), 600 + i, {
          name: i < 4 ? 'crowded' : `crowded ${i}`,
        }),
      )
      const outcomes = await Promise.all(
        records.flatMap((record) => [taken.store.putCircuit(record), other!.putCircuit(record)]),
      )
      for (const [i, record] of records.entries()) {
        expect(outcomes.slice(2 * i, 2 * i + 2).filter(({ created }) => created)).toHaveLength(1)
        expect(outcomes[2 * i]!.name).toBe(outcomes[2 * i + 1]!.name)
        expectSameCircuit(await other!.circuit(record.circuit.id), record.circuit)
        expect(await taken.store.importsOf(record.circuit.id)).toEqual([record.importRecord])
        expect(await taken.store.scoreSetsOf(record.circuit.id)).toEqual(record.scoreSets)
      }
      const names = await taken.store.circuitSummaries(records.map(({ circuit }) => circuit.id))
      expect(new Set(names.flatMap((summary) => summary!.names)).size).toBe(8)
      expect(names.filter((summary) => summary!.names.includes('crowded'))).toHaveLength(1)
    }, 60_000)

    it('import one circuit from different files and keep every import record', async () => {
      const record = circuitRecord(randomCircuit(620, { nodes: 50, edges: 2_000 }), 620)
      const files = Array.from({ length: 6 }, (_, i) => ({
        ...record,
        importRecord: importRecordOf(record.circuit.id, 620 + i),
      }))
      const outcomes = await Promise.all(
        files.map((file, i) => (i % 2 ? taken.store : other!).putCircuit(file)),
      )
      expect(outcomes.filter(({ created }) => created)).toHaveLength(1)
      const imports = await taken.store.importsOf(record.circuit.id)
      expect(new Set(imports.map(({ id }) => id))).toEqual(
        new Set(files.map(({ importRecord }) => importRecord.id)),
      )
    }, 60_000)

    it('import and delete one circuit: in the end it is there whole, or gone without a trace', async () => {
      const record = circuitRecord(randomCircuit(640, { nodes: 50, edges: 2_000 }), 640, {
        name: 'contested',
      })
      const { id } = record.circuit
      for (let round = 0; round < 6; round++) {
        await Promise.all([
          taken.store.putCircuit(record),
          other!.deleteCircuit(id),
          other!.putCircuit(record),
          taken.store.deleteCircuit(id),
        ])
        const found = await taken.store.circuit(id)
        if (found === null) expect(await taken.place.countLeftovers(id)).toBe(0)
        else {
          expectSameCircuit(found, record.circuit)
          expect(await other!.importsOf(id)).toEqual([record.importRecord])
          expect(await other!.scoreSetsOf(id)).toEqual(record.scoreSets)
        }
      }
      await taken.store.deleteCircuit(id)
      expect(await taken.place.countLeftovers(id)).toBe(0)
    }, 60_000)

    it('in two other processes import the same circuits while this one imports and reads', async () => {
      const importers = [1, 2].map(() => watchImporter(taken.place.spawnImporter(800)))
      for (let seed = 680; importers.some(({ done }) => done.length < 3); seed++) {
        const record = circuitRecord(randomCircuit(seed, { nodes: 60, edges: 500 }), seed)
        expect((await taken.store.putCircuit(record)).created).toBe(true)
        expectSameCircuit(await other!.circuit(record.circuit.id), record.circuit)
        await setTimeout(20)
      }
      const ends = await Promise.all(importers.map((importer) => importer.kill()))
      for (const seed of new Set(ends.flatMap(({ done }) => done))) {
        const record = circuitRecord(randomCircuit(seed, KILLED_SHAPE), seed)
        expectSameCircuit(await taken.store.circuit(record.circuit.id), record.circuit)
        expect(await taken.store.importsOf(record.circuit.id)).toEqual([record.importRecord])
        expect(await taken.store.resolveName('circuit', `killed ${seed}`)).toBe(record.circuit.id)
      }
    }, 120_000)

    it('show a reader a circuit whole or not at all', async () => {
      const record = circuitRecord(randomCircuit(660, { nodes: 2_000, edges: 40_000 }), 660)
      const { circuit } = record
      let writing = true
      const written = taken.store.putCircuit(record).finally(() => {
        writing = false
      })
      let looks = 0
      while (writing) {
        looks += 1
        await new Promise((resolve) => setImmediate(resolve))
        const summary = (await other!.circuitSummaries([circuit.id]))[0]
        if (summary) expectSameCircuit(await other!.circuit(circuit.id), circuit)
      }
      await written
      expect(looks).toBeGreaterThan(1)
      expectSameCircuit(await other!.circuit(circuit.id), circuit)
    }, 60_000)
  })
}
