/** One prompt run once, with values set by hand, taps recorded, and text generated, as plain data. */
import type { ChannelSet } from './channel-set.js'
import type { Fill, Gates } from './measurement.js'

/** What happens to channels of one tap, after AbsTopK and after what the background replaces; edits act in their order. */
export interface Edit {
  readonly tap: string
  readonly channels: Uint32Array
  /** Null: every position, those that are generated too. */
  readonly positions: Uint32Array | null
  readonly change:
    | { readonly kind: 'SET' | 'ADD' | 'SCALE'; readonly value: number }
    | { readonly kind: 'CLAMP'; readonly least: number; readonly most: number }
    | { readonly kind: 'REPLACE'; readonly fill: Fill }
}

export interface ModelRun {
  readonly modelId: string
  readonly tokens: readonly number[]
  readonly background: { readonly replaced: ChannelSet; readonly fill: Fill }
  readonly edits: readonly Edit[]
  readonly gates: Gates
  /** Taps to record whole, by released name; `1.attn.pattern` is [heads, query, key]. */
  readonly record: readonly string[]
  /** Cross entropy, or the loss between two answers, of the prompt as given; null: not wanted. */
  readonly measure: { readonly target: number | null; readonly alternative: number | null } | null
  /** Tokens to add one by one; temperature 0 takes the most probable (lowest id among equals). Null: none. */
  readonly generate: {
    readonly length: number
    readonly temperature: number
    readonly seed: number
  } | null
  readonly normEpsilon?: number
}

export interface ModelRunAnswer {
  /** [positions, vocabulary] of the prompt as given. */
  readonly logits: Float64Array
  readonly vocabulary: number
  readonly taps: readonly {
    readonly tap: string
    /** [positions, channels], or [heads, query, key]. */
    readonly shape: readonly number[]
    readonly values: Float64Array
  }[]
  /** TASK_LOSS, nats; null where it was not wanted. */
  readonly loss: number | null
  /** The added tokens with their log-probability, nats. */
  readonly generated: readonly { readonly token: number; readonly logProbability: number }[]
  readonly evaluations: number
  /** Infinity where nothing was cut. */
  readonly smallestMargin: number
}
