/** Runs the compiled variants of a measurement on one prompt. */
import type { Fill, Measurement } from '../../domain/experiment/measurement.js'
import type { PromptCase } from '../../domain/experiment/metric.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import type { SourceTaps } from '../fill-values.js'
import { kernelsOf } from '../kernels/kernels-of.js'
import { firstWantedRow } from '../metric.js'
import { ownRows } from '../row-fill.js'
import { type InputRows, normKind } from '../run.js'
import { firstDifference, type VariantPlan } from '../tap-plan.js'
import { CompiledCircuit } from './compiled-circuit.js'
import type { Family } from './families.js'
import { StillValues } from './still-values.js'
import { stillWorld } from './still-world.js'

/** Below this margin another order of adding could keep another channel: the masked run answers (semantics.md §14). */
const LEAST_MARGIN = 1e-9

export interface CompiledRun {
  readonly variant: number
  /** [positions, V], filled where the metrics look. */
  readonly logits: Float64Array
  readonly margin: number
}

export interface FamilyRuns {
  readonly model: PreparedModel
  readonly request: Measurement
  readonly plans: readonly VariantPlan[]
  readonly families: readonly Family[]
  /** Values taken from other prompts, by fill. */
  readonly sources: readonly SourceTaps[]
  /** The prompt's input with the rows of these positions replaced; null: the prompt as it is. */
  readonly inputOf: (moved: readonly number[]) => InputRows | null
  readonly onAnswer: (run: CompiledRun) => void
}

/** Calls `onAnswer` for every variant whose cuts are certain; the others are left to the masked run. */
export function* runFamilies(
  { model, request, plans, families, sources, inputOf, onAnswer }: FamilyRuns,
  p: number,
): Generator<void, void> {
  const prompt: PromptCase = request.prompts[p]!
  const { config } = model
  const firstRow = firstWantedRow(request.metrics, prompt)
  const positions = request.positions.map((choice) => choice[p]!)
  for (const { fill, moved, kept: family, members } of families) {
    const replacement: Fill = request.fills[fill] ?? { kind: 'CONSTANT', value: 0 }
    const world = yield* stillWorld({
      model,
      kernels: kernelsOf(model),
      norm: normKind(config, request.normEpsilon),
      input: inputOf(moved) ?? ownRows(model, prompt.tokens),
      family,
      values: new StillValues(config, replacement, sources[fill] ?? null, prompt.tokens.length),
      firstRow,
    })
    const circuit = new CompiledCircuit(world)
    let before: VariantPlan | null = null
    for (const { variant, kept } of members) {
      const plan = plans[variant]!
      const start = before === null ? 0 : firstDifference(before, plan)
      before = plan
      const { logits, margin } = circuit.run({ kept, plan, positions }, start)
      if (margin > LEAST_MARGIN && logits !== null) onAnswer({ variant, logits, margin })
      yield
    }
  }
}
