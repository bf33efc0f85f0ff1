/// <reference lib="dom" />
/**
 * One WebAssembly memory for the weights of a large model, shared by all threads, with room behind them that each
 * thread takes for its own work. Small models do without: they gain nothing, and each memory costs address space.
 */
const PAGE = 65_536
/** Below this many nonzero weights plain loops are as fast. */
const LEAST_WEIGHTS = 100_000
/** Rooms for work beside the weights, as far as they fit; more tasks at a time wait for one. */
const MOST_ARENAS = 24
/** Prompts of full length that an arena has room for side by side, while so many arenas fit. */
const COPIES = [8, 4, 2] as const
const ENOUGH_ARENAS = 6
/** What a WebAssembly memory can be. */
const MOST_BYTES = 2 ** 32 - PAGE

/** Where kernels find a model's weights. */
export interface KernelRoom {
  /** Tells rooms apart across threads: a clone of a memory is another object. */
  readonly id: number
  readonly memory: WebAssembly.Memory
  /** Where the rooms for work begin, how long each is, and how many there are. */
  readonly arenasFrom: number
  readonly arenaBytes: number
  readonly arenas: number
  /** Of an arena: what a run may keep its activations in, so that kernels find them without a copy. */
  readonly lentBytes: number
  /** Prompts of full length that an arena has room for side by side. */
  readonly copies: number
  /** The one to be used: two runs at the same time need two. */
  readonly arena: number
}

/** Models are prepared in one thread of a process, so that a count tells its rooms apart. */
let rooms = 0

export class SharedHeap {
  readonly room: KernelRoom
  // The first page is left to the kernels' own data.
  #top = PAGE

  /**
   * Null for a small model, and for one that no memory can be had for. `weights.bytes` is the sum over all arrays to be made;
   * an arena has room for the operands of a call and for what a run keeps, given how many prompts stand side by side.
   */
  static forWeights(
    weights: { readonly nonzero: number; readonly bytes: number },
    arena: (copies: number) => { readonly callBytes: number; readonly keptBytes: number },
  ): SharedHeap | null {
    if (weights.nonzero < LEAST_WEIGHTS) return null
    const arenasFrom = PAGE + PAGE * Math.ceil(weights.bytes / PAGE)
    const sized = (copies: number) => {
      const { callBytes, keptBytes } = arena(copies)
      const lentBytes = 16 * Math.ceil(keptBytes / 16)
      const arenaBytes = PAGE * Math.ceil((callBytes + lentBytes) / PAGE)
      const arenas = Math.min(MOST_ARENAS, Math.floor((MOST_BYTES - arenasFrom) / arenaBytes))
      return { lentBytes, arenaBytes, arenas, copies }
    }
    const { arenas, ...sizes } = COPIES.map(sized).find((some) => some.arenas >= ENOUGH_ARENAS) ?? sized(1)
    if (arenas < 1) return null
    // All pages at once: those that nobody touches cost address space only.
    const pages = (arenasFrom + arenas * sizes.arenaBytes) / PAGE
    const memory = sharedMemory(pages)
    if (memory === null) return null
    return new SharedHeap({ id: ++rooms, memory, arenasFrom, arenas, ...sizes, arena: 0 })
  }

  private constructor(room: KernelRoom) {
    this.room = room
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

/** Null where the system has no such stretch of addresses: plain loops need none. */
function sharedMemory(pages: number): WebAssembly.Memory | null {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Bytes that the arrays of a matrix take on a heap. */
export function matrixBytes(columns: number, nonzero: number): number {
  const rounded = (bytes: number): number => 16 * Math.ceil(bytes / 16)
  return rounded(4 * (columns + 1)) + rounded(4 * nonzero) + rounded(8 * nonzero)
}
