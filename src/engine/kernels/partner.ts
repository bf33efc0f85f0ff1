/**
 * A second thread for one that runs kernels: it takes half of a call's rows or heads while the first does the other
 * half. Rows and heads do not touch each other, so the bits are those of one thread. What the partner has not begun when
 * the first half is done is taken back, so that a busy machine costs nothing but the help.
 */
import { Worker } from 'node:worker_threads'
import { KERNEL_NAMES, type KernelName, type WasmCode } from './wasm-code.js'

/** States of the offer in the control block. */
export const IDLE = 0
export const OFFERED = 1
export const TAKEN = 2
export const DONE = 3
export const FAILED = 4

/** Places in the control block: the state, which kernel, how many arguments, the arguments; the result as a double. */
export const STATE = 0
const KERNEL = 1
const COUNT = 2
const FIRST = 3
const MOST_ARGUMENTS = 24
const RESULT_AT = 8 * Math.ceil((4 * (FIRST + MOST_ARGUMENTS)) / 8)
export const CONTROL_BYTES = RESULT_AT + 8

export interface PartnerData {
  readonly memory: WebAssembly.Memory
  readonly control: SharedArrayBuffer
}

export class Partner {
  readonly #cells: Int32Array
  readonly #arguments: Uint32Array
  readonly #result: Float64Array
  readonly #code: WasmCode
  #isWell = true

  /** `start` begins the thread; `code` is this thread's own, for what is taken back. */
  constructor(memory: WebAssembly.Memory, code: WasmCode, start: (data: PartnerData) => void = startThread) {
    const control = new SharedArrayBuffer(CONTROL_BYTES)
    this.#cells = new Int32Array(control, 0, FIRST + MOST_ARGUMENTS)
    this.#arguments = new Uint32Array(control, 0, FIRST + MOST_ARGUMENTS)
    this.#result = new Float64Array(control, RESULT_AT, 1)
    this.#code = code
    start({ memory, control })
  }

  /** Runs both calls of a kernel; gives what they give. */
  both(name: KernelName, mine: readonly number[], yours: readonly number[]): readonly [number, number] {
    const call = (...of: number[]): number => this.#code[name](...of) ?? 0
    if (!this.#isWell) return [call(...mine), call(...yours)]
    this.#cells[KERNEL] = KERNEL_NAMES.indexOf(name)
    this.#cells[COUNT] = yours.length
    this.#arguments.set(yours, FIRST)
    Atomics.store(this.#cells, STATE, OFFERED)
    Atomics.notify(this.#cells, STATE)
    const own = call(...mine)
    if (Atomics.compareExchange(this.#cells, STATE, OFFERED, IDLE) === OFFERED) return [own, call(...yours)]
    while (Atomics.load(this.#cells, STATE) === TAKEN) Atomics.wait(this.#cells, STATE, TAKEN)
    this.#isWell = Atomics.load(this.#cells, STATE) === DONE
    if (!this.#isWell) return [own, call(...yours)]
    return [own, this.#result[0]!]
  }
}

/** Serves offers for ever: the life of the partner's thread. */
export function serveOffers(code: WasmCode, control: SharedArrayBuffer): never {
  const cells = new Int32Array(control, 0, FIRST + MOST_ARGUMENTS)
  const given = new Uint32Array(control, 0, FIRST + MOST_ARGUMENTS)
  const result = new Float64Array(control, RESULT_AT, 1)
  for (;;) {
    const state = Atomics.load(cells, STATE)
    if (state !== OFFERED) {
      Atomics.wait(cells, STATE, state)
      continue
    }
    if (Atomics.compareExchange(cells, STATE, OFFERED, TAKEN) !== OFFERED) continue
    let end = DONE
    try {
      result[0] = code[KERNEL_NAMES[cells[KERNEL]!]!](...given.subarray(FIRST, FIRST + cells[COUNT]!)) ?? 0
    } catch {
      end = FAILED
    }
    Atomics.store(cells, STATE, end)
    Atomics.notify(cells, STATE)
  }
}

/** It ends with the thread that started it. */
function startThread(data: PartnerData): void {
  new Worker(new URL('./partner-thread.js', import.meta.url), { workerData: data }).unref()
}
