/** Circuits go in and come out as they were, once, whatever is in them. */
import fc from 'fast-check'
import { buildCircuit } from '../../../src/domain/build-circuit.js'
import { modelKey } from '../../../src/domain/model-identity.js'
import { circuitRecord, importRecordOf, instant, randomCircuit } from '../../support/random-circuit.js'
import type { StoreContract } from '../circuit-store.js'
import { expectAbsent, expectSameCircuit } from './expectations.js'
import { takePlace } from './place.js'

export function describeImports(contract: StoreContract): void {
  describe('imports', () => {
    const taken = takePlace(contract)

    it('give back every circuit as it was: any Unicode, subnormals, 2^53, unscored edges', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
          const circuit = randomCircuit(seed)
          const record = circuitRecord(circuit, seed)
          await taken.store.putCircuit(record)
          expectSameCircuit(await taken.store.circuit(circuit.id), circuit)
          expect((await taken.store.circuitSummaries([circuit.id]))[0]).toMatchObject({
            id: circuit.id,
            source: circuit.source,
            edgeMeaning: circuit.edgeMeaning,
            modelKey: modelKey(circuit.model),
            taskName: circuit.task?.name ?? null,
            promptText: circuit.prompt?.text ?? null,
            nodeCount: circuit.nodes.length,
            edgeCount: circuit.edges.count,
            relationshipsComplete: true,
          })
        }),
        { numRuns: 40 },
      )
    })

    it('keep single weights bit for bit, minus zero as zero', async () => {
      const weights = [
        5e-324,
        -5e-324,
        2 ** 53,
        2 ** 53 + 2,
        -0,
        1.7976931348623157e308,
        2.225073858507201e-308,
        0.1 + 0.2,
        Number.NaN,
      ]
      const circuit = buildCircuit({
        source: 'COMPONENT_GRAPH',
        edgeMeaning: 'EFFECT_SCORE',
        model: { kind: 'foreign', name: 'doubles', dictionary: null },
        task: null,
        prompt: null,
        maskedSites: [],
        nodes: [
          { place: { site: { kind: 'head', layer: 0, index: 0 }, position: null }, activation: -0 },
          ...weights.map((_, i) => ({
            place: { site: { kind: 'head' as const, layer: 1, index: i }, position: null },
            activation: 5e-324,
          })),
        ],
        edges: {
          source: weights.map(() => 0),
          target: weights.map((_, i) => i + 1),
          weight: weights,
          kind: 'SCORE',
        },
      })
      await taken.store.putCircuit(circuitRecord(circuit, 1))
      const found = (await taken.store.circuit(circuit.id))!
      expect(
        [...found.edges.weight].map((weight) => (Object.is(weight, -0) ? 'minus zero' : weight)),
      ).toEqual(weights.map((weight) => weight + 0))
      expect(Object.is(found.nodes[0]!.activation, 0)).toBe(true)
    })

    it('take a circuit without edges, and one without nodes', async () => {
      for (const nodes of [0, 1]) {
        const circuit = randomCircuit(10 + nodes, { nodes })
        await taken.store.putCircuit(circuitRecord(circuit, 10))
        expectSameCircuit(await taken.store.circuit(circuit.id), circuit)
      }
    })

    it('of one circuit twice add nothing', async () => {
      const circuit = randomCircuit(20)
      const record = circuitRecord(circuit, 20, { name: 'twice' })
      expect(await taken.store.putCircuit(record)).toEqual({ created: true, name: 'twice' })
      const before = await taken.store.circuitSummaries([circuit.id])
      expect(await taken.store.putCircuit(record)).toEqual({ created: false, name: 'twice' })
      expect(await taken.store.circuitSummaries([circuit.id])).toEqual(before)
      expect(await taken.store.importsOf(circuit.id)).toEqual([record.importRecord])
      expect(await taken.store.scoreSetsOf(circuit.id)).toHaveLength(record.scoreSets.length)
      expect(await taken.store.annotationsOf(circuit.id)).toHaveLength(record.annotations.length)
    })

    it('of the same circuit from another file add the import record, oldest first, and keep the first time', async () => {
      const circuit = randomCircuit(30)
      const later = {
        ...circuitRecord(circuit, 30, { at: instant(900) }),
        scoreSets: [],
        annotations: [],
        residue: Uint8Array.of(1, 2, 3),
      }
      const earlier = {
        ...later,
        importRecord: importRecordOf(circuit.id, 31, instant(100)),
        residue: Uint8Array.of(4),
      }
      expect((await taken.store.putCircuit(later)).created).toBe(true)
      expect(await taken.store.putCircuit(earlier)).toEqual({ created: false, name: null })
      expect(await taken.store.importsOf(circuit.id)).toEqual([earlier.importRecord, later.importRecord])
      expect((await taken.store.circuitSummaries([circuit.id]))[0]!.createdAt).toBe(instant(900))
      expect(await taken.store.residueOf(later.importRecord.id)).toEqual(Uint8Array.of(1, 2, 3))
      expect(await taken.store.residueOf(earlier.importRecord.id)).toEqual(Uint8Array.of(4))
    })

    it('are read at once by another store on the same data', async () => {
      const other = await taken.place.open()
      try {
        for (let seed = 40; seed < 45; seed++) {
          const circuit = randomCircuit(seed)
          await (seed % 2 ? taken.store : other).putCircuit(circuitRecord(circuit, seed))
          expectSameCircuit(await (seed % 2 ? other : taken.store).circuit(circuit.id), circuit)
        }
      } finally {
        await other.close()
      }
    })

    it('report progress up to the number of edges', async () => {
      const circuit = randomCircuit(50, { nodes: 500, edges: 5_000 })
      const seen: [number, number][] = []
      await taken.store.putCircuit(circuitRecord(circuit, 50), {
        onProgress: (done, total) => seen.push([done, total]),
      })
      expect(seen.at(-1)).toEqual([5_000, 5_000])
      expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).sort((a, b) => a - b))
    })

    it('that are unknown are null, in the order asked for', async () => {
      const circuit = randomCircuit(60)
      await taken.store.putCircuit(circuitRecord(circuit, 60))
      const unknown = 'f'.repeat(64)
      await expectAbsent(taken.store, { ...circuit, id: unknown }, [], [unknown])
      const found = await taken.store.circuitSummaries([unknown, circuit.id, unknown, circuit.id])
      expect(found.map((summary) => summary?.id ?? null)).toEqual([null, circuit.id, null, circuit.id])
      expect(await taken.store.circuitSummaries([])).toEqual([])
    })

    it('are answered by a store that says what it is and that it is well', async () => {
      expect(await taken.store.describe()).toEqual({
        kind: expect.stringMatching(/^(embedded|neo4j)$/),
        engine: expect.stringMatching(/\d/),
        schemaVersion: expect.stringMatching(/^\d/),
      })
      await expect(taken.store.ping()).resolves.toBeUndefined()
      const other = await taken.place.open()
      await other.close()
      await other.close()
      await expect(other.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
      await expect(other.circuit('f'.repeat(64))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    })
  })
}
