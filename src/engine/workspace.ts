/**
 * Large arrays of a run, by purpose: the same few buffers in every layer and variant, where kernels reach them without a
 * copy if there is such room. What a trace keeps must not lie here.
 */
import type { Kernels } from './kernels/kernels.js'

export class Workspace {
  readonly #buffers = new Map<string, Float64Array>()

  /** Zeros, `length` of them; the array is given out again at the next call for the same purpose. */
  take(purpose: string, length: number, kernels: Kernels): Float64Array {
    return this.room(purpose, length, kernels).fill(0)
  }

  /** The same, whatever it holds, for callers that write every entry. `most` is what the task may ask for later. */
  room(purpose: string, length: number, kernels: Kernels, most = length): Float64Array {
    const buffer = this.#buffers.get(purpose)
    if (buffer !== undefined && buffer.length === length) return buffer
    // A longer one serves shorter prompts too: lent room is not given back.
    if (buffer !== undefined && buffer.length > length) return buffer.subarray(0, length)
    const made = kernels.lend(most) ?? new Float64Array(length)
    this.#buffers.set(purpose, made)
    return made.subarray(0, length)
  }
}
