/// <reference lib="dom" />
/**
 * One WebAssembly memory for the weights of a large model, shared by all threads, with room behind them that each
 * thread takes for its own work. Small models do without: they gain nothing, and each memory costs address space.
 */
const PAGE = 65_536
/** Below this many nonzero weights plain loops are as fast. */
const LEAST_WEIGHTS = 100_000
/** Rooms for work beside the weights; more tasks at a time wait for one. */
const ARENAS = 24

/** Where kernels find a model's weights. */
export interface KernelRoom {
  /** Tells rooms apart across threads: a clone of a memory is another object. */
  readonly id: number
  readonly memory: WebAssembly.Memory
  /** Where the rooms for work begin, how long each is, and how many there are. */
  readonly arenasFrom: number
  readonly arenaBytes: number
  readonly arenas: number
  /** The one to be used: two runs at the same time need two. */
  readonly arena: number
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
    // All pages at once: those that nobody touches cost address space only.
    const arenasFrom = PAGE + PAGE * Math.ceil(bytes / PAGE)
    const whole = PAGE * Math.ceil(arenaBytes / PAGE)
    const pages = (arenasFrom + ARENAS * whole) / PAGE
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    this.room = { id: ++rooms, memory, arenasFrom, arenaBytes: whole, arenas: ARENAS, arena: 0 }
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
