/** Runs calls of kernels on this thread, or two of them side by side where a second thread may help. */
import { Partner } from './partner.js'
import { type KernelName, type WasmCode, wasmCode } from './wasm-code.js'

/** Fewer rows are not worth a second thread. */
const LEAST_ROWS = 32

export class KernelThreads {
  readonly #memory: WebAssembly.Memory
  readonly #code: WasmCode
  #partner: Partner | null = null
  #isHelped = false

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
    this.#code = wasmCode(memory)
  }

  /** May a second thread help from now on? It changes no bit. */
  set helped(helped: boolean) {
    if (helped) this.#partner ??= new Partner(this.#memory, this.#code)
    this.#isHelped = helped
  }

  /** One entry per thread that works on a call of so many rows. */
  lanes(rows: number): readonly number[] {
    return this.#isHelped && rows >= LEAST_ROWS ? [0, 1] : [0]
  }

  /** One call, or two side by side; what they give. */
  run(name: KernelName, [mine, yours]: readonly number[][]): readonly number[] {
    if (this.#partner !== null && yours !== undefined) return this.#partner.both(name, mine!, yours)
    return [mine, yours].flatMap((of) => (of === undefined ? [] : [this.#code[name](...of) ?? 0]))
  }
}
