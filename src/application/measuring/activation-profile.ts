/** How the activations of one channel are spread over a set of texts, and where they are large, small or typical. */

export const PROFILE_QUANTILES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1] as const
const BINS = 40

export const ACTIVATION_ORDERS = ['TOP', 'BOTTOM', 'QUANTILE'] as const
export type ActivationOrder = (typeof ACTIVATION_ORDERS)[number]

export interface ActivationProfile {
  /** Share of tokens at which the value is not 0. */
  readonly density: number
  readonly mean: number
  /** Nearest rank: the smallest value that at least this share of tokens does not exceed. */
  readonly quantiles: readonly { readonly probability: number; readonly value: number }[]
  /** Of the values that are not 0, in bins of one width, each closed below, the last closed above too. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] }
}

export interface ActivationPlace {
  /** Place among all tokens of the set. */
  readonly token: number
  readonly sequence: number
  readonly position: number
  readonly value: number
  /** Share of the tokens that come before it, 0…1, in ascending order of value, then place. */
  readonly quantile: number
}

/** `values` are those of all tokens, sequence after sequence; at least one. */
export function activationProfile(values: Float64Array): ActivationProfile {
  const sorted = values.slice().sort()
  const nonzero = sorted.filter((value) => value !== 0)
  return {
    density: nonzero.length / sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    quantiles: PROFILE_QUANTILES.map((probability) => ({
      probability,
      value: sorted[rankOf(probability, sorted.length)]!,
    })),
    histogram: histogramOf(nonzero),
  }
}

/**
 * TOP and BOTTOM: the largest and smallest values, the best place of each sequence only, ties by sequence, then
 * position. QUANTILE: `first` places at evenly spaced ranks from the smallest to the largest value (the median alone
 * for one).
 */
export function activationPlaces(
  values: Float64Array,
  lengths: readonly number[],
  order: ActivationOrder,
  first: number,
): readonly ActivationPlace[] {
  const starts: number[] = []
  let begin = 0
  for (const length of lengths) {
    starts.push(begin)
    begin += length
  }
  const sequenceOf = new Uint32Array(values.length)
  starts.forEach((start, sequence) => {
    sequenceOf.fill(sequence, start, start + lengths[sequence]!)
  })
  const ascending = Uint32Array.from(values, (_, token) => token).sort(
    (a, b) => values[a]! - values[b]! || a - b,
  )
  const rank = new Uint32Array(values.length)
  ascending.forEach((token, place) => {
    rank[token] = place
  })
  const placeOf = (token: number): ActivationPlace => {
    const sequence = sequenceOf[token]!
    const quantile = values.length === 1 ? 0.5 : rank[token]! / (values.length - 1)
    return { token, sequence, position: token - starts[sequence]!, value: values[token]!, quantile }
  }
  if (order === 'QUANTILE') {
    const count = Math.min(first, values.length)
    return Array.from({ length: count }, (_, i) =>
      placeOf(ascending[rankOf(count === 1 ? 0.5 : i / (count - 1), values.length)]!),
    )
  }
  const sign = order === 'TOP' ? 1 : -1
  const best = starts.flatMap((start, sequence) => {
    if (lengths[sequence] === 0) return []
    let token = start
    for (let t = start + 1; t < start + lengths[sequence]!; t++)
      if (sign * values[t]! > sign * values[token]!) token = t
    return [token]
  })
  return best
    .sort((a, b) => sign * (values[b]! - values[a]!) || a - b)
    .slice(0, first)
    .map(placeOf)
}

/** Nearest rank, from 0. */
function rankOf(probability: number, count: number): number {
  return Math.max(0, Math.ceil(probability * count) - 1)
}

/** Of ascending values; one bin where all are equal, none where there are none. */
function histogramOf(sorted: Float64Array): ActivationProfile['histogram'] {
  if (sorted.length === 0) return { edges: [], counts: [] }
  const least = sorted[0]!
  const most = sorted.at(-1)!
  if (least === most) return { edges: [least, most], counts: [sorted.length] }
  const edges = Array.from({ length: BINS + 1 }, (_, i) => least + ((most - least) * i) / BINS)
  const counts = new Array<number>(BINS).fill(0)
  for (const value of sorted) {
    let bin = Math.min(BINS - 1, Math.floor(((value - least) / (most - least)) * BINS))
    // The edges as they are printed decide, not the quotient's rounding.
    while (bin > 0 && value < edges[bin]!) bin--
    while (bin < BINS - 1 && value >= edges[bin + 1]!) bin++
    counts[bin] = counts[bin]! + 1
  }
  return { edges, counts }
}
