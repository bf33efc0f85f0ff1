/** Attention in WebAssembly SIMD, forward and backward: a call of the kernels per few heads, copies in and out. */
import type { ArenaRoom } from './arena-room.js'
import type { KernelThreads } from './kernel-threads.js'
import type { AttentionBackwardCall, AttentionCall, AttentionGradients, AttentionShape } from './kernels.js'

export class WasmAttention {
  readonly #room: ArenaRoom
  readonly #threads: KernelThreads

  constructor(room: ArenaRoom, threads: KernelThreads) {
    this.#room = room
    this.#threads = threads
  }

  attention({ shape, q, k, v, sinks, y, pattern }: AttentionCall): void {
    const { positions, heads, dHead } = shape
    const width = heads * dHead
    this.#room.begin()
    const operands = [q, k, v].map((values) => this.#room.in(values))
    const to = this.#room.take(y.length)
    const sink = sinks === null ? 0 : this.#room.in(sinks)
    const lanes = this.#threads.lanes(positions)
    const rooms = lanes.map(() => this.#room.take(positions * (4 * dHead + 9) + 16 * dHead + 9))
    const call = (head: number, count: number, square: number, lane: number): number[] => {
      const from = 8 * head * dHead
      const own = operands.map((at) => at + from)
      const ownSink = sink === 0 ? 0 : sink + 8 * head
      return [positions, count, dHead, width, ...own, ownSink, to + from, square, rooms[lane]!]
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

  attentionBackward(call: AttentionBackwardCall): AttentionGradients {
    const { shape, q, k, v, pattern, softmax, y, keepsPattern } = call
    const { positions, heads, dHead } = shape
    this.#room.begin()
    const slopes = new Float64Array(keepsPattern ? pattern.length : 0)
    const gv = new Float64Array(v.length)
    const [values, gy, to] = [this.#room.in(v), this.#room.in(y), this.#room.take(gv.length)]
    const scores = this.#scores(q, k)
    const lanes = this.#headLanes(shape)
    for (const batch of batches(heads, lanes.length)) {
      this.#putHeads(pattern, batch, lanes, positions)
      const calls = batch.map((h, i) => {
        const { weights, square, scratch } = lanes[i]!
        const from = 8 * h * dHead
        const rows = [weights, values + from, gy + from, square, to + from, scratch]
        return [positions, 1, dHead, heads * dHead, ...rows]
      })
      this.#threads.run('attendBackward', calls)
      if (keepsPattern)
        batch.forEach((h, i) => {
          this.#room.out(lanes[i]!.square, headOf(slopes, h, positions))
        })
      else this.#scoreHeads(shape, softmax, batch, lanes, scores)
    }
    this.#room.out(to, gv)
    if (keepsPattern) {
      const queriesAndKeys = () => this.#patternBackward(shape, q, k, softmax, slopes)
      return { v: gv, pattern: slopes, queriesAndKeys }
    }
    const own = this.#gradientsOf(scores, q.length)
    return { v: gv, pattern: slopes, queriesAndKeys: () => own }
  }

  #patternBackward(
    shape: AttentionShape,
    q: Float64Array,
    k: Float64Array,
    softmax: Float64Array,
    slopes: Float64Array,
  ): { readonly q: Float64Array; readonly k: Float64Array } {
    this.#room.begin()
    const scores = this.#scores(q, k)
    const lanes = this.#headLanes(shape)
    for (const batch of batches(shape.heads, lanes.length)) {
      batch.forEach((h, i) => {
        this.#room.put(lanes[i]!.square, headOf(slopes, h, shape.positions))
      })
      this.#scoreHeads(shape, softmax, batch, lanes, scores)
    }
    return this.#gradientsOf(scores, q.length)
  }

  /** From gradients of patterns in the squares of the lanes to those of queries and keys. */
  #scoreHeads(
    { positions, heads, dHead }: AttentionShape,
    softmax: Float64Array,
    batch: readonly number[],
    lanes: readonly Lane[],
    { q, k, gq, gk }: Scores,
  ): void {
    this.#putHeads(softmax, batch, lanes, positions)
    const calls = batch.map((h, i) => {
      const { weights, square, scratch } = lanes[i]!
      const from = 8 * h * dHead
      const rows = [weights, square, q + from, k + from, gq + from, gk + from, scratch]
      return [positions, 1, dHead, heads * dHead, ...rows]
    })
    this.#threads.run('patternBackward', calls)
  }

  #putHeads(
    patterns: Float64Array,
    batch: readonly number[],
    lanes: readonly Lane[],
    positions: number,
  ): void {
    batch.forEach((h, i) => {
      this.#room.put(lanes[i]!.weights, headOf(patterns, h, positions))
    })
  }

  #scores(q: Float64Array, k: Float64Array): Scores {
    const [gq, gk] = [this.#room.take(q.length), this.#room.take(k.length)]
    return { q: this.#room.in(q), k: this.#room.in(k), gq, gk }
  }

  #gradientsOf({ gq, gk }: Scores, length: number): { readonly q: Float64Array; readonly k: Float64Array } {
    const own = { q: new Float64Array(length), k: new Float64Array(length) }
    this.#room.out(gq, own.q)
    this.#room.out(gk, own.k)
    return own
  }

  #headLanes({ positions, dHead }: AttentionShape): readonly Lane[] {
    return this.#threads.lanes(positions).map(() => ({
      weights: this.#room.take(positions ** 2),
      square: this.#room.zeros(positions ** 2),
      scratch: this.#room.take(4 * positions * dHead + positions),
    }))
  }
}

/** Room that a head needs on its way back. */
interface Lane {
  readonly weights: number
  readonly square: number
  readonly scratch: number
}

/** Addresses of queries and keys, and of their gradients. */
interface Scores {
  readonly q: number
  readonly k: number
  readonly gq: number
  readonly gk: number
}

/** 0 … count−1 in order, `size` at a time. */
function batches(count: number, size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) =>
    Array.from({ length: Math.min(size, count - i * size) }, (__, j) => i * size + j),
  )
}

/** [query, key] of one head. */
function headOf(patterns: Float64Array, head: number, positions: number): Float64Array {
  return patterns.subarray(head * positions ** 2, (head + 1) * positions ** 2)
}
