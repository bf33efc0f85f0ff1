/**
 * Runs sparse models. The adapter keeps prepared models in worker threads; use cases only say what to run, in the
 * plain data of `domain/experiment`. All values are float64; sums go in fixed order, so the same request gives the same
 * bits whatever the workers.
 */
import type { ActivationSurvey, SurveyedActivations } from '../../domain/experiment/activation-survey.js'
import type { Attribution, AttributionScores } from '../../domain/experiment/attribution.js'
import type { ConstantFit, FittedConstants } from '../../domain/experiment/constant-fit.js'
import type { Measurement, MeasurementAnswer } from '../../domain/experiment/measurement.js'
import type { ModelRun, ModelRunAnswer } from '../../domain/experiment/model-run.js'
import type { PathAblation, PathAblationAnswer } from '../../domain/experiment/path-ablation.js'
import type { Means, MeansRequest } from '../../domain/experiment/reference-means.js'
import type { UnrolledRun, Unrolling } from '../../domain/experiment/unrolling.js'

export interface Watching {
  readonly signal: AbortSignal
  /** Counts finished model runs. */
  readonly onProgress?: (done: number, total: number) => void
}

/** Rows of a measurement as they are ready, in the order of its variants: [variants · metrics · prompts] from `first` on. */
export interface MeasuredRows {
  readonly first: number
  readonly values: Float64Array
  readonly margins: Float64Array
}

/** Every method rejects with BAD_INPUT naming what the model does not have, and with CANCELLED soon after the signal. */
export interface ModelRunner {
  run(request: ModelRun, watching: Watching): Promise<ModelRunAnswer>
  measure(
    request: Measurement,
    watching: Watching & { readonly onRows?: (rows: MeasuredRows) => void },
  ): Promise<MeasurementAnswer>
  attribute(request: Attribution, watching: Watching): Promise<AttributionScores>
  means(request: MeansRequest, watching: Watching): Promise<Means>
  fitConstants(request: ConstantFit, watching: Watching): Promise<FittedConstants>
  survey(request: ActivationSurvey, watching: Watching): Promise<SurveyedActivations>
  unroll(request: Unrolling, watching: Watching): Promise<UnrolledRun>
  ablatePaths(request: PathAblation, watching: Watching): Promise<PathAblationAnswer>
  close(): Promise<void>
}
