/** The four things a model can be asked, as data that travels to a worker thread, and the work that answers them. */
import type { PreparedModel } from '../model/prepared-model.js'
import type { MeansRequest } from './channel-means.js'
import { channelMeans } from './channel-means.js'
import type { GradientAnswer, GradientRequest } from './gradients.js'
import { gradients } from './gradients.js'
import type { MeasureAnswer, MeasureRequest } from './measure.js'
import { measure } from './measure.js'
import type { ForwardAnswer, ForwardRequest } from './run-forward.js'
import { runForward } from './run-forward.js'

export interface Requests {
  readonly forward: ForwardRequest
  readonly measure: MeasureRequest
  readonly gradients: GradientRequest
  readonly means: MeansRequest
}

export interface Answers {
  readonly forward: ForwardAnswer
  readonly measure: MeasureAnswer
  readonly gradients: GradientAnswer
  readonly means: ReadonlyMap<string, Float64Array>
}

export type TaskKind = keyof Requests
export type Progress = (done: number, total: number) => void

type Work = {
  readonly [K in TaskKind]: (
    model: PreparedModel,
    request: Requests[K],
    onProgress?: Progress,
  ) => Generator<void, Answers[K]>
}

const WORK: Work = { forward: runForward, measure, gradients, means: channelMeans }

export function engineWork<K extends TaskKind>(
  kind: K,
  model: PreparedModel,
  request: Requests[K],
  onProgress?: Progress,
): Generator<void, Answers[K]> {
  return WORK[kind](model, request, onProgress)
}
