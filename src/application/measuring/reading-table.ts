/** Readings of an ablation from its measurement, and how far replacements agree on them. */
import type { AblationReading, AblationRow, ConstantFitFacts, RankAgreement } from '../answers.js'
import { type AblationPlan, ROWS, rowsPerColumn } from './ablation-plan.js'
import type { DataSet } from './data-set.js'
import type { NamedFill } from './fills.js'
import type { ChosenMetric } from './metric-choice.js'
import { rankCorrelation } from './rank-correlation.js'
import { ablationReading, type ReadingRuns } from './readings.js'

/** A replacement, and for each metric the column of the measurement that it was measured in. */
export interface UsedFill extends Omit<NamedFill, 'fill' | 'sequences'> {
  readonly fits: readonly ConstantFitFacts[]
  readonly columns: readonly number[]
}

/** Readings by row of the measurement: [replacement][metric]. */
export class ReadingTable {
  constructor(
    private readonly plan: AblationPlan,
    private readonly fills: readonly UsedFill[],
    private readonly metrics: readonly ChosenMetric[],
    private readonly data: DataSet,
    private readonly values: Float64Array,
  ) {}

  readings(row: number): readonly AblationReading[] {
    return this.fills.flatMap((fill) =>
      this.metrics.map((metric, m) => {
        const runs: ReadingRuns = {
          model: this.#values(fill, ROWS.model, m),
          full: this.#values(fill, ROWS.background, m),
          ablated: this.#values(fill, row, m),
          empty: this.#values(fill, ROWS.empty, m),
        }
        return ablationReading(metric, fill.name, runs, this.data)
      }),
    )
  }

  /** I_ij = m(M) − m(M∖i) − m(M∖j) + m(M∖ij), mean over prompts, in the order of `readings`. */
  interactions(
    element: number,
    pair: readonly [number, number],
    singles: number,
  ): readonly (number | null)[] {
    const firstSingle = ROWS.elements + this.plan.elements.length - singles
    return this.fills.flatMap((fill) =>
      this.metrics.map((__, m) => {
        const [full, both, i, j] = [
          ROWS.background,
          ROWS.elements + element,
          firstSingle + pair[0],
          firstSingle + pair[1],
        ].map((row) => this.#values(fill, row, m))
        const sum = full!.reduce((total, value, p) => total + value - i![p]! - j![p]! + both![p]!, 0)
        return Number.isNaN(sum) ? null : sum / full!.length
      }),
    )
  }

  #values({ columns }: UsedFill, row: number, metric: number): Float64Array {
    const prompts = this.data.cases.length
    const at = ((columns[metric]! * rowsPerColumn(this.plan) + row) * this.metrics.length + metric) * prompts
    return this.values.subarray(at, at + prompts)
  }
}

/** Do different replacements order the elements alike? */
export function rankAgreements(
  rows: readonly AblationRow[],
  metrics: readonly Pick<ChosenMetric, 'name'>[],
  replacements: readonly string[],
): readonly RankAgreement[] {
  if (rows.length === 0) return []
  return metrics.flatMap(({ name }, m) =>
    replacements.flatMap((first, a) =>
      replacements.slice(a + 1).map((second, n) => {
        const effects = (fill: number): (number | null)[] =>
          rows.map(({ readings }) => readings[fill * metrics.length + m]!.effect)
        const [x, y] = [effects(a), effects(a + 1 + n)]
        const defined = !x.includes(null) && !y.includes(null)
        const correlation = defined ? rankCorrelation(x as number[], y as number[]) : null
        return {
          metric: name,
          replacements: [first, second] as const,
          correlation,
          reason: correlation === null ? 'too few rows, or all of one side are equal' : null,
        }
      }),
    ),
  )
}
