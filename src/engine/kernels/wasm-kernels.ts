/**
 * The kernels in WebAssembly SIMD (sources in assembly/), over a model's shared memory: weights are read where they lie,
 * operands are copied into an arena of the memory and back.
 */
import { ARENA_HEAD, type KernelRoom } from '../../model/shared-heap.js'
import type { SparseMatrix } from '../../model/sparse-matrix.js'
import type {
  AttentionBackwardCall,
  AttentionCall,
  AttentionGradients,
  AttentionShape,
  Kernels,
} from './kernels.js'
import { KERNELS_WASM } from './wasm-binary.js'

/** Addresses and lengths; what they mean stands with the sources. */
interface Exports {
  addProducts(...of: number[]): void
  transposedProducts(...of: number[]): void
  absTopKRows(...of: number[]): number
  gelu(...of: number[]): void
  geluTopKRows(...of: number[]): number
  attention(...of: number[]): void
  attend(...of: number[]): void
  attendBackward(...of: number[]): void
  patternBackward(...of: number[]): void
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
    const [from, to, tile] = [this.#in(x), this.#in(y), this.#room(8 * (matrix.rows + 4))]
    this.#code.addProducts(...addresses(matrix), from, to, x.length / matrix.columns, tile)
    this.#out(to, y)
  }

  transposedProducts(matrix: SparseMatrix, g: Float64Array): Float64Array {
    this.#begin()
    const rows = g.length / matrix.rows
    const x = new Float64Array(rows * matrix.columns)
    const [from, to, tile] = [this.#in(g), this.#room(x.length), this.#room(8 * matrix.rows)]
    this.#code.transposedProducts(...addresses(matrix), from, to, rows, tile)
    this.#out(to, x)
    return x
  }

  absTopK(values: Float64Array, width: number, k: number, kept: Uint8Array | null): number {
    return this.#cut(values, width, k, kept, this.#code.absTopKRows)
  }

  gelu(values: Float64Array): void {
    this.#begin()
    const at = this.#in(values)
    this.#code.gelu(at, values.length)
    this.#out(at, values)
  }

  geluTopK(values: Float64Array, width: number, k: number, kept: Uint8Array | null): number {
    if (k <= 0 || k >= width) this.gelu(values)
    return this.#cut(values, width, k, kept, this.#code.geluTopKRows)
  }

  attention({ shape, q, k, v, sinks, y, pattern }: AttentionCall): void {
    const { positions, heads, dHead } = shape
    const width = heads * dHead
    this.#begin()
    const operands = [q, k, v].map((values) => this.#in(values))
    const to = this.#room(y.length)
    const sink = sinks === null ? 0 : this.#in(sinks)
    const scratch = this.#room(positions * (4 * dHead + 9) + 16 * dHead + 9)
    if (pattern === null) {
      this.#code.attention(positions, heads, dHead, width, ...operands, sink, to, 0, scratch)
    } else {
      // A head at a time: patterns of all heads can be larger than an arena.
      const square = this.#zeros(positions ** 2)
      for (let h = 0; h < heads; h++) {
        const from = 8 * h * dHead
        const own = operands.map((at) => at + from)
        const ownSink = sink === 0 ? 0 : sink + 8 * h
        this.#code.attention(positions, 1, dHead, width, ...own, ownSink, to + from, square, scratch)
        this.#out(square, headOf(pattern, h, positions))
      }
    }
    this.#out(to, y)
  }

  attend(shape: AttentionShape, pattern: Float64Array, v: Float64Array, y: Float64Array): void {
    const { positions, heads, dHead } = shape
    this.#begin()
    const [values, to] = [this.#in(v), this.#in(y)]
    const [square, scratch] = [this.#room(positions ** 2), this.#room(positions * dHead)]
    for (let h = 0; h < heads; h++) {
      const from = 8 * h * dHead
      this.#copy(square, headOf(pattern, h, positions))
      this.#code.attend(positions, 1, dHead, heads * dHead, square, values + from, to + from, scratch)
    }
    this.#out(to, y)
  }

  attentionBackward(call: AttentionBackwardCall): AttentionGradients {
    const { shape, q, k, v, pattern, softmax, y, keepsPattern } = call
    const { positions, heads, dHead } = shape
    this.#begin()
    const slopes = new Float64Array(keepsPattern ? pattern.length : 0)
    const own = { q: new Float64Array(q.length), k: new Float64Array(k.length) }
    const gv = new Float64Array(v.length)
    const [values, gy, to] = [this.#in(v), this.#in(y), this.#room(gv.length)]
    const [weights, square] = [this.#room(positions ** 2), this.#zeros(positions ** 2)]
    const [queries, keys] = [this.#in(q), this.#in(k)]
    const [gq, gk] = [this.#room(q.length), this.#room(k.length)]
    const scratch = this.#room(4 * positions * dHead + positions)
    for (let h = 0; h < heads; h++) {
      const from = 8 * h * dHead
      this.#copy(weights, headOf(pattern, h, positions))
      const operands = [weights, values + from, gy + from, square, to + from]
      this.#code.attendBackward(positions, 1, dHead, heads * dHead, ...operands, scratch)
      if (keepsPattern) {
        this.#out(square, headOf(slopes, h, positions))
        continue
      }
      if (softmax !== pattern) this.#copy(weights, headOf(softmax, h, positions))
      const both = [weights, square, queries + from, keys + from, gq + from, gk + from]
      this.#code.patternBackward(positions, 1, dHead, heads * dHead, ...both, scratch)
    }
    this.#out(to, gv)
    if (keepsPattern)
      return {
        v: gv,
        pattern: slopes,
        queriesAndKeys: () => this.#patternBackward(shape, q, k, softmax, slopes),
      }
    this.#out(gq, own.q)
    this.#out(gk, own.k)
    return { v: gv, pattern: slopes, queriesAndKeys: () => own }
  }

  #patternBackward(
    { positions, heads, dHead }: AttentionShape,
    q: Float64Array,
    k: Float64Array,
    softmax: Float64Array,
    slopes: Float64Array,
  ): { readonly q: Float64Array; readonly k: Float64Array } {
    this.#begin()
    const own = { q: new Float64Array(q.length), k: new Float64Array(k.length) }
    const [queries, keys] = [this.#in(q), this.#in(k)]
    const [gq, gk] = [this.#room(q.length), this.#room(k.length)]
    const [weights, square] = [this.#room(positions ** 2), this.#room(positions ** 2)]
    const scratch = this.#room(4 * positions * dHead + positions)
    for (let h = 0; h < heads; h++) {
      const from = 8 * h * dHead
      this.#copy(weights, headOf(softmax, h, positions))
      this.#copy(square, headOf(slopes, h, positions))
      const operands = [weights, square, queries + from, keys + from, gq + from, gk + from]
      this.#code.patternBackward(positions, 1, dHead, heads * dHead, ...operands, scratch)
    }
    this.#out(gq, own.q)
    this.#out(gk, own.k)
    return own
  }

  #cut(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    code: (...of: number[]) => number,
  ): number {
    if (k >= width || k <= 0) {
      if (k <= 0) values.fill(0)
      kept?.fill(k <= 0 ? 0 : 1)
      return Number.POSITIVE_INFINITY
    }
    this.#begin()
    const [at, scratch] = [this.#in(values), this.#room(width + 64)]
    const flags = kept === null ? 0 : this.#room(Math.ceil(kept.length / 8))
    const margin = code(at, values.length / width, width, k, scratch, flags)
    this.#out(at, values)
    kept?.set(new Uint8Array(this.#memory.buffer, flags, kept.length))
    return margin
  }

  /** Everything of the call before is free. */
  #begin(): void {
    this.#top = this.#arena
  }

  /** Room for `length` numbers. */
  #room(length: number): number {
    const at = this.#top
    this.#top += 16 * Math.ceil(length / 2)
    if (this.#top > this.#end)
      throw new RangeError(`a kernel call needs more room than ${this.#end - this.#arena} bytes`)
    return at
  }

  #zeros(length: number): number {
    const at = this.#room(length)
    new Float64Array(this.#memory.buffer, at, length).fill(0)
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

/** [query, key] of one head. */
function headOf(patterns: Float64Array, head: number, positions: number): Float64Array {
  return patterns.subarray(head * positions ** 2, (head + 1) * positions ** 2)
}

function addresses({ rows, columns, columnStart, row, value }: SparseMatrix): readonly number[] {
  return [rows, columns, columnStart.byteOffset, row.byteOffset, value.byteOffset]
}
