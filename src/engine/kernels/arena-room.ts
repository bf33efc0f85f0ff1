/** Room in an arena of a model's memory for one kernel call after another: addresses, and copies in and out. */
import type { KernelRoom } from '../../model/shared-heap.js'

export class ArenaRoom {
  readonly #memory: WebAssembly.Memory
  readonly #start: number
  /** Calls use what lies before it, lent arrays what lies behind. */
  readonly #border: number
  readonly #end: number
  #top: number
  #lentTo: number

  constructor({ memory, arenasFrom, arenaBytes, arena, lentBytes }: KernelRoom) {
    this.#memory = memory
    this.#start = arenasFrom + arena * arenaBytes
    this.#end = arenasFrom + (arena + 1) * arenaBytes
    this.#border = this.#end - lentBytes
    this.#top = this.#start
    this.#lentTo = this.#border
  }

  /** An array that kernels reach without a copy; null when there is no room left for it. */
  lend(length: number): Float64Array | null {
    const at = this.#lentTo
    const next = at + 16 * Math.ceil(length / 2)
    if (next > this.#end) return null
    this.#lentTo = next
    return new Float64Array(this.#memory.buffer, at, length)
  }

  /** Whoever was lent something is done with it. */
  takeBack(): void {
    this.#lentTo = this.#border
  }

  /** Everything of the call before is free. */
  begin(): void {
    this.#top = this.#start
  }

  /** Address of room for `length` numbers; what lies there is arbitrary. */
  take(length: number): number {
    const at = this.#top
    this.#top += 16 * Math.ceil(length / 2)
    if (this.#top > this.#border)
      throw new RangeError(`a kernel call needs more room than ${this.#border - this.#start} bytes`)
    return at
  }

  zeros(length: number): number {
    const at = this.take(length)
    new Float64Array(this.#memory.buffer, at, length).fill(0)
    return at
  }

  /** Address of the values: their own where they were lent, else that of a copy. */
  in(values: Float64Array): number {
    if (values.buffer === this.#memory.buffer) return values.byteOffset
    const at = this.take(values.length)
    this.put(at, values)
    return at
  }

  /** Address where the values are to be written: their own where they were lent, else of room that `out` copies from. */
  target(values: Float64Array): number {
    return values.buffer === this.#memory.buffer ? values.byteOffset : this.take(values.length)
  }

  put(at: number, values: Float64Array): void {
    new Float64Array(this.#memory.buffer, at, values.length).set(values)
  }

  /** Copies out, unless the values lie there themselves. */
  out(at: number, values: Float64Array): void {
    if (at === values.byteOffset && values.buffer === this.#memory.buffer) return
    values.set(new Float64Array(this.#memory.buffer, at, values.length))
  }

  /** Each of `values` becomes the smaller of itself and what lies there. */
  lower(at: number, values: Float64Array): void {
    const there = new Float64Array(this.#memory.buffer, at, values.length)
    for (let i = 0; i < values.length; i++) values[i] = Math.min(values[i]!, there[i]!)
  }

  outBytes(at: number, values: Uint8Array): void {
    values.set(new Uint8Array(this.#memory.buffer, at, values.length))
  }
}
