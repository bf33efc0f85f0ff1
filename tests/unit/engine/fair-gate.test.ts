/** Who is let through, in which turn. */
import { setImmediate } from 'node:timers/promises'
import { FairGate } from '../../../src/engine/fair-gate.js'

function watched(gate: FairGate) {
  const seen: string[] = []
  const open: (() => void)[] = []
  return {
    seen,
    /** Lets the oldest running piece end. */
    async release(): Promise<void> {
      open.shift()!()
      await setImmediate()
    },
    ask: (owner: object, name: string): Promise<void> =>
      gate.run(owner, () => {
        seen.push(name)
        return new Promise<void>((end) => open.push(end))
      }),
  }
}

describe('the gate of long work', () => {
  it('lets no more through than it has places', async () => {
    const { seen, ask, release } = watched(new FairGate(2))
    const owner = {}
    for (const name of ['1', '2', '3']) void ask(owner, name)
    await setImmediate()
    expect(seen).toEqual(['1', '2'])
    await release()
    expect(seen).toEqual(['1', '2', '3'])
  })

  it('serves two owners in turn, however much one of them asked before', async () => {
    const { seen, ask, release } = watched(new FairGate(1))
    const [large, small] = [{}, {}]
    for (const name of ['L1', 'L2', 'L3', 'L4']) void ask(large, name)
    for (const name of ['s1', 's2']) void ask(small, name)
    for (let i = 0; i < 5; i++) await release()
    expect(seen).toEqual(['L1', 'L2', 's1', 'L3', 's2', 'L4'])
  })

  it('frees the place of work that failed', async () => {
    const gate = new FairGate(1)
    await expect(gate.run({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(gate.run({}, async () => 'yes')).resolves.toBe('yes')
  })
})
