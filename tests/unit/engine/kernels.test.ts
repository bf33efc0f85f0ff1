/** Compiled kernels against their twins in TypeScript, and a whole model on either. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { runToEnd } from '../../../src/domain/steps.js'
import { backward } from '../../../src/engine/backward.js'
import type { QueryKeyValue } from '../../../src/engine/kernels/kernels.js'
import { kernelsOf } from '../../../src/engine/kernels/kernels-of.js'
import { PlainKernels } from '../../../src/engine/kernels/plain-kernels.js'
import { KERNELS_WASM } from '../../../src/engine/kernels/wasm-binary.js'
import { WasmKernels } from '../../../src/engine/kernels/wasm-kernels.js'
import { newRun } from '../../../src/engine/run.js'
import { forward } from '../../../src/engine/sparse-transformer.js'
import { emptyTrace } from '../../../src/engine/trace.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { matrixBytes, SharedHeap } from '../../../src/model/shared-heap.js'
import { sparseMatrix } from '../../../src/model/sparse-matrix.js'
import { PlaceTap } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

const ROOT = join(__dirname, '../../..')
const plain = new PlainKernels()
const heap = SharedHeap.forWeights({ nonzero: 1e6, bytes: 2_000 * matrixBytes(40, 40 * 40) }, () => ({
  callBytes: 4 << 20,
  keptBytes: 1 << 20,
}))!
const wasm = new WasmKernels(heap.room)

/** Bits, so that −0 and +0 differ. */
const bits = (values: Float64Array): BigUint64Array =>
  new BigUint64Array(values.buffer, values.byteOffset, values.length)

/** Numbers of many sizes, zeros of both signs and repeated magnitudes. */
function values(length: number, seed: number, zeros: number): Float64Array {
  const random = seededRandom(seed)
  return Float64Array.from({ length }, () => {
    if (random.next() < zeros) return random.next() < 0.2 ? -0 : 0
    const sign = random.next() < 0.5 ? -1 : 1
    if (random.next() < 0.1) return sign * random.pick([0.25, 1, 1.5])
    return sign * (random.next() * 4) ** random.pick([1, 3, -2])
  })
}

const seed = fc.integer({ min: 1, max: 1e9 })
const size = (max: number) => fc.integer({ min: 1, max })
const share = fc.constantFrom(0, 0.3, 0.75, 1)

describe('the compiled kernels give the bits of the plain ones:', () => {
  it('products, forward and transposed', () => {
    fc.assert(
      fc.property(size(40), size(40), size(19), share, share, seed, (rows, columns, tokens, z, w, s) => {
        const dense = values(rows * columns, s, w)
        const [own, shared] = [sparseMatrix(dense, rows, columns), sparseMatrix(dense, rows, columns, heap)]
        const x = values(tokens * columns, s + 1, z)
        const bias = s % 3 === 0 ? null : values(rows, s + 2, 0.1).map((value) => value + 0)
        const [a, b] = [values(tokens * rows, s, 0), values(tokens * rows, s, 0)]
        plain.products(own, x, a, bias)
        wasm.products(shared, x, b, bias)
        expect(bits(b)).toEqual(bits(a))
        const g = values(tokens * rows, s + 3, z)
        if (tokens > 9) g.fill(0, 0, 9 * rows)
        const [d, e] = [values(tokens * columns, s, 0), values(tokens * columns, s, 0)]
        plain.transposedProducts(own, g, d)
        wasm.transposedProducts(shared, g, e)
        expect(bits(e)).toEqual(bits(d))
      }),
      { numRuns: 300 },
    )
  })

  it('AbsTopK: values, choices and margins, with ties and zeros, narrow and wide', () => {
    fc.assert(
      fc.property(
        fc.oneof(size(40), fc.constantFrom(255, 256, 257, 700, 1024)),
        size(4),
        fc.double({ min: 0, max: 1, noNaN: true }),
        share,
        fc.boolean(),
        seed,
        (width, rows, part, zeros, marked, s) => {
          const k = Math.round(part * width)
          const given = values(rows * width, s, zeros)
          for (const work of ['absTopK', 'geluTopK'] as const) {
            const [a, b] = [given.slice(), given.slice()]
            const [x, y] = [new Uint8Array(a.length), new Uint8Array(a.length).fill(9)]
            const expected = plain[work](a, width, k, x)
            expect(wasm[work](b, width, k, marked ? y : null)).toBe(expected)
            expect(bits(b)).toEqual(bits(a))
            if (marked) expect(y).toEqual(x)
          }
        },
      ),
      { numRuns: 600 },
    )
  })

  it('AbsTopK where the sample misleads', () => {
    // Every sampled place holds a large number, or a small one: the bounds lie on one side of the cut.
    for (const sampled of [10, 0.001]) {
      const row = Float64Array.from({ length: 1024 }, (_, i) => (i % 16 === 0 ? sampled : 1) * (1 + i / 4096))
      const [a, b] = [row.slice(), row.slice()]
      expect(wasm.absTopK(b, 1024, 256, null)).toBe(plain.absTopK(a, 1024, 256, null))
      expect(bits(b)).toEqual(bits(a))
    }
  })

  it('GELU, in every range of erf and of exp', () => {
    const all = [0, -0, 5e-324, 1e-300, 0.2, 0.6629, 0.663, 1, 5.65, 5.66, 20, 37.6, 37.7, 38, 1e3, 1e300]
    const given = Float64Array.from([...all, ...all.map((x) => -x), ...values(10_001, 5, 0)])
    const [a, b] = [given.slice(), given.slice()]
    plain.gelu(a)
    wasm.gelu(b)
    expect(bits(b)).toEqual(bits(a))
    const [c, d] = [0, 1].map(() => values(given.length, 6, 0.4)) as [Float64Array, Float64Array]
    plain.geluBackward(c, given)
    wasm.geluBackward(d, given)
    expect(bits(d)).toEqual(bits(c))
  })

  it('attention with and without sinks and kept patterns, and the way back', () => {
    fc.assert(
      fc.property(
        size(20),
        size(3),
        size(17),
        share,
        fc.boolean(),
        seed,
        (positions, heads, dHead, z, sunk, s) => {
          const shape = { positions, heads, dHead }
          const length = positions * heads * dHead
          const [q, k, v] = [values(length, s, z), values(length, s + 1, z), values(length, s + 2, z)]
          const sinks = sunk ? values(heads, s + 3, 0) : null
          const square = heads * positions * positions
          const [a, b, c] = [new Float64Array(length), new Float64Array(length), new Float64Array(length)]
          const [p, r] = [new Float64Array(square), new Float64Array(square)]
          const from = 0
          plain.attention({ shape, q, k, v, sinks, from, y: a, pattern: p })
          wasm.attention({ shape, q, k, v, sinks, from, y: b, pattern: r })
          wasm.attention({ shape, q, k, v, sinks, from, y: c, pattern: null })
          expect(bits(b)).toEqual(bits(a))
          expect(bits(c)).toEqual(bits(a))
          expect(bits(r)).toEqual(bits(p))
          const again = new Float64Array(length)
          wasm.attend(shape, r, v, again)
          expect(again).toEqual(a)
          const late = s % positions
          const [d, e] = [values(length, s, 0), values(length, s, 0)]
          plain.attention({ shape, q, k, v, sinks, from: late, y: d, pattern: null })
          wasm.attention({ shape, q, k, v, sinks, from: late, y: e, pattern: null })
          expect(bits(d)).toEqual(bits(a.fill(0, 0, late * heads * dHead)))
          expect(bits(e)).toEqual(bits(a))
          const y = values(length, s + 4, 0.2)
          if (positions > 9) y.fill(0, 0, 9 * heads * dHead)
          const call = { shape, q, k, v, pattern: p, softmax: p, y }
          const [back, forth] = [plain.attentionBackward(call), wasm.attentionBackward(call)]
          expect(forth.v).toEqual(back.v)
          expect(forth.pattern).toEqual(back.pattern)
          expect(forth.queriesAndKeys()).toEqual(back.queriesAndKeys())
          const anew = { shape, q, k, v, sinks, y }
          const [f, g] = [0, 1].map(() => {
            const room = () => values(length, s + 5, 0)
            return { q: room(), k: room(), v: room() }
          }) as [QueryKeyValue, QueryKeyValue]
          plain.attentionGradients(anew, f)
          wasm.attentionGradients(anew, g)
          expect(f).toEqual({ ...back.queriesAndKeys(), v: back.v })
          expect(g).toEqual(f)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('on arrays that they lent, which are not copied, and lend no more than they have', () => {
    const given = values(40 * 40, 8, 0.5)
    const matrix = sparseMatrix(given, 40, 40, heap)
    const [x, y] = [wasm.lend(400)!, wasm.lend(400)!]
    x.set(values(400, 9, 0.5))
    const [a, b] = [x.slice(), new Float64Array(400)]
    wasm.products(matrix, x, y, null)
    plain.products(matrix, a, b, null)
    expect(bits(y)).toEqual(bits(b))
    expect(wasm.absTopK(y, 40, 7, null)).toBe(plain.absTopK(b, 40, 7, null))
    expect(bits(y)).toEqual(bits(b))
    expect(x.slice()).toEqual(a)
    expect(wasm.lend(1 << 18)).toBeNull()
    wasm.begin(false)
    expect(wasm.lend(400)!.byteOffset).toBe(x.byteOffset)
    wasm.begin(false)
  })

  it('are what the source compiles to', () => {
    const script = `import { compileKernels } from ${JSON.stringify(join(ROOT, 'bin/build-kernels.mjs'))}
      process.stdout.write(Buffer.from(await compileKernels()).toString('base64'))`
    const binary = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(binary).toBe(KERNELS_WASM)
  }, 60_000)
})

describe('a memory', () => {
  it('has as many arenas as fit beside the weights, and none for a model that is too large', () => {
    const arena = { callBytes: 3e8, keptBytes: 1e8 }
    const { room } = SharedHeap.forWeights({ nonzero: 1e6, bytes: 1e6 }, () => arena)!
    expect(room.arenas).toBe(10)
    expect(room.memory.buffer.byteLength).toBe(room.arenasFrom + 10 * room.arenaBytes)
    expect(SharedHeap.forWeights({ nonzero: 1e9, bytes: 4.1e9 }, () => arena)).toBeNull()
    expect(SharedHeap.forWeights({ nonzero: 10, bytes: 1e3 }, () => arena)).toBeNull()
  })
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

  it('gives the bits of plain loops: logits and every gradient', () => {
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
    expect(a.margin).toBe(b.margin)
    expect(a.logits).toEqual(b.logits)
    expect([...a.found.keys()]).toEqual([...b.found.keys()])
    for (const [tap, gradient] of a.found) expect(gradient).toEqual(b.found.get(tap))
  })

  it('gives the same gradients whether patterns are kept and rows that nobody looks at are worked out or not', () => {
    const of = (more: { keepsPatterns: boolean; skipsRows: boolean; kernels?: PlainKernels }) => {
      const trace = emptyTrace(more)
      const firstRow = tokens.length - 2
      const run = newRun(model, tokens, new PlaceTap(), { firstRow, ...more, trace })
      const logits = runToEnd(forward(run))
      const gradient = new Float64Array(logits.length)
      gradient[logits.length - 1] = 1
      gradient[logits.length - 70] = -0.5
      const found = new Map<string, Float64Array>()
      const at = (tap: string, values_: Float64Array): void => {
        if (!tap.endsWith('pattern')) found.set(tap, values_.slice())
      }
      runToEnd(backward(run, trace, gradient, { at }))
      return { logits, found }
    }
    const whole = of({ keepsPatterns: true, skipsRows: false })
    expect(whole.found.size).toBeGreaterThan(20)
    for (const keepsPatterns of [true, false])
      for (const kernels of [undefined, plain])
        expect(of({ keepsPatterns, skipsRows: true, ...(kernels === undefined ? {} : { kernels }) })).toEqual(
          whole,
        )
  })

  it('has the same bits with and without a trace', () => {
    const traced = runToEnd(forward(newRun(model, tokens, new PlaceTap(), { trace: emptyTrace() })))
    expect(runToEnd(forward(newRun(model, tokens, new PlaceTap())))).toEqual(traced)
  })
})
