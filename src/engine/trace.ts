/** What a forward pass leaves behind for the reverse pass: each array as it stood after its tap. */

/** 1 where AbsTopK kept the entry; null where the site has no AbsTopK. */
export type Kept = Uint8Array | null

export interface AttentionTrace {
  /** [positions, dModel] */
  readonly residIn: Float64Array
  /** [positions, input] */
  readonly actInKept: Kept
  /** [positions, heads · dHead] each */
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
  readonly qKept: Kept
  readonly kKept: Kept
  readonly vKept: Kept
  /** [heads, query, key]: as computed, and as used where it was replaced */
  readonly softmax: Float64Array
  readonly pattern: Float64Array
  readonly deltaKept: Kept
  readonly after: AfterTrace
}

export interface MlpTrace {
  /** [positions, dModel] */
  readonly residMid: Float64Array
  readonly actInKept: Kept
  /** [positions, dMlp], before the nonlinearity */
  readonly preActivation: Float64Array
  readonly postActKept: Kept
  readonly deltaKept: Kept
  readonly after: AfterTrace
}

/** What acts on the residual stream after a sublayer has been added. */
export interface AfterTrace {
  /** 1 where relu let the entry through; null without a residual activation. */
  readonly passed: Kept
  readonly kept: Kept
}

export interface Trace {
  readonly attention: AttentionTrace[]
  readonly mlp: MlpTrace[]
  /** [positions, dModel] */
  finalResid: Float64Array
}

export function emptyTrace(): Trace {
  return { attention: [], mlp: [], finalResid: new Float64Array(0) }
}
