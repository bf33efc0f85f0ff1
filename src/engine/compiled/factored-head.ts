/**
 * A head whose scores fall apart, score(t, s) = a_t + b_s: the query's part is the same for all keys and matters to a
 * sink alone. Weights of keys are summed as positions go by, scaled by the largest so far.
 */
export interface FactoredHead {
  /** [positions]: a_t and b_s. */
  readonly queries: Float64Array
  readonly keys: Float64Array
  /** −Infinity without a sink. */
  readonly sink: number
  /** Sum of the weights at a position where nothing deviates; null where no weight moves. */
  readonly stillWeight: ((position: number) => number) | null
  /** What stands still in each written channel. */
  readonly still: readonly number[]
  /** How far the value of a written channel deviates at a position. */
  readonly deviation: (position: number, channel: number) => number
  /** Takes how far what is written deviates. */
  readonly write: (position: number, channel: number, deviation: number) => void
}

export function attendFactored(head: FactoredHead): void {
  const { queries, keys, sink, stillWeight, still, deviation, write } = head
  const sums = new Float64Array(still.length) // Σ weight · deviation of the value
  let top = Number.NEGATIVE_INFINITY
  let total = 0
  for (let t = 0; t < keys.length; t++) {
    const key = keys[t]!
    if (key > top) {
      const shrink = Math.exp(top - key)
      total *= shrink
      for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! * shrink
      top = key
    }
    const weight = Math.exp(key - top)
    total += weight
    const ofSink = Math.exp(sink - queries[t]! - top)
    // How much less of every still value the sink leaves: exactly nothing where no weight moves.
    const less = stillWeight === null ? 0 : 1 - stillWeight(t) - ofSink / (total + ofSink)
    for (let i = 0; i < sums.length; i++) {
      sums[i] = sums[i]! + weight * deviation(t, i)
      write(t, i, sums[i]! / (total + ofSink) + still[i]! * less)
    }
  }
}
