/**
 * What stands in the replaced channels of one prompt, tap by tap: the values that a compiled circuit is surrounded by.
 * They are the same in every variant with this fill, so everything that follows from them is worked out once.
 */
import type { Fill } from '../../domain/experiment/measurement.js'
import type { ModelConfig } from '../../domain/sparse-model-data.js'
import type { SourceTaps } from '../fill-values.js'
import { fillRows } from '../fill-values.js'
import { tapPlace } from '../tap-names.js'

export class StillValues {
  /** 1 where every position has the same values, else one per position. */
  readonly rows: number
  readonly #config: ModelConfig
  readonly #fill: Fill
  readonly #source: SourceTaps
  readonly #positions: number
  readonly #byTap = new Map<string, Float64Array>()

  constructor(config: ModelConfig, fill: Fill, source: SourceTaps, positions: number) {
    this.#config = config
    this.rows = isPositionless(fill) ? 1 : positions
    this.#fill = fill
    this.#source = source
    this.#positions = positions
  }

  /** [rows, width]. A tap that the fill does not know is replaced by nobody: zeros, which nothing is taken from. */
  of(tap: string): Float64Array {
    const known = this.#byTap.get(tap)
    if (known !== undefined) return known
    const width = tapPlace(this.#config, tap).width!
    const values = new Float64Array(this.rows * width)
    if (this.#knows(tap)) {
      const {
        constant,
        values: given,
        rowLength,
      } = fillRows(this.#fill, tap, width, this.#positions, this.#source)
      for (let row = 0; row < this.rows; row++)
        if (given === null) values.fill(constant, row * width, (row + 1) * width)
        else values.set(given.subarray(row * rowLength, row * rowLength + width), row * width)
    }
    this.#byTap.set(tap, values)
    return values
  }

  #knows(tap: string): boolean {
    if (this.#fill.kind === 'CONSTANT') return true
    return this.#fill.kind === 'FROM_PROMPTS' ? this.#source!.has(tap) : this.#fill.values.has(tap)
  }
}

/** Has the fill one value per channel, whatever the position and the prompt? */
export function isPositionless(fill: Fill): boolean {
  return fill.kind === 'CONSTANT' || fill.kind === 'PER_CHANNEL'
}
