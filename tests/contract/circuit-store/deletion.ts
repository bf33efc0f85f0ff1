/** A deleted circuit leaves nothing behind and takes nothing else with it. */
import { sha256Hex } from '../../../src/domain/sha256.js'
import { circuitRecord, randomCircuit } from '../../support/random-circuit.js'
import type { StoreContract } from '../circuit-store.js'
import { expectAbsent, expectSameCircuit } from './expectations.js'
import { takePlace } from './place.js'

export function describeDeletion(contract: StoreContract): void {
  describe('deletion', () => {
    const taken = takePlace(contract)

    it('leaves nothing behind and keeps what overlaps', async () => {
      const model = { kind: 'foreign' as const, name: 'overlap', dictionary: null }
      const records = [500, 501, 502].map((seed) =>
        circuitRecord(randomCircuit(seed, { model, nodes: 40, edges: 200 }), seed, {
          name: `deleted ${seed}`,
        }),
      )
      const [gone, ...kept] = records as [(typeof records)[0], ...(typeof records)[0][]]
      for (const record of records) await taken.store.putCircuit(record)
      const subcircuit = {
        id: sha256Hex('sub'),
        rootType: 'circuit' as const,
        rootId: gone.circuit.id,
        expression: '{}',
      }
      await taken.store.putSubcircuit(subcircuit)
      expect(await taken.place.countLeftovers(gone.circuit.id)).toBeGreaterThan(0)

      expect(await taken.store.deleteCircuit(gone.circuit.id)).toBe(true)

      await expectAbsent(taken.store, gone.circuit, ['deleted 500'], [gone.importRecord.id])
      expect(await taken.store.subcircuit(subcircuit.id)).toBeNull()
      for (const { id } of gone.annotations) expect(await taken.store.annotation(id)).toBeNull()
      expect(await taken.place.countLeftovers(gone.circuit.id)).toBe(0)
      for (const { circuit, importRecord } of kept) {
        expectSameCircuit(await taken.store.circuit(circuit.id), circuit)
        expect(await taken.store.importsOf(circuit.id)).toEqual([importRecord])
      }
      expect(await taken.store.deleteCircuit(gone.circuit.id)).toBe(false)
    })

    it('is no farewell: the circuit can come in again', async () => {
      const record = circuitRecord(randomCircuit(510), 510, { name: 'comes again' })
      for (let round = 0; round < 3; round++) {
        expect(await taken.store.putCircuit(record)).toEqual({ created: true, name: 'comes again' })
        expectSameCircuit(await taken.store.circuit(record.circuit.id), record.circuit)
        expect(await taken.store.scoreSetsOf(record.circuit.id)).toEqual(record.scoreSets)
        expect(await taken.store.deleteCircuit(record.circuit.id)).toBe(true)
        expect(await taken.place.countLeftovers(record.circuit.id)).toBe(0)
      }
    })
  })
}
