/**
 * Every activation of a run passes through a tap under its released name, right after AbsTopK of its site: there it
 * is replaced, then recorded. The tap is handed in, so runs never share one.
 */
import type { ReplacementPlan } from './replacement.js'
import { replace, stopGradient } from './replacement.js'

export interface Tap {
  /** `values` is [positions, width] and may be changed in place; a pattern is one row [heads · query · key]. */
  pass(name: string, values: Float64Array, width: number): void
  /** Would `pass` do anything under this name? Lets the run keep no whole pattern for nobody. */
  touches(name: string): boolean
  /** Are values replaced under this name? */
  replaces(name: string): boolean
  /** Zeroes the gradient of values that were replaced. */
  stop(name: string, gradient: Float64Array, width: number): void
}

/** A tap that replaces by plan and records whole taps by name. */
export class ActivationTap implements Tap {
  readonly recorded = new Map<string, { readonly width: number; readonly values: Float64Array }>()
  readonly #plan: ReplacementPlan
  readonly #wanted: ReadonlySet<string>

  constructor(plan: ReplacementPlan, record: Iterable<string>) {
    this.#plan = plan
    this.#wanted = new Set(record)
  }

  pass(name: string, values: Float64Array, width: number): void {
    const replacements = this.#plan.get(name)
    if (replacements !== undefined) replace(name, replacements, values, width)
    if (this.#wanted.has(name)) this.recorded.set(name, { width, values: values.slice() })
  }

  touches(name: string): boolean {
    return this.#plan.has(name) || this.#wanted.has(name)
  }

  replaces(name: string): boolean {
    return this.#plan.has(name)
  }

  stop(name: string, gradient: Float64Array, width: number): void {
    const replacements = this.#plan.get(name)
    if (replacements !== undefined) stopGradient(name, replacements, gradient, width)
  }
}
