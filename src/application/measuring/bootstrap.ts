/**
 * Paired bootstrap over examples (Efron's percentile interval): the same draw of examples for every quantity, so that
 * what full and ablated runs have in common cancels, and a ratio takes numerator and denominator together
 * (algorithms.md B5). A pair brings its sides along, and a template its pairs.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { quantileSorted } from 'simple-statistics'

export interface Interval {
  readonly lower: number
  readonly upper: number
  /** Share of draws between the two. */
  readonly level: number
  readonly draws: number
  readonly seed: number
}

const LEVEL = 0.95
const DRAWS = 2_000
const SEED = 0

/**
 * Interval of `statistic` of column means. `columns` are values per case, all of one length; `examples` says to which
 * example each case belongs. Null for one example, and where the statistic is undefined in more than a tenth of draws.
 */
export function bootstrapInterval(
  columns: readonly Float64Array[],
  examples: readonly number[],
  statistic: (means: readonly number[]) => number | null,
): Interval | null {
  const cases = casesByExample(examples)
  if (cases.length < 2) return null
  const sums = columns.map((column) =>
    Float64Array.from(cases, (own) => own.reduce((sum, i) => sum + column[i]!, 0)),
  )
  const sizes = cases.map((own) => own.length)
  const random = xoroshiro128plus(SEED)
  const found: number[] = []
  const totals = new Float64Array(columns.length)
  for (let draw = 0; draw < DRAWS; draw++) {
    totals.fill(0)
    let count = 0
    for (let n = 0; n < cases.length; n++) {
      const example = uniformInt(random, 0, cases.length - 1)
      count += sizes[example]!
      for (let c = 0; c < sums.length; c++) totals[c] = totals[c]! + sums[c]![example]!
    }
    const value = statistic(Array.from(totals, (total) => total / count))
    if (value !== null && !Number.isNaN(value)) found.push(value)
  }
  if (found.length < 0.9 * DRAWS) return null
  found.sort((a, b) => a - b)
  return {
    lower: quantileSorted(found, (1 - LEVEL) / 2),
    upper: quantileSorted(found, (1 + LEVEL) / 2),
    level: LEVEL,
    draws: DRAWS,
    seed: SEED,
  }
}

function casesByExample(examples: readonly number[]): readonly (readonly number[])[] {
  const cases = new Map<number, number[]>()
  examples.forEach((example, i) => {
    const own = cases.get(example)
    if (own === undefined) cases.set(example, [i])
    else own.push(i)
  })
  return [...cases.values()]
}
