/** The tap of a variant: writes the fill into the channels that it replaces, records what is asked for. */
import type { Fill } from '../domain/experiment/measurement.js'
import { fillRows, type SourceTaps, writeFill } from './fill-values.js'
import type { Tap } from './tap.js'
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

  pass(name: string, values: Float64Array, width: number): void {
    this.change(name, values, width)
    if (this.#wanted.has(name)) this.recorded.set(name, { width, values: values.slice() })
  }

  protected change(name: string, values: Float64Array, width: number): void {
    replace(this.#replacing, name, values, width)
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

/** Writes what replaces channels of a tap; [T · copies, width], of which run `copy` is meant (copies.ts). */
export function replace(
  { taps, fill, source, positions }: Replacing,
  name: string,
  values: Float64Array,
  width: number,
  copies = 1,
  copy = 0,
): void {
  const parts = taps.get(name)
  if (parts === undefined) return
  const rows = fillRows(fill, name, width, values.length / width / copies, source)
  const own = values.subarray(copy * width)
  for (const part of parts) {
    const choice = part.positions === null ? null : positions[part.positions]!
    writeFill(rows, own, copies * width, part.channels, choice)
  }
}
