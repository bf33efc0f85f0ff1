/** Compiled kernels against their twins in TypeScript, and a whole model on either. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { backward } from '../../../src/engine/backward.js'
import { kernelsOf } from '../../../src/engine/kernels/kernels-of.js'
import { PlainKernels } from '../../../src/engine/kernels/plain-kernels.js'
import { KERNELS_WASM } from '../../../src/engine/kernels/wasm-binary.js'
import { WasmKernels } from '../../../src/engine/kernels/wasm-kernels.js'
import { newRun } from '../../../src/engine/run.js'
import { forward } from '../../../src/engine/sparse-transformer.js'
import { runToEnd } from '../../../src/engine/steps.js'
import { emptyTrace } from '../../../src/engine/trace.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { matrixBytes, SharedHeap } from '../../../src/model/shared-heap.js'
import { sparseMatrix } from '../../../src/model/sparse-matrix.js'
import { PlaceTap } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'
import { largestDifference } from '../../support/reference-model.js'
import { seededRandom } from '../../support/seeded-random.js'

const ROOT = join(__dirname, '../../..')
const plain = new PlainKernels()
const random = seededRandom(5)
const heap = SharedHeap.forWeights({ nonzero: 1e6, bytes: 40 * matrixBytes(64, 64 * 48) }, 4 << 20)!
const compiled = new WasmKernels(heap.room)

/** Values of which some are zero, some tie. */
function values(length: number, zeros = 0.4): Float64Array {
  return Float64Array.from({ length }, () =>
    random.next() < zeros
      ? 0
      : Math.round((4 * random.next() - 2) * 64) / 64 + (random.next() < 0.5 ? random.next() : 0),
  )
}

describe('the compiled kernels', () => {
  it('multiply sparse matrices with the same bits, forward and transposed', () => {
    for (const [rows, columns] of [
      [48, 64],
      [1, 7],
      [33, 5],
    ] as const) {
      const dense = values(rows * columns, 0.7)
      const [own, shared] = [sparseMatrix(dense, rows, columns), sparseMatrix(dense, rows, columns, heap)]
      for (const [tokens, zeros] of [
        [1, 0.7],
        [3, 0.1],
        [4, 0.7],
        [9, 0.1],
      ] as const) {
        const x = values(tokens * columns, zeros)
        const [a, b] = [values(tokens * rows), new Float64Array(tokens * rows)]
        b.set(a)
        plain.addProducts(own, x, a)
        compiled.addProducts(shared, x, b)
        expect(b).toEqual(a)
        const g = values(tokens * rows)
        expect(compiled.transposedProducts(shared, g)).toEqual(plain.transposedProducts(own, g))
      }
    }
  })

  it('cut with the same choice, ties and margins', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(0, -0, 1, -1, 2, 0.5),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
          ),
          {
            minLength: 12,
            maxLength: 12,
          },
        ),
        fc.integer({ min: 0, max: 7 }),
        (drawn, k) => {
          const [a, b] = [Float64Array.from(drawn), Float64Array.from(drawn)]
          const [keptA, keptB] = [new Uint8Array(12), new Uint8Array(12)]
          const marginA = plain.absTopK(a, 6, k, keptA)
          expect(compiled.absTopK(b, 6, k, keptB)).toBe(marginA)
          expect(Array.from(b, (x) => x + 0)).toEqual(Array.from(a, (x) => x + 0))
          expect(keptB).toEqual(keptA)
        },
      ),
    )
  })

  it('take GELU to the last few bits, and with the cut the same entries', () => {
    const x = Float64Array.from({ length: 20_001 }, (_, i) => (i - 10_000) / 500)
    const [a, b] = [x.slice(), x.slice()]
    plain.gelu(a)
    compiled.gelu(b)
    a.forEach((value, i) => {
      expect(Math.abs(b[i]! - value)).toBeLessThanOrEqual(1e-15 * Math.abs(value) + 1e-300)
    })
    for (const scale of [0.1, 1, 5]) {
      const rows = Float64Array.from({ length: 4 * 64 }, () => scale * (2 * random.next() - 1))
      const [c, d] = [rows.slice(), rows.slice()]
      const [keptC, keptD] = [new Uint8Array(256), new Uint8Array(256)]
      const margin = plain.geluTopK(c, 64, 16, keptC)
      expect(compiled.geluTopK(d, 64, 16, keptD)).toBeCloseTo(margin, 14)
      expect(keptD).toEqual(keptC)
      expect(largestDifference(c, d)).toBeLessThan(1e-15 * scale * 4)
    }
  })

  it.each([null, Float64Array.of(0.3, -2)])(
    'attend with the same patterns, sinks %p, forward and back',
    (sinks) => {
      const [positions, heads, dHead] = [7, 2, 3]
      const width = heads * dHead
      const shapes = Array.from({ length: heads }, (_, h) => ({ positions, width, dHead, from: h * dHead }))
      const [q, k, v] = [1, 2, 3].map(() => values(positions * width, 0.1)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ]
      const pattern = plain.patterns({ shapes, q, k, sinks })
      expect(largestDifference(compiled.patterns({ shapes, q, k, sinks }), pattern)).toBeLessThan(1e-15)
      const [a, b] = [new Float64Array(q.length), new Float64Array(q.length)]
      plain.attention({ shapes, q, k, v, sinks, y: a })
      compiled.attention({ shapes, q, k, v, sinks, y: b })
      expect(largestDifference(a, b)).toBeLessThan(1e-14)
      const again = new Float64Array(q.length)
      compiled.attend(shapes, compiled.patterns({ shapes, q, k, sinks }), v, again)
      expect(again).toEqual(b)
      const y = values(q.length)
      const call = { shapes, q, k, v, pattern, softmax: pattern, y }
      const [back, forth] = [plain.attentionBackward(call), compiled.attentionBackward(call)]
      expect(forth.v).toEqual(back.v)
      expect(forth.pattern).toEqual(back.pattern)
      expect(forth.queriesAndKeys()).toEqual(back.queriesAndKeys())
    },
  )

  it('are what the source compiles to', () => {
    const script = `import { compileKernels } from ${JSON.stringify(join(ROOT, 'bin/build-kernels.mjs'))}
      process.stdout.write(Buffer.from(await compileKernels()).toString('base64'))`
    const binary = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(binary).toBe(KERNELS_WASM)
  }, 60_000)
})

describe('a model large enough for them', () => {
  const config = microConfig({
    d_model: 128,
    d_mlp: 512,
    n_head: 4,
    d_head: 16,
    block_size: 24,
    vocab_size: 64,
    afrac: 0.3,
    sink: true,
    afrac_loctypes: 'attn_in,attn_out,mlp_in,mlp_out,mlp_neuron',
  })
  const model = prepareModel(randomModel(config, 6, 0.5))
  const tokens = Array.from({ length: 24 }, (_, i) => (i * 7) % 64)

  it('gets them, with its matrices in shared memory', () => {
    expect(model.room).not.toBeNull()
    expect(kernelsOf(model)).toBeInstanceOf(WasmKernels)
    // A memory that has grown has another buffer object over the same bytes.
    const { value: weights } = model.layers[0]!.mlpIn.weight
    const seen = new Float64Array(model.room!.memory.buffer, weights.byteOffset, weights.length)
    expect(seen).toEqual(weights)
    // Weights once: 12 bytes each, and columns.
    const { columnStart, value } = model.layers[1]!.mlpOut.weight
    expect(value.byteOffset).toBeGreaterThan(columnStart.byteOffset)
  })

  it('gives what plain loops give: logits and every gradient', () => {
    const of = (kernels: PlainKernels | undefined) => {
      const trace = emptyTrace()
      const more = kernels === undefined ? { trace } : { trace, kernels }
      const run = newRun(model, tokens, new PlaceTap(), more)
      const logits = runToEnd(forward(run))
      const gradient = new Float64Array(logits.length)
      gradient[logits.length - 1] = 1
      const found = new Map<string, Float64Array>()
      runToEnd(backward(run, trace, gradient, { at: (tap, values_) => found.set(tap, values_.slice()) }))
      return { logits, found, margin: run.margin.smallest }
    }
    const [a, b] = [of(undefined), of(plain)]
    expect(b.margin).toBeGreaterThan(1e-9)
    expect(a.margin).toBeCloseTo(b.margin, 12)
    expect(largestDifference(a.logits, b.logits)).toBeLessThan(1e-11)
    expect([...a.found.keys()]).toEqual([...b.found.keys()])
    for (const [tap, gradient] of a.found)
      expect(largestDifference(gradient, b.found.get(tap)!)).toBeLessThan(1e-11)
  })

  it('has the same bits with and without a trace', () => {
    const traced = runToEnd(forward(newRun(model, tokens, new PlaceTap(), { trace: emptyTrace() })))
    expect(runToEnd(forward(newRun(model, tokens, new PlaceTap())))).toEqual(traced)
  })
})
