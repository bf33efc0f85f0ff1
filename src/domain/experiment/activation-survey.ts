/** What channels say on every token of a set of texts, as plain data. */
import type { ChannelSet } from './channel-set.js'

export interface ActivationSurvey {
  readonly modelId: string
  /** Full model, after AbsTopK. */
  readonly sequences: readonly (readonly number[])[]
  /** Any recorded tap by released name, `embed`, `0.resid_in` and `0.attn.y` among them; no patterns. */
  readonly channels: ChannelSet
  readonly normEpsilon?: number
}

export interface SurveyedActivations {
  /** Of all sequences. */
  readonly tokens: number
  /** By tap: [channel of the set, token], the tokens of the sequences one after another. */
  readonly values: ReadonlyMap<string, Float64Array>
  readonly evaluations: number
  /** Infinity where nothing was cut. */
  readonly smallestMargin: number
}
