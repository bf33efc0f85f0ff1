/** Correlations of scores: Pearson's, and Spearman's with mean ranks for ties. */
import { sampleCorrelation } from 'simple-statistics'

/** Null with fewer than three values, or where one side does not vary. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 3) return null
  const [x, y] = [meanRanks(a), meanRanks(b)]
  if (isFlat(x) || isFlat(y)) return null
  return sampleCorrelation(x, y)
}

/** Pearson's correlation; null where one side does not vary. */
export function pearsonCorrelation(a: number[], b: number[]): number | null {
  return a.length < 2 || isFlat(a) || isFlat(b) ? null : sampleCorrelation(a, b)
}

function meanRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!)
  const ranks = new Array<number>(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++
    for (let i = from; i <= to; i++) ranks[order[i]!] = (from + to) / 2 + 1
    from = to + 1
  }
  return ranks
}

function isFlat(values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}
