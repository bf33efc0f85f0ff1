/** The tap of a variant: writes the fill into the channels that it replaces, records what is asked for. */
import type { Fill } from '../domain/experiment/measurement.js'
import { fillRows, type SourceTaps, writeFill } from './fill-values.js'
import type { SomePositions, Tap } from './tap.js'
import type { TapPart } from './tap-plan.js'

export interface Replacing {
  readonly taps: ReadonlyMap<string, readonly TapPart[]>
  readonly fill: Fill
  readonly source: SourceTaps
  /** Positions of this prompt by choice. */
  readonly positions: readonly Uint32Array[]
}

export const REPLACING_NOTHING: Replacing = {
  taps: new Map(),
  fill: { kind: 'CONSTANT', value: 0 },
  source: null,
  positions: [],
}

export class ReplacingTap implements Tap {
  /** Whole taps as they stood after replacement, by name. */
  readonly recorded = new Map<string, { readonly width: number; readonly values: Float64Array }>()
  readonly #replacing: Replacing
  readonly #wanted: ReadonlySet<string>

  constructor(replacing: Replacing, record: Iterable<string> = []) {
    this.#replacing = replacing
    this.#wanted = new Set(record)
  }

  pass(name: string, values: Float64Array, width: number, some?: SomePositions): void {
    this.change(name, values, width, some)
    if (this.#wanted.has(name)) this.recorded.set(name, { width, values: values.slice() })
  }

  protected change(name: string, values: Float64Array, width: number, some?: SomePositions): void {
    replace(this.#replacing, name, values, width, { some })
  }

  needsAll(name: string): boolean {
    return this.#wanted.has(name)
  }

  touches(name: string): boolean {
    return this.#replacing.taps.has(name) || this.#wanted.has(name)
  }

  replaces(name: string): boolean {
    return this.#replacing.taps.has(name)
  }

  /** Gradients of replaced values go no further upstream. */
  stop(name: string, gradient: Float64Array, width: number): void {
    const { taps, positions } = this.#replacing
    const zero = { constant: 0, values: null, rowLength: 0 }
    for (const part of taps.get(name) ?? [])
      writeFill(
        zero,
        gradient,
        width,
        part.channels,
        part.positions === null ? null : positions[part.positions]!,
      )
  }
}

export interface Rows {
  /** Runs side by side (copies.ts), and which of them is meant; default: one, alone. */
  readonly copies?: number
  readonly copy?: number
  /** Which positions there are; default: all. */
  readonly some?: SomePositions | undefined
}

/** Writes what replaces channels of a tap into [positions · copies, width]. */
export function replace(
  { taps, fill, source, positions }: Replacing,
  name: string,
  values: Float64Array,
  width: number,
  { copies = 1, copy = 0, some }: Rows = {},
): void {
  const parts = taps.get(name)
  if (parts === undefined) return
  const rows = fillRows(fill, name, width, some?.positions ?? values.length / width / copies, source)
  const own = values.subarray(copy * width)
  for (const part of parts) {
    const choice = part.positions === null ? null : positions[part.positions]!
    writeFill(rows, own, copies * width, part.channels, choice, some?.first)
  }
}
