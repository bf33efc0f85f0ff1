/** The tap of runs that stand side by side (copies.ts): each replaces its own channels in its own rows. */
import { type Replacing, replace } from './replacing-tap.js'
import type { SomePositions, Tap } from './tap.js'

export class CopiesTap implements Tap {
  readonly #runs: readonly Replacing[]

  constructor(runs: readonly Replacing[]) {
    this.#runs = runs
  }

  pass(name: string, values: Float64Array, width: number, some?: SomePositions): void {
    this.#runs.forEach((replacing, copy) => {
      replace(replacing, name, values, width, { copies: this.#runs.length, copy, some })
    })
  }

  needsAll(): boolean {
    return false
  }

  touches(name: string): boolean {
    return this.#runs.some(({ taps }) => taps.has(name))
  }

  replaces(name: string): boolean {
    return this.touches(name)
  }

  /** There is no way back through runs side by side. */
  stop(): void {}
}
