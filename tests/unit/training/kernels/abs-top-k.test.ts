import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { absTopK } from '../../../../src/engine/abs-top-k.js'
import { openBackend } from '../../../../src/training/backends/open-backend.js'
import { absTopKRows } from '../../../../src/training/kernels/abs-top-k-rows.js'
import { absTopKOfTensor } from '../../../../src/training/kernels/tensor-abs-top-k.js'
import { wasmCutRows } from '../../../../src/training/kernels/wasm-cut-rows.js'

const inWasm = wasmCutRows()
const numbers = fc.oneof(
  fc.float({ min: -4, max: 4, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-5),
  fc.constantFrom(0, 1, -1, 0.5),
)

/** Three rows of a width, and k below it. */
const rows = fc.tuple(fc.integer({ min: 2, max: 21 }), fc.nat()).chain(([width, n]) =>
  fc.record({
    width: fc.constant(width),
    k: fc.constant(1 + (n % (width - 1))),
    values: fc.array(numbers, { minLength: 3 * width, maxLength: 3 * width }),
  }),
)

function executor(values: readonly number[], width: number, k: number) {
  const y = Float64Array.from(Float32Array.from(values))
  const kept = new Uint8Array(values.length)
  for (let at = 0; at < y.length; at += width) {
    const own = new Uint8Array(width)
    absTopK(y.subarray(at, at + width), 0, width, k, new Float64Array(width), own)
    kept.set(own, at)
  }
  return { y: [...y].map((value) => value + 0), kept: [...kept] }
}

describe('AbsTopK chooses as the executor does', () => {
  it.each([
    ['in TypeScript', absTopKRows],
    ['in WebAssembly', inWasm],
  ])('%s', (_, cut) => {
    fc.assert(
      fc.property(rows, ({ width, k, values }) => {
        const kept = new Float32Array(values.length)
        const y = cut(Float32Array.from(values), width, k, kept)
        expect({ y: [...y].map((value) => value + 0), kept: [...kept] }).toEqual(executor(values, width, k))
      }),
      { numRuns: 1_000 },
    )
  })

  it('out of tensor operations', async () => {
    await openBackend('cpu', { native: null })
    fc.assert(
      fc.property(rows, ({ width, k, values }) => {
        const found = tf.tidy(() => {
          const { y, kept } = absTopKOfTensor(tf.tensor2d(Float32Array.from(values), [3, width]), k)
          return { y: [...y.dataSync()].map((value) => value + 0), kept: [...kept.dataSync()] }
        })
        expect(found).toEqual(executor(values, width, k))
      }),
      { numRuns: 60 },
    )
  })
})
