/**
 * The kernels in WebAssembly SIMD (sources in assembly/), over a model's shared memory: weights are read where they lie,
 * operands are copied into an arena of the memory and back.
 */
import type { KernelRoom } from '../../model/shared-heap.js'
import type { SparseMatrix } from '../../model/sparse-matrix.js'
import { ArenaRoom } from './arena-room.js'
import { KernelThreads } from './kernel-threads.js'
import type {
  AttentionBackwardCall,
  AttentionCall,
  AttentionGradients,
  AttentionGradientsCall,
  AttentionShape,
  Kernels,
  QueryKeyValue,
} from './kernels.js'
import { WasmAttention } from './wasm-attention.js'
import { WasmAttentionBackward } from './wasm-attention-backward.js'

/** Rows that products take together. */
const TILE = 8
/** Slopes of GELU are packed by 1,024; the last of them may be looked past. */
const PACKED = 1025

export class WasmKernels implements Kernels {
  readonly #room: ArenaRoom
  readonly #threads: KernelThreads
  readonly #attention: WasmAttention
  readonly #attentionBackward: WasmAttentionBackward

  constructor(room: KernelRoom) {
    this.#room = new ArenaRoom(room)
    this.#threads = new KernelThreads(room.memory)
    this.#attention = new WasmAttention(this.#room, this.#threads)
    this.#attentionBackward = new WasmAttentionBackward(this.#room, this.#threads)
  }

  /** A task begins: what the one before was lent is free. May a second thread help it? That changes no bit. */
  begin(helped: boolean): void {
    this.#room.takeBack()
    this.#threads.helped = helped
  }

  lend(length: number): Float64Array | null {
    return this.#room.lend(length)
  }

  products(matrix: SparseMatrix, x: Float64Array, y: Float64Array, bias: Float64Array | null): void {
    this.#room.begin()
    const begins = bias === null ? 0 : this.#room.in(bias)
    const [from, to] = [this.#room.in(x), this.#room.target(y)]
    this.#products('products', matrix, from, to, x.length / matrix.columns, {
      input: matrix.columns,
      output: matrix.rows,
      tile: 8 * (matrix.rows + 4),
      more: [begins],
    })
    this.#room.out(to, y)
  }

  transposedProducts(matrix: SparseMatrix, g: Float64Array, x: Float64Array): void {
    this.#room.begin()
    const rows = g.length / matrix.rows
    const [from, to] = [this.#room.in(g), this.#room.target(x)]
    this.#products('transposedProducts', matrix, from, to, rows, {
      input: matrix.rows,
      output: matrix.columns,
      tile: 8 * matrix.rows,
      more: [],
    })
    this.#room.out(to, x)
  }

  /** Row lengths in numbers, how many numbers a tile needs, and what else the call takes. */
  #products(
    name: 'products' | 'transposedProducts',
    matrix: SparseMatrix,
    from: number,
    to: number,
    rows: number,
    {
      input,
      output,
      tile,
      more,
    }: Readonly<Record<'input' | 'output' | 'tile', number>> & { readonly more: readonly number[] },
  ): void {
    const mine = Math.min(rows, TILE * Math.ceil(rows / this.#threads.lanes(rows).length / TILE))
    const calls = [[...addresses(matrix), from, to, mine, this.#room.take(tile), ...more]]
    if (mine < rows) {
      const behind = [from + 8 * mine * input, to + 8 * mine * output]
      calls.push([...addresses(matrix), ...behind, rows - mine, this.#room.take(tile), ...more])
    }
    this.#threads.run(name, calls)
  }

  absTopK(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    margins: Float64Array | null = null,
  ): number {
    return this.#cut(values, width, k, kept, margins, 'absTopKRows')
  }

  gelu(values: Float64Array): void {
    this.#room.begin()
    const at = this.#room.in(values)
    this.#threads.run('gelu', [[at, values.length]])
    this.#room.out(at, values)
  }

  geluBackward(gradient: Float64Array, input: Float64Array): void {
    this.#room.begin()
    const [at, from] = [this.#room.in(gradient), this.#room.in(input)]
    const half = Math.ceil(gradient.length / this.#threads.lanes(gradient.length).length)
    const scratch = (): number => this.#room.take(PACKED)
    const calls = [[at, from, half, scratch()]]
    if (half < gradient.length)
      calls.push([at + 8 * half, from + 8 * half, gradient.length - half, scratch()])
    this.#threads.run('geluBackward', calls)
    this.#room.out(at, gradient)
  }

  geluTopK(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    margins: Float64Array | null = null,
  ): number {
    if (k <= 0 || k >= width) this.gelu(values)
    return this.#cut(values, width, k, kept, margins, 'geluTopKRows')
  }

  attention(call: AttentionCall): void {
    this.#attention.attention(call)
  }

  attend(shape: AttentionShape, pattern: Float64Array, v: Float64Array, y: Float64Array): void {
    this.#attention.attend(shape, pattern, v, y)
  }

  attentionBackward(call: AttentionBackwardCall): AttentionGradients {
    return this.#attentionBackward.attentionBackward(call)
  }

  attentionGradients(call: AttentionGradientsCall, into: QueryKeyValue): void {
    this.#attentionBackward.attentionGradients(call, into)
  }

  #cut(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    margins: Float64Array | null,
    name: 'absTopKRows' | 'geluTopKRows',
  ): number {
    margins?.fill(Number.POSITIVE_INFINITY)
    if (k >= width || k <= 0) {
      if (k <= 0) values.fill(0)
      kept?.fill(k <= 0 ? 0 : 1)
      return Number.POSITIVE_INFINITY
    }
    this.#room.begin()
    const [at, scratch] = [this.#room.in(values), this.#room.take(width)]
    const flags = kept === null ? 0 : this.#room.take(Math.ceil(kept.length / 8))
    const rows = values.length / width
    const copies = margins?.length ?? 1
    // A part begins with the first of the runs that stand side by side.
    const mine = copies * Math.ceil(rows / copies / this.#threads.lanes(rows).length)
    const own = (): readonly number[] => [copies, this.#room.take(copies)]
    const calls = [[at, mine, width, k, scratch, flags, ...own()]]
    if (mine < rows) {
      const behind = [at + 8 * mine * width, rows - mine, width, k, this.#room.take(width)]
      calls.push([...behind, flags === 0 ? 0 : flags + mine * width, ...own()])
    }
    const smallest = this.#threads.run(name, calls)
    this.#room.out(at, values)
    if (kept !== null) this.#room.outBytes(flags, kept)
    for (const call of calls) if (margins !== null) this.#room.lower(call.at(-1)!, margins)
    return Math.min(...smallest)
  }
}

function addresses({ rows, columns, columnStart, row, value }: SparseMatrix): readonly number[] {
  return [rows, columns, columnStart.byteOffset, row.byteOffset, value.byteOffset]
}
