/** Attention in WebAssembly SIMD: calls of the kernel for some heads each, copies in and out. */
import type { ArenaRoom } from './arena-room.js'
import type { KernelThreads } from './kernel-threads.js'
import type { AttentionCall, AttentionShape } from './kernels.js'

export class WasmAttention {
  readonly #room: ArenaRoom
  readonly #threads: KernelThreads

  constructor(room: ArenaRoom, threads: KernelThreads) {
    this.#room = room
    this.#threads = threads
  }

  attention({ shape, q, k, v, sinks, from: first, y, pattern, copies = 1, copy = 0 }: AttentionCall): void {
    const { positions, heads, dHead } = shape
    const width = copies * heads * dHead
    this.#room.begin()
    const operands = [q, k, v].map((values) => this.#room.in(values))
    // Rows of other runs lie between those of this one, so that where y is a copy it is copied back whole.
    const to = copies === 1 ? this.#room.target(y) : this.#room.in(y)
    const sink = sinks === null ? 0 : this.#room.in(sinks)
    const lanes = this.#threads.lanes(positions)
    const rooms = lanes.map(() => this.#room.take(positions * (4 * dHead + 9) + 16 * dHead + 9))
    const call = (head: number, count: number, square: number, lane: number): number[] => {
      const from = 8 * (copy * heads + head) * dHead
      const own = operands.map((at) => at + from)
      const ownSink = sink === 0 ? 0 : sink + 8 * head
      return [positions, count, dHead, width, first, ...own, ownSink, to + from, square, rooms[lane]!]
    }
    if (pattern === null) {
      const mine = Math.ceil(heads / lanes.length)
      const calls = [call(0, mine, 0, 0)]
      if (mine < heads) calls.push(call(mine, heads - mine, 0, 1))
      this.#threads.run('attention', calls)
    } else {
      // A few heads at a time: patterns of all of them can be larger than an arena.
      const squares = lanes.map(() => this.#room.zeros(positions ** 2))
      for (const batch of batches(heads, lanes.length)) {
        this.#threads.run(
          'attention',
          batch.map((h, lane) => call(h, 1, squares[lane]!, lane)),
        )
        batch.forEach((h, lane) => {
          this.#room.out(squares[lane]!, headOf(pattern, h, positions))
        })
      }
    }
    this.#room.out(to, y)
    if (copy === 0) y.fill(0, 0, first * width)
  }

  attend(shape: AttentionShape, pattern: Float64Array, v: Float64Array, y: Float64Array): void {
    const { positions, heads, dHead } = shape
    this.#room.begin()
    const [values, to] = [this.#room.in(v), this.#room.in(y)]
    const [square, scratch] = [this.#room.take(positions ** 2), this.#room.take(positions * dHead)]
    for (let h = 0; h < heads; h++) {
      const from = 8 * h * dHead
      this.#room.put(square, headOf(pattern, h, positions))
      this.#threads.run('attend', [
        [positions, 1, dHead, heads * dHead, square, values + from, to + from, scratch],
      ])
    }
    this.#room.out(to, y)
  }
}

/** 0 … count−1 in order, `size` at a time. */
export function batches(count: number, size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) =>
    Array.from({ length: Math.min(size, count - i * size) }, (__, j) => i * size + j),
  )
}

/** [query, key] of one head. */
export function headOf(patterns: Float64Array, head: number, positions: number): Float64Array {
  return patterns.subarray(head * positions ** 2, (head + 1) * positions ** 2)
}
