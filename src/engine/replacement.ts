/**
 * Values that take the place of computed ones, checked and sorted once per variant, then written into the activations
 * of any number of prompts. A replacement stands after AbsTopK and does not refill it (algorithms.md §0.1).
 */
import { InvalidInput } from '../domain/errors.js'
import type { ModelConfig } from '../domain/sparse-model-data.js'
import { tapPlace, tapPlaces } from './tap-names.js'

export interface Replacement {
  /** Released tap name. */
  readonly tap: string
  /** Channel; for `<layer>.attn.pattern` the place (head · T + query) · T + key on a prompt of T tokens. */
  readonly index: number
  /** Null: every position. Always null for patterns. */
  readonly position: number | null
  readonly value: number
}

/** The replacements of one tap by ascending index, then position. */
export interface TapReplacements {
  readonly index: Uint32Array
  /** −1 for every position. */
  readonly position: Int32Array
  readonly value: Float64Array
}

export type ReplacementPlan = ReadonlyMap<string, TapReplacements>

/** Throws BAD_INPUT naming a tap, channel, position or value that cannot be, and a place that is replaced twice. */
export function replacementPlan(config: ModelConfig, replacements: readonly Replacement[]): ReplacementPlan {
  const byTap = new Map<string, Replacement[]>()
  for (const replacement of replacements) {
    const list = byTap.get(replacement.tap)
    if (list === undefined) byTap.set(replacement.tap, [replacement])
    else list.push(replacement)
  }
  return new Map(Array.from(byTap, ([tap, list]) => [tap, columns(config, tap, list)]))
}

function columns(config: ModelConfig, tap: string, list: Replacement[]): TapReplacements {
  const { width } = tapPlace(config, tap)
  for (const { index, position, value } of list) {
    if (!Number.isInteger(index) || index < 0 || index >= (width ?? 2 ** 32)) {
      throw new InvalidInput('BAD_INPUT', `${tap} has channels 0 to ${(width ?? 2 ** 32) - 1}, not ${index}`)
    }
    if (
      position !== null &&
      (width === null || !Number.isInteger(position) || position < 0 || position > 2 ** 31 - 1)
    ) {
      throw new InvalidInput('BAD_INPUT', `${tap}[${index}] cannot be replaced at position ${position}`)
    }
    if (!Number.isFinite(value))
      throw new InvalidInput('BAD_INPUT', `${tap}[${index}] cannot be replaced by ${value}`)
  }
  list.sort((a, b) => a.index - b.index || (a.position ?? -1) - (b.position ?? -1))
  for (let i = 1; i < list.length; i++) {
    const here = list[i]!
    const before = list[i - 1]!
    // Sorting puts "every position" first, so whatever follows it at the same index stands on it.
    if (here.index === before.index && (before.position === null || before.position === here.position)) {
      throw new InvalidInput(
        'BAD_INPUT',
        `${tap}[${here.index}] is replaced twice${here.position === null ? '' : ` at position ${here.position}`}`,
      )
    }
  }
  return {
    index: Uint32Array.from(list, (r) => r.index),
    position: Int32Array.from(list, (r) => r.position ?? -1),
    value: Float64Array.from(list, (r) => r.value),
  }
}

/** Writes the values into [positions, width] in place. Throws BAD_INPUT naming a place beyond the prompt. */
export function replace(tap: string, plan: TapReplacements, values: Float64Array, width: number): void {
  for (let i = 0; i < plan.index.length; i++) eachPlace(tap, plan, i, values, width, plan.value[i]!)
}

/** Zeroes gradients of replaced values: what stands upstream of them has no part in what follows. */
export function stopGradient(
  tap: string,
  plan: TapReplacements,
  gradient: Float64Array,
  width: number,
): void {
  for (let i = 0; i < plan.index.length; i++) eachPlace(tap, plan, i, gradient, width, 0)
}

function eachPlace(
  tap: string,
  plan: TapReplacements,
  i: number,
  values: Float64Array,
  width: number,
  value: number,
): void {
  const index = plan.index[i]!
  const position = plan.position[i]!
  if (index >= width || (position + 1) * width > values.length) {
    const where = position < 0 ? '' : `@${position}`
    throw new InvalidInput('BAD_INPUT', `${tap}[${index}]${where} does not exist on a prompt this short`)
  }
  if (position >= 0) values[position * width + index] = value
  else for (let at = index; at < values.length; at += width) values[at] = value
}

/** The first sublayer at which two plans differ; past the last one when they do not. */
export function firstDifference(config: ModelConfig, a: ReplacementPlan, b: ReplacementPlan): number {
  for (const [tap, { sublayer }] of tapPlaces(config)) {
    const x = a.get(tap)
    const y = b.get(tap)
    if (x === y) continue
    if (x === undefined || y === undefined || !same(x, y)) return sublayer
  }
  return 2 * config.layers + 1
}

function same(a: TapReplacements, b: TapReplacements): boolean {
  if (a.index.length !== b.index.length) return false
  for (let i = 0; i < a.index.length; i++) {
    if (a.index[i] !== b.index[i] || a.position[i] !== b.position[i] || !Object.is(a.value[i], b.value[i]))
      return false
  }
  return true
}
