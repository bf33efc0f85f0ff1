/**
 * Runs sparse models. The adapter keeps prepared models in worker threads; use cases only say what to run.
 * All values are float64; sums go in fixed order, so the same request gives the same bits whatever the workers.
 */

/** One channel (or every position of it) takes a given value instead of the computed one, after AbsTopK. */
export interface Replacement {
  /** Released tap name: `0.attn.q`, `1.mlp.post_act`, `final_resid`, `embed` … */
  readonly tap: string
  readonly index: number
  /** Null: every position. */
  readonly position: number | null
  readonly value: number
}

export interface PromptCase {
  readonly tokens: readonly number[]
  /** Right next token at the last position; null: the prompt itself is predicted at every position. */
  readonly target: number | null
  /** The token it is weighed against; null: none. */
  readonly alternative: number | null
}

export const METRICS = [
  'LOGIT_DIFFERENCE',
  'TASK_LOSS',
  'TARGET_PROBABILITY',
  'ACCURACY',
  'KL_DIVERGENCE',
] as const
export type MetricName = (typeof METRICS)[number]

export interface ForwardRequest {
  readonly modelId: string
  readonly tokens: readonly number[]
  readonly replacements: readonly Replacement[]
  /** Taps to record whole, by released name; `attn.pattern` of layer L is `L.attn.pattern`. */
  readonly record: readonly string[]
  /** RMSNorm epsilon; default the float32 machine epsilon. */
  readonly normEpsilon?: number
}

export interface RecordedTap {
  readonly tap: string
  /** [positions, channels], or [heads, query, key] for patterns. */
  readonly shape: readonly number[]
  readonly values: Float64Array
}

export interface ForwardAnswer {
  /** [positions, vocabulary] */
  readonly logits: Float64Array
  readonly vocabulary: number
  readonly taps: readonly RecordedTap[]
  /** Smallest gap at an AbsTopK cut; null when the model has none. */
  readonly smallestMargin: number | null
}

export interface MeasureRequest {
  readonly modelId: string
  readonly prompts: readonly PromptCase[]
  readonly metrics: readonly MetricName[]
  /** Each variant is one way to run the model; an empty list is the model as it is. */
  readonly variants: readonly (readonly Replacement[])[]
  readonly normEpsilon?: number
}

export interface MeasureAnswer {
  /** values[variant][metric][prompt]; null where the metric is undefined for the prompt (no target, no alternative). */
  readonly values: readonly (readonly (readonly (number | null)[])[])[]
  readonly evaluations: number
  readonly smallestMargin: number | null
}

export interface GradientRequest {
  readonly modelId: string
  readonly prompts: readonly PromptCase[]
  readonly metric: MetricName
  readonly taps: readonly string[]
  readonly normEpsilon?: number
}

export interface GradientAnswer {
  /** One per prompt: metric value and, per tap, activations and gradients [positions, channels]. */
  readonly prompts: readonly {
    readonly value: number
    readonly taps: readonly {
      readonly tap: string
      readonly channels: number
      readonly activations: Float64Array
      readonly gradients: Float64Array
    }[]
  }[]
  readonly smallestMargin: number | null
}

export interface MeansRequest {
  readonly modelId: string
  /** Reference set: means are taken over all its tokens, first token included, after AbsTopK, full model. */
  readonly sequences: readonly (readonly number[])[]
  readonly normEpsilon?: number
}

export interface ModelRunner {
  forward(request: ForwardRequest, signal?: AbortSignal): Promise<ForwardAnswer>
  measure(
    request: MeasureRequest,
    signal?: AbortSignal,
    onProgress?: (done: number, total: number) => void,
  ): Promise<MeasureAnswer>
  gradients(request: GradientRequest, signal?: AbortSignal): Promise<GradientAnswer>
  /** Mean of every maskable tap: tap name → one value per channel. */
  means(request: MeansRequest, signal?: AbortSignal): Promise<ReadonlyMap<string, Float64Array>>
  close(): Promise<void>
}
