/** An import that is aborted, or whose process is killed, shows nothing and is in nobody's way. */
import { setTimeout } from 'node:timers/promises'
import { KILLED_SHAPE } from '../../support/import-forever.js'
import { circuitRecord, randomCircuit } from '../../support/random-circuit.js'
import { seededRandom } from '../../support/seeded-random.js'
import { watchImporter } from '../../support/watched-importer.js'
import type { StoreContract, StorePlace } from '../circuit-store.js'
import { expectAbsent, expectSameCircuit } from './expectations.js'
import { takePlace } from './place.js'

export function describeInterruptions(contract: StoreContract): void {
  const kills = contract.kills ?? Number(process.env['CIRCUITQL_KILLS'] ?? 8)

  describe('an interrupted import', () => {
    const taken = takePlace(contract)

    it('that is aborted leaves nothing, and a fresh one works', async () => {
      const record = circuitRecord(randomCircuit(700, KILLED_SHAPE), 700, { name: 'aborted' })
      const { circuit } = record
      for (const part of [0, 0.3, 0.7]) {
        const asker = new AbortController()
        if (part === 0) asker.abort()
        const onProgress = (done: number, total: number): void => {
          if (done >= total * part) asker.abort()
        }
        await expect(
          taken.store.putCircuit(record, { signal: asker.signal, onProgress }),
        ).rejects.toMatchObject({ code: 'CANCELLED' })
        await expectAbsent(taken.store, circuit, ['aborted'], [record.importRecord.id])
        expect(await taken.place.countLeftovers(circuit.id)).toBe(0)
      }
      expect(await taken.store.putCircuit(record)).toEqual({ created: true, name: 'aborted' })
      expectSameCircuit(await taken.store.circuit(circuit.id), circuit)
    }, 60_000)

    it(
      `whose process is killed (${kills} times, at random moments) leaves nothing, and a fresh one works`,
      async () => {
        const span = await importTime(taken.place)
        const random = seededRandom(Number(process.env['CIRCUITQL_SEED'] ?? 700))
        let interrupted = 0
        for (let kill = 0; kill < kills; kill++) {
          const importer = watchImporter(taken.place.spawnImporter(10_000 * (kill + 1)))
          await importer.hasBegun
          await setTimeout(random.next() * 1.3 * span)
          const { begun, done } = await importer.kill()
          const store = await taken.place.open()
          for (const seed of begun) {
            const record = circuitRecord(randomCircuit(seed, KILLED_SHAPE), seed, { name: `killed ${seed}` })
            const { circuit } = record
            const found = await store.circuit(circuit.id)
            if (done.includes(seed)) expect(found).not.toBeNull()
            if (found === null) {
              interrupted += 1
              await expectAbsent(store, circuit, [`killed ${seed}`], [record.importRecord.id])
              expect(await store.putCircuit(record)).toEqual({ created: true, name: `killed ${seed}` })
            }
            expectSameCircuit(await store.circuit(circuit.id), circuit)
            expect(await store.importsOf(circuit.id)).toEqual([record.importRecord])
            expect(await store.scoreSetsOf(circuit.id)).toEqual(record.scoreSets)
            expect(await store.deleteCircuit(circuit.id)).toBe(true)
            expect(await taken.place.countLeftovers(circuit.id)).toBe(0)
          }
          await store.close()
        }
        // Else the test would have proved nothing.
        expect(interrupted).toBeGreaterThan(0)
      },
      60_000 + kills * 30_000,
    )
  })
}

/** Milliseconds that one import of the killed shape takes here. */
async function importTime(place: StorePlace): Promise<number> {
  const store = await place.open()
  const record = circuitRecord(randomCircuit(1, KILLED_SHAPE), 1)
  const start = performance.now()
  await store.putCircuit(record)
  const span = performance.now() - start
  await store.deleteCircuit(record.circuit.id)
  await store.close()
  return span
}
