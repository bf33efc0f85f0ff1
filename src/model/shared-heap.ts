/// <reference lib="dom" />
/**
 * One WebAssembly memory for the weights of a large model, shared by all threads, with room behind them that each
 * thread takes for its own work. Small models do without: they gain nothing, and each memory costs address space.
 */
const PAGE = 65_536
/** Below this many nonzero weights plain loops are as fast. */
const LEAST_WEIGHTS = 100_000
/** More threads than this find no room and use plain loops: which one a model gets must not depend on them. */
const MOST_THREADS = 64

/** Where kernels find a model's weights. */
export interface KernelRoom {
  /** Tells rooms apart across threads: a clone of a memory is another object. */
  readonly id: number
  readonly memory: WebAssembly.Memory
  /** Bytes that a thread takes for itself. */
  readonly arenaBytes: number
}

/** Models are prepared in one thread of a process, so that a count tells its rooms apart. */
let rooms = 0

export class SharedHeap {
  readonly room: KernelRoom
  // The first page is left to the kernels' own data.
  #top = PAGE

  /** Null for a small model. `weightBytes` is the sum over all arrays to be made. */
  static forWeights(
    weights: { readonly nonzero: number; readonly bytes: number },
    arenaBytes: number,
  ): SharedHeap | null {
    if (weights.nonzero < LEAST_WEIGHTS) return null
    return new SharedHeap(weights.bytes, arenaBytes)
  }

  private constructor(bytes: number, arenaBytes: number) {
    const initial = 1 + Math.ceil(bytes / PAGE)
    const maximum = initial + MOST_THREADS * Math.ceil(arenaBytes / PAGE)
    this.room = {
      id: ++rooms,
      arenaBytes,
      memory: new WebAssembly.Memory({ initial, maximum, shared: true }),
    }
  }

  floats(length: number): Float64Array {
    return new Float64Array(this.room.memory.buffer, this.#take(8 * length), length)
  }

  indices(length: number): Uint32Array {
    return new Uint32Array(this.room.memory.buffer, this.#take(4 * length), length)
  }

  #take(bytes: number): number {
    const at = this.#top
    this.#top += 16 * Math.ceil(bytes / 16)
    return at
  }
}

/** Bytes that the arrays of a matrix take on a heap. */
export function matrixBytes(columns: number, nonzero: number): number {
  const rounded = (bytes: number): number => 16 * Math.ceil(bytes / 16)
  return rounded(4 * (columns + 1)) + rounded(4 * nonzero) + rounded(8 * nonzero)
}
