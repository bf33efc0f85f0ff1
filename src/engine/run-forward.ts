/** One forward pass as asked for: logits, and whole taps by name. */
import { InvalidInput } from '../domain/errors.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkTokens } from './check-request.js'
import type { Replacement } from './replacement.js'
import { replacementPlan } from './replacement.js'
import { marginAnswer, newRun } from './run.js'
import { forward } from './sparse-transformer.js'
import { ActivationTap } from './tap.js'
import { tapPlace } from './tap-names.js'

export interface ForwardRequest {
  readonly tokens: readonly number[]
  readonly replacements: readonly Replacement[]
  /** Taps to record whole. */
  readonly record: readonly string[]
  /** RMSNorm epsilon; default the float32 machine epsilon. */
  readonly normEpsilon?: number
}

export interface ForwardAnswer {
  /** [positions, vocabulary] */
  readonly logits: Float64Array
  readonly vocabulary: number
  /** In the order asked for; [positions, channels], or [heads, query, key] for patterns. */
  readonly taps: readonly {
    readonly tap: string
    readonly shape: readonly number[]
    readonly values: Float64Array
  }[]
  /** Smallest gap at an AbsTopK cut; null when nothing was cut. */
  readonly smallestMargin: number | null
}

/** Throws BAD_INPUT naming a token, tap, channel or position that the model does not have. */
export function* runForward(model: PreparedModel, request: ForwardRequest): Generator<void, ForwardAnswer> {
  const { tokens, record } = request
  checkTokens(model.config, tokens)
  checkEpsilon(request.normEpsilon)
  for (const name of record) tapPlace(model.config, name)
  const tap = new ActivationTap(replacementPlan(model.config, request.replacements), record)
  const run = newRun(model, tokens, tap, { normEpsilon: request.normEpsilon })
  const logits = yield* forward(run)
  checkFinite(logits)
  const taps = record.map((name) => {
    const { width, values } = tap.recorded.get(name)!
    const pattern = tapPlace(model.config, name).width === null
    const shape = pattern ? [model.config.heads, tokens.length, tokens.length] : [tokens.length, width]
    return { tap: name, shape, values }
  })
  return { logits, vocabulary: model.config.vocabSize, taps, smallestMargin: marginAnswer(run.margin) }
}

/** Throws NOT_MEANINGFUL when weights or replacements drove the run out of the range of doubles. */
export function checkFinite(logits: Float64Array): void {
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i]!
    if (value - value !== 0)
      throw new InvalidInput('NOT_MEANINGFUL', `the run left the range of numbers: a logit is ${value}`)
  }
}
