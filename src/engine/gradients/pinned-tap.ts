/** A background, and some channels of one tap held at given values: a point on the way to a baseline. */
import { type Replacing, ReplacingTap } from '../replacing-tap.js'
import type { SomePositions } from '../tap.js'

export interface Pin {
  readonly name: string
  readonly channels: Uint32Array
  /** [T, width] of the whole tap. */
  readonly values: Float64Array
}

export class PinnedTap extends ReplacingTap {
  readonly #pin: Pin

  constructor(background: Replacing, pin: Pin, record: Iterable<string>) {
    super(background, record)
    this.#pin = pin
  }

  override needsAll(name: string): boolean {
    return name === this.#pin.name || super.needsAll(name)
  }

  override touches(name: string): boolean {
    return name === this.#pin.name || super.touches(name)
  }

  protected override change(name: string, values: Float64Array, width: number, some?: SomePositions): void {
    super.change(name, values, width, some)
    if (name !== this.#pin.name) return
    for (let at = 0; at < values.length; at += width)
      for (const channel of this.#pin.channels) values[at + channel] = this.#pin.values[at + channel]!
  }
}
