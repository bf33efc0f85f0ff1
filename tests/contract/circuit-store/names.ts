/** Catalogue names are unique per kind; ids may be shortened to a prefix. */
import { compareCodePoints } from '../../../src/domain/code-point-order.js'
import {
  AWKWARD_TEXTS,
  circuitRecord,
  importRecordOf,
  modelRecord,
  randomCircuit,
} from '../../support/random-circuit.js'
import type { StoreContract } from '../circuit-store.js'
import { takePlace } from './place.js'

export function describeNames(contract: StoreContract): void {
  describe('names', () => {
    const taken = takePlace(contract)

    it('stand for the id, exactly as written', async () => {
      for (const [i, text] of AWKWARD_TEXTS.entries()) {
        const name = `name ${text}`
        const circuit = randomCircuit(300 + i)
        expect(await taken.store.putCircuit(circuitRecord(circuit, 300 + i, { name }))).toEqual({
          created: true,
          name,
        })
        expect(await taken.store.resolveName('circuit', name)).toBe(circuit.id)
        expect((await taken.store.circuitSummaries([circuit.id]))[0]!.names).toEqual([name])
      }
      expect(await taken.store.resolveName('circuit', 'NAME PLAIN')).toBeNull()
      expect(await taken.store.resolveName('model', 'name plain')).toBeNull()
    })

    it('that another circuit holds get the first eight digits of the id, always the same', async () => {
      const [first, second] = [randomCircuit(340), randomCircuit(341)]
      await taken.store.putCircuit(circuitRecord(first, 340, { name: 'wanted' }))
      const record = circuitRecord(second, 341, { name: 'wanted' })
      const name = `wanted-${second.id.slice(0, 8)}`
      expect(await taken.store.putCircuit(record)).toEqual({ created: true, name })
      expect(await taken.store.putCircuit(record)).toEqual({ created: false, name })
      expect(await taken.store.resolveName('circuit', 'wanted')).toBe(first.id)
      expect(await taken.store.resolveName('circuit', name)).toBe(second.id)
      expect((await taken.store.circuitSummaries([second.id]))[0]!.names).toEqual([name])
    })

    it('may be several, in code-point order', async () => {
      const circuit = randomCircuit(350)
      const record = circuitRecord(circuit, 350)
      const names = ['zz several', 'a several', '\u{10400} several', '\uff5e several']
      for (const [i, name] of names.entries()) {
        const outcome = await taken.store.putCircuit({
          ...record,
          name,
          importRecord: importRecordOf(circuit.id, 350 + i),
        })
        expect(outcome).toEqual({ created: i === 0, name })
      }
      expect((await taken.store.circuitSummaries([circuit.id]))[0]!.names).toEqual(
        names.sort(compareCodePoints),
      )
    })

    it('of circuits and models do not meet', async () => {
      const circuit = randomCircuit(360)
      const model = modelRecord(360, { name: 'shared name' })
      await taken.store.putCircuit(circuitRecord(circuit, 360, { name: 'shared name' }))
      expect(await taken.store.putModel(model)).toEqual({ created: true, name: 'shared name' })
      expect(await taken.store.resolveName('circuit', 'shared name')).toBe(circuit.id)
      expect(await taken.store.resolveName('model', 'shared name')).toBe(model.id)
    })

    it('are free again when their circuit is gone', async () => {
      const [first, second] = [randomCircuit(370), randomCircuit(371)]
      await taken.store.putCircuit(circuitRecord(first, 370, { name: 'freed' }))
      await taken.store.deleteCircuit(first.id)
      expect(await taken.store.resolveName('circuit', 'freed')).toBeNull()
      expect((await taken.store.putCircuit(circuitRecord(second, 371, { name: 'freed' }))).name).toBe('freed')
    })

    it('are not needed: a prefix finds ids in code-point order', async () => {
      const ids: string[] = []
      for (let seed = 400; seed < 440; seed++) {
        const circuit = randomCircuit(seed, { nodes: 2 })
        await taken.store.putCircuit(circuitRecord(circuit, seed))
        ids.push(circuit.id)
      }
      const all = [...(await taken.store.idsWithPrefix('circuit', '', 10_000))]
      expect(all).toEqual([...all].sort(compareCodePoints))
      expect(all).toEqual(expect.arrayContaining(ids))
      for (const id of ids) {
        expect(await taken.store.idsWithPrefix('circuit', id, 2)).toEqual([id])
        const prefix = id.slice(0, 1)
        expect(await taken.store.idsWithPrefix('circuit', prefix, 3)).toEqual(
          all.filter((other) => other.startsWith(prefix)).slice(0, 3),
        )
      }
      const model = modelRecord(400)
      await taken.store.putModel(model)
      expect(await taken.store.idsWithPrefix('model', model.id.slice(0, 8), 2)).toEqual([model.id])
      expect(await taken.store.idsWithPrefix('model', ids[0]!, 2)).toEqual([])
      expect(await taken.store.idsWithPrefix('circuit', '%', 2)).toEqual([])
    })
  })
}
