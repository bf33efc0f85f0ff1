/** What stands in a replaced place: one value per (position, channel) of a tap, from a fill (semantics.md §11). */
import { InvalidInput } from '../domain/errors.js'
import type { Fill } from '../domain/experiment/measurement.js'

/** Taps of the run on the source prompt, [positions, width] each; null for fills that need none. */
export type SourceTaps = ReadonlyMap<string, Float64Array> | null

/** Throws BAD_INPUT for a value that is not finite, or a set of values without meaning. */
export function checkFill(fill: Fill): void {
  if (fill.kind === 'CONSTANT') {
    if (!Number.isFinite(fill.value))
      throw new InvalidInput('BAD_INPUT', `a channel cannot be replaced by ${fill.value}`)
  } else if (fill.kind !== 'FROM_PROMPTS') {
    for (const [tap, values] of fill.values) {
      const bad = values.findIndex((value) => !Number.isFinite(value))
      if (bad >= 0) throw new InvalidInput('BAD_INPUT', `${tap}[${bad}] cannot be replaced by ${values[bad]}`)
    }
  }
}

/**
 * The values of one tap as rows: `at(position)` is where the row of a position begins in `values`, whose entries are
 * by channel; null where one constant stands everywhere. Throws BAD_INPUT where the fill does not reach.
 */
export interface FillRows {
  readonly constant: number
  readonly values: Float64Array | null
  readonly rowLength: number
}

export function fillRows(
  fill: Fill,
  tap: string,
  width: number,
  positions: number,
  source: SourceTaps,
): FillRows {
  if (fill.kind === 'CONSTANT') return { constant: fill.value, values: null, rowLength: 0 }
  const values = fill.kind === 'FROM_PROMPTS' ? source?.get(tap) : fill.values.get(tap)
  if (values === undefined) throw new InvalidInput('BAD_INPUT', `there is no replacement value for ${tap}`)
  const rows = fill.kind === 'PER_CHANNEL' ? 1 : fill.kind === 'PER_POSITION' ? fill.positions : positions
  if (values.length !== rows * width) {
    throw new InvalidInput(
      'BAD_INPUT',
      `the replacement of ${tap} has ${values.length} values, expected ${rows} × ${width}`,
    )
  }
  if (rows !== 1 && positions > rows) {
    throw new InvalidInput(
      'BAD_INPUT',
      `the prompt has ${positions} positions, its replacement values only ${rows}`,
    )
  }
  return { constant: 0, values, rowLength: fill.kind === 'PER_CHANNEL' ? 0 : width }
}

/**
 * Writes the fill into the given channels of [positions, width], whose first row is position `first`, at the given
 * positions or all. Rows of `width` may hold more than the channels of one tap: those of runs that stand side by side.
 */
export function writeFill(
  rows: FillRows,
  into: Float64Array,
  width: number,
  channels: Uint32Array,
  positions: Uint32Array | null,
  first = 0,
): void {
  const here = Math.ceil(into.length / width)
  const count = positions === null ? here : positions.length
  for (let p = 0; p < count; p++) {
    const position = positions === null ? first + p : positions[p]!
    const to = (position - first) * width
    if (position < first || position >= first + here) continue
    if (rows.values === null)
      for (let i = 0; i < channels.length; i++) into[to + channels[i]!] = rows.constant
    else {
      const from = position * rows.rowLength
      for (let i = 0; i < channels.length; i++) {
        const channel = channels[i]!
        into[to + channel] = rows.values[from + channel]!
      }
    }
  }
}
