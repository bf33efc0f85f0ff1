/** What holds for all values of a graph, found in one pass and remembered with them: it lets passes take short cuts. */
import { isPlain } from './scaled-number.js'

export interface ValueTraits {
  /** Every value is 0, missing or its own mantissa: products of two of them neither overflow nor underflow. */
  readonly plain: boolean
  /** Some edge has no value (NaN). */
  readonly missing: boolean
}

const known = new WeakMap<Float64Array, ValueTraits>()

/** O(E) the first time. The values must not change afterwards: graphs are immutable. */
export function valueTraits(values: Float64Array): ValueTraits {
  const before = known.get(values)
  if (before !== undefined) return before
  let plain = true
  let missing = false
  for (let e = 0; e < values.length; e++) {
    const size = Math.abs(values[e]!)
    if (isPlain(size)) continue
    if (Number.isNaN(size)) missing = true
    else if (size !== 0) plain = false
  }
  const traits = { plain, missing }
  known.set(values, traits)
  return traits
}
