/** Means of every maskable tap, `embed` and `final_resid` over a reference set (semantics.md §11), as plain data. */

export interface MeansRequest {
  readonly modelId: string
  /** Full model, after AbsTopK, first token included; sums in this order. */
  readonly sequences: readonly (readonly number[])[]
  /** PER_POSITION needs sequences of one length. */
  readonly axis: 'PER_CHANNEL' | 'PER_POSITION'
  readonly normEpsilon?: number
}

export interface Means {
  /** 1 for PER_CHANNEL, else the length of the sequences. */
  readonly positions: number
  /** [positions, channels] by tap. */
  readonly values: ReadonlyMap<string, Float64Array>
  /** Tokens that entered each mean. */
  readonly tokens: number
  readonly smallestMargin: number
}
