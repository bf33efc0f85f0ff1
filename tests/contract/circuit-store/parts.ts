/** What stands beside a circuit comes back as it went in: imports, residues, scores, annotations, uses, subcircuits. */
import { type NodeAddress, printSite } from '../../../src/domain/address.js'
import { compareCodePoints } from '../../../src/domain/code-point-order.js'
import type { Circuit } from '../../../src/domain/graph-data.js'
import { modelKey } from '../../../src/domain/model-identity.js'
import { sha256Hex } from '../../../src/domain/sha256.js'
import { circuitRecord, importRecordOf, modelRecord, randomCircuit } from '../../support/random-circuit.js'
import type { StoreContract } from '../circuit-store.js'
import { takePlace } from './place.js'

export function describeParts(contract: StoreContract): void {
  describe('what stands beside a circuit', () => {
    const taken = takePlace(contract)

    it('comes back as it went in', async () => {
      for (let seed = 100; seed < 130; seed++) {
        const circuit = randomCircuit(seed)
        const record = circuitRecord(circuit, seed)
        await taken.store.putCircuit(record)
        const { importRecord } = record
        expect(await taken.store.importsOf(circuit.id)).toEqual([importRecord])
        expect(await taken.store.importRecord(importRecord.id)).toEqual(importRecord)
        const residue = await taken.store.residueOf(importRecord.id)
        expect(residue === null ? null : Buffer.from(residue)).toEqual(
          record.residue === null ? null : Buffer.from(record.residue),
        )
        expect(await taken.store.scoreSetsOf(circuit.id)).toEqual(record.scoreSets)
        const annotations = [...record.annotations].sort(
          (a, b) =>
            compareCodePoints(a.kind, b.kind) ||
            compareCodePoints(a.title, b.title) ||
            compareCodePoints(a.id, b.id),
        )
        expect(await taken.store.annotationsOf(circuit.id)).toEqual(annotations)
        for (const annotation of annotations)
          expect(await taken.store.annotation(annotation.id)).toEqual(annotation)
      }
      expect(await taken.store.annotation('none')).toBeNull()
    })

    it('may be large: a residue of five million bytes', async () => {
      const circuit = randomCircuit(140)
      const residue = new Uint8Array(5_000_000).map((_, i) => (i * 2_654_435_761) >>> 24)
      const record = { ...circuitRecord(circuit, 140), residue }
      await taken.store.putCircuit(record)
      expect(Buffer.compare((await taken.store.residueOf(record.importRecord.id))!, residue)).toBe(0)
    })

    it('keeps the score set and the annotation that came first when a later import brings the same name or id', async () => {
      const circuit = randomCircuit(150, { nodes: 4 })
      const score = {
        name: 'influence',
        of: 'NODES' as const,
        unit: '',
        sign: '',
        method: '',
        importId: null,
        values: [1, null, 2, 3],
      }
      const first = { ...circuitRecord(circuit, 150), scoreSets: [score] }
      const second = {
        ...first,
        importRecord: importRecordOf(circuit.id, 151),
        scoreSets: [
          { ...score, values: [9, 9, 9, 9] },
          { ...score, name: 'another' },
        ],
      }
      await taken.store.putCircuit(first)
      await taken.store.putCircuit({
        ...second,
        annotations: first.annotations.map((annotation) => ({ ...annotation, title: 'changed' })),
      })
      expect(await taken.store.scoreSetsOf(circuit.id)).toEqual([{ ...score, name: 'another' }, score])
      expect((await taken.store.annotationsOf(circuit.id)).map(({ title }) => title).sort()).toEqual(
        first.annotations.map(({ title }) => title).sort(),
      )
    })

    it('names the circuits that use a place of a model, at any position, by circuit id', async () => {
      const model = { kind: 'foreign' as const, name: 'used', dictionary: 'd' }
      const circuits = Array.from({ length: 12 }, (_, i) => randomCircuit(200 + i, { model, nodes: 25 }))
      for (const [i, circuit] of circuits.entries())
        await taken.store.putCircuit(circuitRecord(circuit, 200 + i))
      await taken.store.putCircuit(
        circuitRecord(randomCircuit(200, { model: { ...model, dictionary: null }, nodes: 25 }), 230),
      )
      circuits.sort((a, b) => compareCodePoints(a.id, b.id))
      const sites = new Set(circuits.flatMap(({ nodes }) => nodes.map(({ place }) => printSite(place.site))))
      expect(sites.size).toBeGreaterThan(30)
      for (const site of sites) {
        const uses = circuits.flatMap((circuit) => usesIn(circuit, site))
        expect(await taken.store.componentUses(modelKey(model), site, 1_000)).toEqual(uses)
        expect(await taken.store.componentUses(modelKey(model), `${site}@3`, 1_000)).toEqual(uses)
        expect(await taken.store.componentUses(modelKey(model), site, 2)).toEqual(uses.slice(0, 2))
      }
      expect(await taken.store.componentUses(modelKey(model), '99.mlp.act_in[7]', 5)).toEqual([])
      await expect(taken.store.componentUses(modelKey(model), 'nonsense', 5)).rejects.toMatchObject({
        code: 'BAD_ADDRESS',
      })
    })

    it('remembers the expression of a subcircuit, once', async () => {
      const circuit = randomCircuit(240)
      const model = modelRecord(240)
      await taken.store.putCircuit(circuitRecord(circuit, 240))
      await taken.store.putModel(model)
      for (const [rootType, rootId] of [
        ['circuit', circuit.id],
        ['model', model.id],
      ] as const) {
        const record = { id: sha256Hex(rootId), rootType, rootId, expression: '{"nodes":"\ud83d\ude00"}' }
        expect(await taken.store.subcircuit(record.id)).toBeNull()
        await taken.store.putSubcircuit(record)
        await taken.store.putSubcircuit(record)
        expect(await taken.store.subcircuit(record.id)).toEqual(record)
      }
      const orphan = {
        id: sha256Hex('orphan'),
        rootType: 'circuit' as const,
        rootId: 'e'.repeat(64),
        expression: '{}',
      }
      await expect(taken.store.putSubcircuit(orphan)).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(await taken.store.subcircuit(orphan.id)).toBeNull()
    })
  })
}

function usesIn(circuit: Circuit, site: string): { circuitId: string; address: string }[] {
  const uses = (place: NodeAddress): boolean => printSite(place.site) === site
  return circuit.nodes
    .filter(({ place }) => uses(place))
    .map(({ address }) => ({ circuitId: circuit.id, address }))
}
