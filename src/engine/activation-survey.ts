/** What channels of the full model say on every token of a set of texts: one run per sequence, nothing changed. */
import { InvalidInput } from '../domain/errors.js'
import type { ActivationSurvey, SurveyedActivations } from '../domain/experiment/activation-survey.js'
import type { ChannelSet } from '../domain/experiment/channel-set.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkFinite, checkTokens } from './check-request.js'
import { newRun } from './run.js'
import { forward } from './sparse-transformer.js'
import type { Tap } from './tap.js'
import { checkChannels } from './tap-plan.js'
import { Workspace } from './workspace.js'

/** Throws BAD_INPUT naming a token, tap or channel that the model does not have, or an empty set. */
export function* surveyActivations(
  model: PreparedModel,
  { sequences, channels, normEpsilon }: ActivationSurvey,
  onProgress?: (done: number, total: number) => void,
): Generator<void, SurveyedActivations> {
  if (sequences.length === 0) throw new InvalidInput('BAD_INPUT', 'a survey needs at least one sequence')
  for (const sequence of sequences) checkTokens(model.config, sequence)
  checkChannels(model.config, channels)
  checkEpsilon(normEpsilon)
  const tokens = sequences.reduce((sum, sequence) => sum + sequence.length, 0)
  const tap = new SurveyTap(channels, tokens)
  const workspace = new Workspace()
  const margin = { smallest: Number.POSITIVE_INFINITY }
  for (const [i, sequence] of sequences.entries()) {
    checkFinite(yield* forward(newRun(model, sequence, tap, { normEpsilon, workspace, margin })))
    tap.first += sequence.length
    onProgress?.(i + 1, sequences.length)
    yield
  }
  return { tokens, values: tap.values, evaluations: sequences.length, smallestMargin: margin.smallest }
}

/** Writes down what passes and changes nothing. */
class SurveyTap implements Tap {
  readonly values: ReadonlyMap<string, Float64Array>
  /** Place of the running sequence's first token. */
  first = 0
  readonly #channels: ChannelSet
  readonly #tokens: number

  constructor(channels: ChannelSet, tokens: number) {
    this.#channels = channels
    this.#tokens = tokens
    this.values = new Map(
      Array.from(channels, ([tap, indices]) => [tap, new Float64Array(indices.length * tokens)]),
    )
  }

  pass(name: string, values: Float64Array, width: number): void {
    const channels = this.#channels.get(name)
    if (channels === undefined) return
    const rows = this.values.get(name)!
    channels.forEach((channel, i) => {
      let to = i * this.#tokens + this.first
      for (let at = channel; at < values.length; at += width) rows[to++] = values[at]!
    })
  }

  needsAll(): boolean {
    return true
  }

  touches(): boolean {
    return false
  }

  replaces(): boolean {
    return false
  }

  stop(): void {}
}
