/**
 * What the child process of a kill test does: imports one random circuit after the other until it is killed, and says
 * on standard output which seed it begins and which it has finished.
 */
import type { CircuitStore } from '../../src/application/ports/circuit-store.js'
import { type CircuitShape, circuitRecord, randomCircuit } from './random-circuit.js'

/** Big enough that an import takes several transactions in either store. */
export const KILLED_SHAPE: CircuitShape = {
  nodes: 3_000,
  edges: 60_000,
  source: 'ATTRIBUTION_GRAPH',
  model: { kind: 'foreign', name: 'killed', dictionary: null },
}

export async function importForever(store: CircuitStore, firstSeed: number): Promise<never> {
  for (let seed = firstSeed; ; seed++) {
    const record = circuitRecord(randomCircuit(seed, KILLED_SHAPE), seed, { name: `killed ${seed}` })
    process.stdout.write(`begun ${seed}\n`)
    await store.putCircuit(record)
    process.stdout.write(`done ${seed}\n`)
  }
}
