/**
 * The `ModelRunner` port, by structure, over one primitive: a task on a model, somewhere. Long questions are taken
 * apart here, and every task counts its own runs, which are added up for whoever watches.
 */
import type { ActivationSurvey, SurveyedActivations } from '../domain/experiment/activation-survey.js'
import type { Attribution, AttributionScores } from '../domain/experiment/attribution.js'
import type { ConstantFit, FittedConstants } from '../domain/experiment/constant-fit.js'
import type { Measurement, MeasurementAnswer } from '../domain/experiment/measurement.js'
import type { ModelRun, ModelRunAnswer } from '../domain/experiment/model-run.js'
import type { PathAblation, PathAblationAnswer } from '../domain/experiment/path-ablation.js'
import type { Means, MeansRequest } from '../domain/experiment/reference-means.js'
import type { UnrolledRun, Unrolling } from '../domain/experiment/unrolling.js'
import { attributionParts, joinedScores } from './attribution-parts.js'
import type { Answers, Progress, Requests, TaskKind } from './engine-task.js'
import { MeasurementAssembly, measurementParts } from './measurement-parts.js'

export interface Watching {
  readonly signal: AbortSignal
  readonly onProgress?: Progress
}
type Rows = NonNullable<ReturnType<MeasurementAssembly['newRows']>>

/**
 * Every method rejects with BAD_INPUT naming the value that the model does not have, with what loading the model
 * rejects with, and with CANCELLED soon after the signal.
 */
export abstract class Engine {
  /** How many tasks can be under way at once. */
  protected abstract readonly workers: number

  /** One task; `question` is the same object for all parts of one question. */
  protected abstract task<K extends TaskKind>(
    kind: K,
    request: Requests[K],
    watching: Watching,
    question: object | null,
  ): Promise<Answers[K]>

  abstract close(): Promise<void>

  run(request: ModelRun, watching: Watching): Promise<ModelRunAnswer> {
    return this.task('run', request, watching, null)
  }

  means(request: MeansRequest, watching: Watching): Promise<Means> {
    return this.task('means', request, watching, null)
  }

  fitConstants(request: ConstantFit, watching: Watching): Promise<FittedConstants> {
    return this.task('fit', request, watching, {})
  }

  survey(request: ActivationSurvey, watching: Watching): Promise<SurveyedActivations> {
    return this.task('survey', request, watching, {})
  }

  unroll(request: Unrolling, watching: Watching): Promise<UnrolledRun> {
    return this.task('unroll', request, watching, {})
  }

  ablatePaths(request: PathAblation, watching: Watching): Promise<PathAblationAnswer> {
    return this.task('paths', request, watching, {})
  }

  /** `onRows` gets variants as soon as they are complete on all prompts, in their order. */
  async measure(
    request: Measurement,
    watching: Watching & { readonly onRows?: (rows: Rows) => void },
  ): Promise<MeasurementAnswer> {
    const parts = measurementParts(request, this.workers)
    const assembly = new MeasurementAssembly(request)
    await this.#inParts(
      'measure',
      parts.map((part) => part.request),
      watching,
      (i, answer) => {
        assembly.add(parts[i]!, answer)
        const rows = assembly.newRows()
        if (rows !== null) watching.onRows?.(rows)
      },
    )
    return assembly.answer()
  }

  async attribute(request: Attribution, watching: Watching): Promise<AttributionScores> {
    const parts = attributionParts(request, this.workers)
    const answers: AttributionScores[] = []
    await this.#inParts('attribute', parts, watching, (i, answer) => {
      answers[i] = answer
    })
    return joinedScores(answers)
  }

  /** The first failure stops the other parts. */
  async #inParts<K extends TaskKind>(
    kind: K,
    parts: readonly Requests[K][],
    watching: Watching,
    onAnswer: (part: number, answer: Answers[K]) => void,
  ): Promise<void> {
    const done = new Float64Array(parts.length)
    const totals = new Float64Array(parts.length)
    const stop = new AbortController()
    const signal = AbortSignal.any([watching.signal, stop.signal])
    const question = parts.length === 1 ? null : {}
    const onProgress = (part: number): Progress | undefined =>
      watching.onProgress &&
      ((finished, total) => {
        done[part] = finished
        totals[part] = total
        watching.onProgress?.(sum(done), estimatedTotal(totals))
      })
    try {
      await Promise.all(
        parts.map(async (part, i) => {
          onAnswer(i, await this.task(kind, part, { signal, onProgress: onProgress(i) }, question))
        }),
      )
    } catch (error) {
      stop.abort()
      throw error
    }
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Parts that have not begun count like the mean of those that have. */
function estimatedTotal(totals: Float64Array): number {
  const known = totals.filter((total) => total > 0)
  return Math.round((sum(known) / known.length) * totals.length)
}
