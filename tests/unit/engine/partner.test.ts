/** Offers to a second thread: what it does not begin is taken back, what it fails at is done here. */
import { Worker } from 'node:worker_threads'
import {
  CONTROL_BYTES,
  FAILED,
  IDLE,
  OFFERED,
  Partner,
  type PartnerData,
  STATE,
} from '../../../src/engine/kernels/partner.js'
import type { WasmCode } from '../../../src/engine/kernels/wasm-code.js'

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })

function counting() {
  const calls: number[][] = []
  const code = {
    absTopKRows: (...of: number[]) => {
      calls.push(of)
      return of[0]! / 2
    },
  } as unknown as WasmCode
  return { code, calls }
}

/** A thread that waits for an offer, and answers it with `state` and the sum of its arguments. */
function answering(state: number) {
  return ({ control }: PartnerData): Worker =>
    new Worker(
      `const { workerData: { control, state } } = require('node:worker_threads')
       const cells = new Int32Array(control, 0, 27)
       Atomics.wait(cells, 0, ${IDLE})
       Atomics.compareExchange(cells, 0, ${OFFERED}, 2)
       new Float64Array(control, ${CONTROL_BYTES - 8}, 1)[0] = cells.slice(3, 3 + cells[2]).reduce((a, b) => a + b, 0)
       Atomics.store(cells, 0, state)
       Atomics.notify(cells, 0)`,
      { eval: true, workerData: { control, state } },
    )
}

/** Busy until the offer is taken, so that it cannot be taken back. */
function waitingFor(cells: Int32Array) {
  return {
    absTopKRows: (...of: number[]) => {
      while (Atomics.load(cells, STATE) === OFFERED);
      return of[0]! / 2
    },
  } as unknown as WasmCode
}

describe('a partner', () => {
  it('that never begins leaves its half to the first thread', () => {
    const { code, calls } = counting()
    const partner = new Partner(memory, code, () => {})
    expect(partner.both('absTopKRows', [8, 1], [6, 1])).toEqual([4, 3])
    expect(calls).toEqual([
      [8, 1],
      [6, 1],
    ])
  })

  it('gives what it found', async () => {
    let cells: Int32Array = new Int32Array(1)
    let thread: Worker | undefined
    const late = {
      absTopKRows: (...of: number[]) => waitingFor(cells).absTopKRows(...of),
    } as unknown as WasmCode
    const partner = new Partner(memory, late, (data) => {
      cells = new Int32Array(data.control)
      thread = answering(3)(data)
    })
    expect(partner.both('absTopKRows', [8], [6, 5])).toEqual([4, 11])
    await thread!.terminate()
  })

  it('that fails is not asked again', async () => {
    let cells: Int32Array = new Int32Array(1)
    let thread: Worker | undefined
    const seen: number[][] = []
    const late = {
      absTopKRows: (...of: number[]) => {
        seen.push(of)
        if (seen.length === 1) while (Atomics.load(cells, STATE) === OFFERED);
        return of[0]! / 2
      },
    } as unknown as WasmCode
    const partner = new Partner(memory, late, (data) => {
      cells = new Int32Array(data.control)
      thread = answering(FAILED)(data)
    })
    expect(partner.both('absTopKRows', [8], [6])).toEqual([4, 3])
    expect(partner.both('absTopKRows', [2], [4])).toEqual([1, 2])
    expect(seen).toEqual([[8], [6], [2], [4]])
    await thread!.terminate()
  })
})
