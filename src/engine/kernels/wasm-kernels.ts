/**
 * The kernels in WebAssembly SIMD, over a model's shared memory: weights are read where they lie, operands are copied
 * into an arena of the memory and back, which costs a hundredth of the work on them.
 */
import { ARENA_HEAD, type KernelRoom } from '../../model/shared-heap.js'
import type { SparseMatrix } from '../../model/sparse-matrix.js'
import type { HeadShape } from '../attention.js'
import type { AttentionBackwardCall, AttentionCall, AttentionGradients, Kernels } from './kernels.js'
import { KERNELS_WASM } from './wasm-binary.js'

interface Exports {
  addProducts(
    s: number,
    r: number,
    v: number,
    columns: number,
    height: number,
    x: number,
    y: number,
    rows: number,
  ): void
  addDenseProducts(
    s: number,
    r: number,
    v: number,
    columns: number,
    height: number,
    x: number,
    y: number,
    rows: number,
    x4: number,
    y4: number,
  ): void
  transposedProducts(
    s: number,
    r: number,
    v: number,
    columns: number,
    height: number,
    g: number,
    x: number,
    rows: number,
    scratch: number,
  ): void
  absTopK(values: number, rows: number, width: number, k: number, kept: number, scratch: number): number
  gelu(values: number, count: number): void
  geluTopK(values: number, rows: number, width: number, k: number, kept: number, scratch: number): number
  attentionPattern(
    q: number,
    k: number,
    positions: number,
    width: number,
    dHead: number,
    from: number,
    hasSink: number,
    sink: number,
    pattern: number,
    keys: number,
  ): void
  attend(
    pattern: number,
    v: number,
    y: number,
    positions: number,
    width: number,
    dHead: number,
    from: number,
  ): void
  attendBackward(
    pattern: number,
    softmax: number,
    q: number,
    k: number,
    v: number,
    gy: number,
    gq: number,
    gk: number,
    gv: number,
    slopes: number,
    positions: number,
    width: number,
    dHead: number,
    from: number,
  ): void
  patternBackward(
    softmax: number,
    slopes: number,
    q: number,
    k: number,
    gq: number,
    gk: number,
    positions: number,
    width: number,
    dHead: number,
    from: number,
  ): void
}

let compiled: WebAssembly.Module | null = null

export class WasmKernels implements Kernels {
  readonly #code: Exports
  readonly #memory: WebAssembly.Memory
  readonly #arena: number
  readonly #end: number
  #top: number

  constructor({ memory, arenasFrom, arenaBytes, arena }: KernelRoom) {
    compiled ??= new WebAssembly.Module(Buffer.from(KERNELS_WASM, 'base64'))
    this.#memory = memory
    this.#arena = arenasFrom + arena * arenaBytes + ARENA_HEAD
    this.#end = this.#arena - ARENA_HEAD + arenaBytes
    this.#top = this.#arena
    const instance = new WebAssembly.Instance(compiled, { env: { memory } })
    this.#code = instance.exports as unknown as Exports
  }

  addProducts(matrix: SparseMatrix, x: Float64Array, y: Float64Array): void {
    this.#begin()
    const [s, r, v] = addresses(matrix)
    const [from, to, rows] = [this.#in(x), this.#in(y), x.length / matrix.columns]
    const [columns, height] = [matrix.columns, matrix.rows]
    // The sums are the same, column by column; only how many tokens share a weight differs.
    if (isMostlyNonzero(x)) {
      const [x4, y4] = [this.#room(4 * columns), this.#room(4 * height)]
      this.#code.addDenseProducts(s, r, v, columns, height, from, to, rows, x4, y4)
    } else this.#code.addProducts(s, r, v, columns, height, from, to, rows)
    this.#out(to, y)
  }

  transposedProducts(matrix: SparseMatrix, g: Float64Array): Float64Array {
    this.#begin()
    const rows = g.length / matrix.rows
    const x = new Float64Array(rows * matrix.columns)
    const [s, r, v] = addresses(matrix)
    const [from, to, scratch] = [this.#in(g), this.#room(x.length), this.#room(4 * matrix.rows)]
    this.#code.transposedProducts(s, r, v, matrix.columns, matrix.rows, from, to, rows, scratch)
    this.#out(to, x)
    return x
  }

  absTopK(values: Float64Array, width: number, k: number, kept: Uint8Array | null): number {
    return this.#cut(values, width, k, kept, this.#code.absTopK)
  }

  gelu(values: Float64Array): void {
    this.#begin()
    const at = this.#in(values)
    this.#code.gelu(at, values.length)
    this.#out(at, values)
  }

  geluTopK(values: Float64Array, width: number, k: number, kept: Uint8Array | null): number {
    return this.#cut(values, width, k, kept, this.#code.geluTopK)
  }

  attention({ shapes, q, k, v, sinks, y }: AttentionCall): void {
    this.#begin()
    const { positions } = shapes[0]!
    const [qs, ks, vs, ys] = [this.#in(q), this.#in(k), this.#in(v), this.#in(y)]
    const pattern = this.#room(positions * positions)
    const keys = this.#room(positions * shapes[0]!.dHead)
    shapes.forEach((shape, h) => {
      this.#pattern(shape, qs, ks, sinks?.[h], pattern, keys)
      this.#code.attend(pattern, vs, ys, positions, shape.width, shape.dHead, shape.from)
    })
    this.#out(ys, y)
  }

  patterns({ shapes, q, k, sinks }: Omit<AttentionCall, 'v' | 'y'>): Float64Array {
    this.#begin()
    const { positions, dHead } = shapes[0]!
    const square = positions * positions
    const out = new Float64Array(shapes.length * square)
    const [qs, ks] = [this.#in(q), this.#in(k)]
    const [pattern, keys] = [this.#room(square), this.#room(positions * dHead)]
    // Above the diagonal nothing is written, whatever lay there before.
    new Float64Array(this.#memory.buffer, pattern, square).fill(0)
    shapes.forEach((shape, h) => {
      this.#pattern(shape, qs, ks, sinks?.[h], pattern, keys)
      this.#out(pattern, out.subarray(h * square, (h + 1) * square))
    })
    return out
  }

  attend(shapes: readonly HeadShape[], pattern: Float64Array, v: Float64Array, y: Float64Array): void {
    this.#begin()
    const { positions } = shapes[0]!
    const square = positions * positions
    const [vs, ys, room] = [this.#in(v), this.#in(y), this.#room(square)]
    shapes.forEach((shape, h) => {
      this.#copy(room, pattern.subarray(h * square, (h + 1) * square))
      this.#code.attend(room, vs, ys, positions, shape.width, shape.dHead, shape.from)
    })
    this.#out(ys, y)
  }

  attentionBackward({ shapes, q, k, v, pattern, softmax, y }: AttentionBackwardCall): AttentionGradients {
    this.#begin()
    const { positions } = shapes[0]!
    const square = positions * positions
    const slopes = new Float64Array(pattern.length)
    const gv = new Float64Array(v.length)
    const [vs, gy, to] = [this.#in(v), this.#in(y), this.#in(gv)]
    const [weights, room] = [this.#room(square), this.#room(square)]
    new Float64Array(this.#memory.buffer, room, square).fill(0)
    shapes.forEach(({ width, dHead, from }, h) => {
      this.#copy(weights, pattern.subarray(h * square, (h + 1) * square))
      this.#code.attendBackward(weights, 0, 0, 0, vs, gy, 0, 0, to, room, positions, width, dHead, from)
      this.#out(room, slopes.subarray(h * square, (h + 1) * square))
    })
    this.#out(to, gv)
    return {
      v: gv,
      pattern: slopes,
      queriesAndKeys: () => this.#patternBackward(shapes, q, k, softmax, slopes),
    }
  }

  #patternBackward(
    shapes: readonly HeadShape[],
    q: Float64Array,
    k: Float64Array,
    softmax: Float64Array,
    slopes: Float64Array,
  ): { readonly q: Float64Array; readonly k: Float64Array } {
    this.#begin()
    const { positions } = shapes[0]!
    const square = positions * positions
    const own = { q: new Float64Array(q.length), k: new Float64Array(k.length) }
    const [qs, ks, gq, gk] = [this.#in(q), this.#in(k), this.#in(own.q), this.#in(own.k)]
    const [weights, room] = [this.#room(square), this.#room(square)]
    shapes.forEach(({ width, dHead, from }, h) => {
      this.#copy(weights, softmax.subarray(h * square, (h + 1) * square))
      this.#copy(room, slopes.subarray(h * square, (h + 1) * square))
      this.#code.patternBackward(weights, room, qs, ks, gq, gk, positions, width, dHead, from)
    })
    this.#out(gq, own.q)
    this.#out(gk, own.k)
    return own
  }

  #pattern(
    { positions, width, dHead, from }: HeadShape,
    q: number,
    k: number,
    sink: number | undefined,
    pattern: number,
    keys: number,
  ): void {
    const hasSink = sink === undefined ? 0 : 1
    this.#code.attentionPattern(q, k, positions, width, dHead, from, hasSink, sink ?? 0, pattern, keys)
  }

  #cut(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    code: Exports['absTopK'],
  ): number {
    if (k >= width || k <= 0) {
      if (code === this.#code.geluTopK) this.gelu(values)
      if (k <= 0) values.fill(0)
      kept?.fill(k <= 0 ? 0 : 1)
      return Number.POSITIVE_INFINITY
    }
    this.#begin()
    const [at, scratch] = [this.#in(values), this.#room(width)]
    const flags = kept === null ? 0 : this.#room(Math.ceil(kept.length / 8))
    const margin = code(at, values.length / width, width, k, flags, scratch)
    this.#out(at, values)
    kept?.set(new Uint8Array(this.#memory.buffer, flags, kept.length))
    return margin
  }

  /** Everything of the call before is free. */
  #begin(): void {
    this.#top = this.#arena
  }

  #room(length: number): number {
    const at = this.#top
    this.#top += 16 * Math.ceil(length / 2)
    if (this.#top > this.#end)
      throw new RangeError(`a kernel call needs more room than ${this.#end - this.#arena} bytes`)
    return at
  }

  #in(values: Float64Array): number {
    const at = this.#room(values.length)
    this.#copy(at, values)
    return at
  }

  #copy(at: number, values: Float64Array): void {
    new Float64Array(this.#memory.buffer, at, values.length).set(values)
  }

  #out(at: number, values: Float64Array): void {
    values.set(new Float64Array(this.#memory.buffer, at, values.length))
  }
}

function isMostlyNonzero(values: Float64Array): boolean {
  let count = 0
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++
  return 2 * count > values.length
}

function addresses({ columnStart, row, value }: SparseMatrix): readonly [number, number, number] {
  return [columnStart.byteOffset, row.byteOffset, value.byteOffset]
}
