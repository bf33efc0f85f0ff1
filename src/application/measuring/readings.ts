/** What one ablation says of one metric, from the values of single prompts (semantics.md §3, §5, §6). */
import type { AblationReading, SideReading } from '../answers.js'
import { bootstrapInterval } from './bootstrap.js'
import type { DataSet } from './data-set.js'
import type { ChosenMetric } from './metric-choice.js'

/** Values of one metric on every case, of four runs. */
export interface ReadingRuns {
  /** The model as it is. */
  readonly model: Float64Array
  /** The background as it is: what `full` means. */
  readonly full: Float64Array
  readonly ablated: Float64Array
  /** Everything maskable replaced. */
  readonly empty: Float64Array
}

/** Loss of a guess between two answers, nats. */
export const CHANCE_LOSS = Math.LN2

export function ablationReading(
  { name, sign, metric }: ChosenMetric,
  replacement: string,
  runs: ReadingRuns,
  data: DataSet,
): AblationReading {
  const [model, full, ablated, empty] = [runs.model, runs.full, runs.ablated, runs.empty].map(meanOf) as [
    number,
    number,
    number,
    number,
  ]
  const base = {
    metric: name,
    replacement,
    full: orNull(full),
    ablated: orNull(ablated),
    empty: orNull(empty),
    perExample: Array.from(runs.full, (value, i) => ({
      full: orNull(value),
      ablated: orNull(runs.ablated[i]!),
    })),
    sides: sidesOf(runs, data),
  }
  const twoAnswers =
    metric.name === 'TASK_LOSS' && data.cases.every(({ prompt }) => prompt.alternative !== null)
  const effect = ablated - full
  if (![full, ablated, empty, effect].every(Number.isFinite)) {
    return {
      ...base,
      effect: null,
      importance: null,
      faithfulness: null,
      faithfulnessAboveChance: null,
      aboveChanceReason: 'the loss left the range of numbers',
      spread: null,
      effectInterval: () => null,
      faithfulnessInterval: () => null,
      reason: `${name} left the range of numbers on a prompt`,
    }
  }
  const faithfulness = faithfulnessOf(full, ablated, empty)
  const chance = twoAnswers ? aboveChance(model, ablated) : null
  const examples = data.cases.map(({ cluster }) => cluster)
  return {
    ...base,
    effect,
    importance: sign === null ? null : effect * sign,
    faithfulness,
    reason:
      faithfulness === null
        ? 'faithfulness is undefined: the empty circuit measures the same as the full one'
        : null,
    faithfulnessAboveChance: chance,
    aboveChanceReason:
      chance !== null
        ? null
        : twoAnswers
          ? 'the model itself is at chance on these prompts'
          : 'chance is known for TASK_LOSS between two answers only',
    spread: spreadOf(runs),
    effectInterval: () => bootstrapInterval([runs.full, runs.ablated], examples, ([f, a]) => a! - f!),
    faithfulnessInterval: () =>
      faithfulness === null
        ? null
        : bootstrapInterval([runs.full, runs.ablated, runs.empty], examples, ([f, a, e]) =>
            faithfulnessOf(f!, a!, e!),
          ),
  }
}

/** (m(C) − m(∅)) / (m(M) − m(∅)), never clamped; null where the denominator vanishes. */
export function faithfulnessOf(full: number, ablated: number, empty: number): number | null {
  const span = full - empty
  const tolerance = 1e-12 * Math.max(1, Math.abs(full), Math.abs(empty))
  return Math.abs(span) <= tolerance ? null : (ablated - empty) / span
}

/** (ln 2 − L(C)) / (ln 2 − L(M)): 1 as good as the model, 0 no better than a guess; null for a model at chance. */
export function aboveChance(model: number, circuit: number): number | null {
  const room = CHANCE_LOSS - model
  return Math.abs(room) <= 1e-12 ? null : (CHANCE_LOSS - circuit) / room
}

/** Mean over cases. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

function sidesOf(runs: ReadingRuns, { cases }: DataSet): readonly SideReading[] {
  return (['CLEAN', 'CORRUPT'] as const).flatMap((side) => {
    const own = cases.flatMap((measured, i) => (measured.side === side ? [i] : []))
    if (own.length === 0) return []
    const mean = (values: Float64Array): number | null => orNull(meanOf(own.map((i) => values[i]!)))
    return [{ side, full: mean(runs.full), ablated: mean(runs.ablated), empty: mean(runs.empty) }]
  })
}

/** Sample standard deviation of effects on single cases; null for one case. */
function spreadOf({ full, ablated }: ReadingRuns): number | null {
  if (full.length < 2) return null
  const effects = full.map((value, i) => ablated[i]! - value)
  const mean = meanOf(effects)
  return orNull(
    Math.sqrt(effects.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (effects.length - 1)),
  )
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
