/** What a model can be asked, as data that travels to a worker thread, and the work that answers it. */
import type { ActivationSurvey, SurveyedActivations } from '../domain/experiment/activation-survey.js'
import type { Attribution, AttributionScores } from '../domain/experiment/attribution.js'
import type { ConstantFit, FittedConstants } from '../domain/experiment/constant-fit.js'
import type { Measurement, MeasurementAnswer } from '../domain/experiment/measurement.js'
import type { ModelRun, ModelRunAnswer } from '../domain/experiment/model-run.js'
import type { PathAblation, PathAblationAnswer } from '../domain/experiment/path-ablation.js'
import type { Means, MeansRequest } from '../domain/experiment/reference-means.js'
import type { UnrolledRun, Unrolling } from '../domain/experiment/unrolling.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { surveyActivations } from './activation-survey.js'
import { fitConstants } from './constant-fit.js'
import { attribute } from './gradients/attribute.js'
import { measure } from './measure.js'
import { runModel } from './model-run.js'
import { ablatePaths } from './paths/ablate-paths.js'
import { referenceMeans } from './reference-means.js'
import { unroll } from './unroll/unroll.js'

export interface Requests {
  readonly run: ModelRun
  readonly measure: Measurement
  readonly attribute: Attribution
  readonly means: MeansRequest
  readonly fit: ConstantFit
  readonly paths: PathAblation
  readonly survey: ActivationSurvey
  readonly unroll: Unrolling
}

export interface Answers {
  readonly run: ModelRunAnswer
  readonly measure: MeasurementAnswer
  readonly attribute: AttributionScores
  readonly means: Means
  readonly fit: FittedConstants
  readonly paths: PathAblationAnswer
  readonly survey: SurveyedActivations
  readonly unroll: UnrolledRun
}

export type TaskKind = keyof Requests
/** Finished model runs, and how many there will be. */
export type Progress = (done: number, total: number) => void

type Work = {
  readonly [K in TaskKind]: (
    model: PreparedModel,
    request: Requests[K],
    onProgress?: Progress,
  ) => Generator<void, Answers[K]>
}

const WORK: Work = {
  run: runModel,
  measure,
  attribute,
  means: referenceMeans,
  fit: fitConstants,
  paths: ablatePaths,
  survey: surveyActivations,
  unroll,
}

export function engineWork<K extends TaskKind>(
  kind: K,
  model: PreparedModel,
  request: Requests[K],
  onProgress?: Progress,
): Generator<void, Answers[K]> {
  return WORK[kind](model, request, onProgress)
}
