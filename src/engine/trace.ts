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
  /** [heads, query, key]: as computed, and as used where it was replaced; empty where the trace does not keep them */
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
  /** Values before AbsTopK by layer and site (`0.attn_in`), where a pass wants them; null for none. */
  readonly uncut: Map<string, Float64Array> | null
  /** Patterns are most of a trace. Without them the reverse pass works them out again, head by head. */
  readonly keepsPatterns: boolean
}

export function emptyTrace({ uncut = false, keepsPatterns = true } = {}): Trace {
  const finalResid = new Float64Array(0)
  return { attention: [], mlp: [], finalResid, uncut: uncut ? new Map() : null, keepsPatterns }
}

/** How many entries AbsTopK keeps in one run and drops in the other: jumps that no gradient sees (algorithms.md C2). */
export function topKChanges(a: Trace, b: Trace): number {
  const sites = ({ attention, mlp }: Trace): readonly Kept[] => [
    ...attention.flatMap((t) => [t.actInKept, t.qKept, t.kKept, t.vKept, t.deltaKept, t.after.kept]),
    ...mlp.flatMap((t) => [t.actInKept, t.postActKept, t.deltaKept, t.after.kept]),
  ]
  const [x, y] = [sites(a), sites(b)]
  let changes = 0
  x.forEach((kept, site) => {
    const other = y[site]!
    for (let i = 0; kept !== null && other !== null && i < kept.length; i++)
      if (kept[i] === 1 && other[i] === 0) changes++
  })
  return changes
}
