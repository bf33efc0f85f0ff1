/**
 * The way back through attention in WebAssembly SIMD: from patterns that were kept, or, where nobody wants them, working
 * them out again a few queries at a time, so that they never leave the processor's caches.
 */
import type { ArenaRoom } from './arena-room.js'
import type { KernelThreads } from './kernel-threads.js'
import type {
  AttentionBackwardCall,
  AttentionGradients,
  AttentionGradientsCall,
  AttentionShape,
  QueryKeyValue,
} from './kernels.js'
import { batches, headOf } from './wasm-attention.js'

export class WasmAttentionBackward {
  readonly #room: ArenaRoom
  readonly #threads: KernelThreads

  constructor(room: ArenaRoom, threads: KernelThreads) {
    this.#room = room
    this.#threads = threads
  }

  attentionGradients({ shape, q, k, v, sinks, y }: AttentionGradientsCall, into: QueryKeyValue): void {
    const { positions, heads, dHead } = shape
    this.#room.begin()
    const operands = [q, k, v, y].map((values) => this.#room.in(values))
    const sink = sinks === null ? 0 : this.#room.in(sinks)
    const arrays = [into.q, into.k, into.v]
    const gradients = arrays.map((values) => this.#room.target(values))
    const lanes = this.#threads.lanes(positions)
    const mine = Math.ceil(heads / lanes.length)
    const padded = 8 * Math.ceil(dHead / 8)
    const calls = [...new Set([0, mine])]
      .filter((head) => head < heads && (head === 0 || lanes.length > 1))
      .map((head) => {
        const at = (address: number): number => address + 8 * head * dHead
        const scratch = this.#room.take(
          positions * (4 * dHead + 2 * padded + 17) + 24 * dHead + 16 * padded + 17,
        )
        const count = Math.min(mine, heads - head)
        const ownSink = sink === 0 ? 0 : sink + 8 * head
        const own = [...operands.map(at), ownSink, ...gradients.map(at), scratch]
        return [positions, count, dHead, heads * dHead, ...own]
      })
    this.#threads.run('attentionGradients', calls)
    arrays.forEach((values, i) => {
      this.#room.out(gradients[i]!, values)
    })
  }

  attentionBackward({ shape, q, k, v, pattern, softmax, y }: AttentionBackwardCall): AttentionGradients {
    const { positions, heads, dHead } = shape
    this.#room.begin()
    const slopes = new Float64Array(pattern.length)
    const [values, gy, to] = [this.#room.in(v), this.#room.in(y), this.#room.take(v.length)]
    const lanes = this.#headLanes(shape)
    for (const batch of batches(heads, lanes.length)) {
      this.#putHeads(pattern, batch, lanes, positions)
      const calls = batch.map((h, i) => {
        const { weights, square, scratch } = lanes[i]!
        const from = 8 * h * dHead
        return [
          positions,
          1,
          dHead,
          heads * dHead,
          weights,
          values + from,
          gy + from,
          square,
          to + from,
          scratch,
        ]
      })
      this.#threads.run('attendBackward', calls)
      batch.forEach((h, i) => {
        this.#room.out(lanes[i]!.square, headOf(slopes, h, positions))
      })
    }
    const queriesAndKeys = () => this.#queriesAndKeys(shape, q, k, softmax, slopes)
    return { v: this.#copy(to, v.length), pattern: slopes, queriesAndKeys }
  }

  #queriesAndKeys(
    shape: AttentionShape,
    q: Float64Array,
    k: Float64Array,
    softmax: Float64Array,
    slopes: Float64Array,
  ): Pick<QueryKeyValue, 'q' | 'k'> {
    const { positions, heads, dHead } = shape
    this.#room.begin()
    const [queries, keys] = [this.#room.in(q), this.#room.in(k)]
    const [gq, gk] = [this.#room.take(q.length), this.#room.take(k.length)]
    const lanes = this.#headLanes(shape)
    for (const batch of batches(heads, lanes.length)) {
      this.#putHeads(softmax, batch, lanes, positions)
      const calls = batch.map((h, i) => {
        const { weights, square, scratch } = lanes[i]!
        this.#room.put(square, headOf(slopes, h, positions))
        const from = 8 * h * dHead
        const rows = [weights, square, queries + from, keys + from, gq + from, gk + from, scratch]
        return [positions, 1, dHead, heads * dHead, ...rows]
      })
      this.#threads.run('patternBackward', calls)
    }
    return { q: this.#copy(gq, q.length), k: this.#copy(gk, k.length) }
  }

  #copy(at: number, length: number): Float64Array {
    const out = new Float64Array(length)
    this.#room.out(at, out)
    return out
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
