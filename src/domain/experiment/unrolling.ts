/** A model, or the part of it that a circuit keeps, on one prompt as a graph of derivatives (semantics.md §2). */
import type { ChannelSet } from './channel-set.js'
import type { Fill } from './measurement.js'

export interface Unrolling {
  readonly modelId: string
  readonly tokens: readonly number[]
  /** Channels that stand at the fill: constants, and no nodes. */
  readonly background: { readonly replaced: ChannelSet; readonly fill: Fill }
  /** OV_ONLY: patterns are constants. */
  readonly attention: 'OV_ONLY' | 'OV_AND_QK'
  /** FROZEN: the spread of the stream is a constant, and no node. */
  readonly norms: 'LIVE' | 'FROZEN'
  /** Tokens whose logits at the last position are the ends; null: the ten most probable. */
  readonly logits: readonly number[] | null
  /** More edges than this are refused. */
  readonly mostEdges: number
  readonly normEpsilon?: number
}

export interface UnrolledRun {
  /** Released names of taps; `rms:0.attn.act_in` and `mean:0.attn.act_in` for what a norm learns of its row; `logit`. */
  readonly sites: readonly string[]
  readonly nodes: {
    readonly count: number
    /** Index into `sites`. */
    readonly site: Uint32Array
    /** Channel; the token of a logit; 0 for norms. */
    readonly index: Uint32Array
    readonly position: Uint32Array
    /** The value on the prompt. */
    readonly value: Float64Array
  }
  readonly edges: {
    readonly count: number
    /** Numbers of nodes. */
    readonly source: Uint32Array
    readonly target: Uint32Array
    /** ∂target/∂source with everything else at its value. */
    readonly weight: Float64Array
  }
  /** Softmax probabilities of the logits at the last position, in their order. */
  readonly logits: readonly { readonly token: number; readonly probability: number }[]
  readonly smallestMargin: number
}
