/** Room in an arena of a model's memory for one kernel call after another: addresses, and copies in and out. */
import type { KernelRoom } from '../../model/shared-heap.js'

export class ArenaRoom {
  readonly #memory: WebAssembly.Memory
  readonly #start: number
  readonly #end: number
  #top: number

  constructor({ memory, arenasFrom, arenaBytes, arena }: KernelRoom) {
    this.#memory = memory
    this.#start = arenasFrom + arena * arenaBytes
    this.#end = arenasFrom + (arena + 1) * arenaBytes
    this.#top = this.#start
  }

  /** Everything of the call before is free. */
  begin(): void {
    this.#top = this.#start
  }

  /** Address of room for `length` numbers; what lies there is arbitrary. */
  take(length: number): number {
    const at = this.#top
    this.#top += 16 * Math.ceil(length / 2)
    if (this.#top > this.#end)
      throw new RangeError(`a kernel call needs more room than ${this.#end - this.#start} bytes`)
    return at
  }

  zeros(length: number): number {
    const at = this.take(length)
    new Float64Array(this.#memory.buffer, at, length).fill(0)
    return at
  }

  /** Address of a copy. */
  in(values: Float64Array): number {
    const at = this.take(values.length)
    this.put(at, values)
    return at
  }

  put(at: number, values: Float64Array): void {
    new Float64Array(this.#memory.buffer, at, values.length).set(values)
  }

  out(at: number, values: Float64Array): void {
    values.set(new Float64Array(this.#memory.buffer, at, values.length))
  }

  outBytes(at: number, values: Uint8Array): void {
    values.set(new Uint8Array(this.#memory.buffer, at, values.length))
  }
}
