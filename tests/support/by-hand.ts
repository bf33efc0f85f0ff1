/**
 * Runs whose activations are replaced place by place, the slow and obvious way: every variant from the start, every
 * metric at once. The oracle of the engine's measurements, and the words in which ground-truth cases speak.
 */
import { METRICS, type MetricName, type PromptCase } from '../../src/domain/experiment/metric.js'
import { runToEnd } from '../../src/domain/steps.js'
import type { GradientSink } from '../../src/engine/backward.js'
import { checkFinite } from '../../src/engine/check-request.js'
import { differentiate } from '../../src/engine/gradients/differentiate.js'
import { metricValue } from '../../src/engine/metric.js'
import { referenceMeans } from '../../src/engine/reference-means.js'
import { newRun } from '../../src/engine/run.js'
import { forward } from '../../src/engine/sparse-transformer.js'
import type { Tap } from '../../src/engine/tap.js'
import { tapPlace } from '../../src/engine/tap-names.js'
import type { PreparedModel } from '../../src/model/prepared-model.js'

export interface Replacement {
  readonly tap: string
  /** Channel; for `<layer>.attn.pattern` the place (head · T + query) · T + key on a prompt of T tokens. */
  readonly index: number
  /** Null: every position. */
  readonly position: number | null
  readonly value: number
}

export const ALL_METRICS: readonly MetricName[] = METRICS

/** A prompt with the metric taken wherever it is defined. */
export function promptOf(
  tokens: readonly number[],
  target: number | null = null,
  alternative: number | null = null,
): PromptCase {
  return { tokens, target, alternative, at: 'ALL' }
}

export class PlaceTap implements Tap {
  readonly recorded = new Map<string, { readonly width: number; readonly values: Float64Array }>()
  readonly #replacements: readonly Replacement[]
  readonly #record: ReadonlySet<string>

  constructor(replacements: readonly Replacement[] = [], record: Iterable<string> = []) {
    this.#replacements = replacements
    this.#record = new Set(record)
  }

  pass(name: string, values: Float64Array, width: number): void {
    this.#write(name, values, width, (replacement) => replacement.value)
    if (this.#record.has(name)) this.recorded.set(name, { width, values: values.slice() })
  }

  needsAll(name: string): boolean {
    return this.touches(name)
  }

  touches(name: string): boolean {
    return this.replaces(name) || this.#record.has(name)
  }

  replaces(name: string): boolean {
    return this.#replacements.some(({ tap }) => tap === name)
  }

  stop(name: string, gradient: Float64Array, width: number): void {
    this.#write(name, gradient, width, () => 0)
  }

  #write(name: string, values: Float64Array, width: number, of: (replacement: Replacement) => number): void {
    for (const replacement of this.#replacements) {
      if (replacement.tap !== name) continue
      const { index, position } = replacement
      for (let t = 0; t < values.length / width; t++)
        if (position === null || position === t) values[t * width + index] = of(replacement)
    }
  }
}

export function runByHand(
  model: PreparedModel,
  tokens: readonly number[],
  {
    replacements = [],
    record = [],
    normEpsilon,
  }: {
    readonly replacements?: readonly Replacement[]
    readonly record?: readonly string[]
    readonly normEpsilon?: number
  } = {},
) {
  const tap = new PlaceTap(replacements, record)
  const margin = { smallest: Number.POSITIVE_INFINITY }
  const logits = runToEnd(forward(newRun(model, tokens, tap, { normEpsilon, margin })))
  checkFinite(logits)
  return {
    logits,
    vocabulary: model.config.vocabSize,
    smallestMargin: margin.smallest,
    taps: record.map((name) => {
      const { width, values } = tap.recorded.get(name)!
      const pattern = tapPlace(model.config, name).width === null
      return {
        tap: name,
        shape: pattern ? [model.config.heads, tokens.length, tokens.length] : [tokens.length, width],
        values,
      }
    }),
  }
}

/** values[variant][metric][prompt]; NaN where a metric is undefined. */
export function measureByHand(
  model: PreparedModel,
  request: {
    readonly prompts: readonly PromptCase[]
    readonly metrics: readonly MetricName[]
    readonly variants: readonly (readonly Replacement[])[]
    readonly normEpsilon?: number
  },
): { readonly values: number[][][] } {
  const { prompts, metrics, variants, normEpsilon } = request
  return {
    values: variants.map((replacements) => {
      const rows = prompts.map((prompt) => {
        const full = runByHand(model, prompt.tokens, { normEpsilon }).logits
        const { logits } = runByHand(model, prompt.tokens, { replacements, normEpsilon })
        return metrics.map((name) =>
          metricValue({ name, against: null }, prompt, logits, full, model.config.vocabSize),
        )
      })
      return metrics.map((_, m) => rows.map((row) => row[m]!))
    }),
  }
}

/** Value, activations and gradients of one metric at whole taps, prompt by prompt. */
export function gradientsByHand(
  model: PreparedModel,
  request: {
    readonly prompts: readonly PromptCase[]
    readonly metric: MetricName
    readonly taps: readonly string[]
    readonly replacements?: readonly Replacement[]
    readonly normEpsilon?: number
  },
) {
  const { metric, taps, replacements = [], normEpsilon } = request
  const margin = { smallest: Number.POSITIVE_INFINITY }
  const prompts = request.prompts.map((prompt) => {
    const fullLogits = runByHand(model, prompt.tokens, { normEpsilon }).logits
    const tap = new PlaceTap(replacements, taps)
    const found = new Map<string, Float64Array>()
    const sink: GradientSink = {
      at: (name, gradient) => {
        if (taps.includes(name)) found.set(name, gradient.slice())
      },
    }
    const { value } = runToEnd(
      differentiate(model, prompt, { name: metric, against: null }, tap, sink, {
        normEpsilon,
        margin,
        fullLogits,
      }),
    )
    return {
      value,
      taps: taps.map((name) => {
        const { width, values } = tap.recorded.get(name)!
        return { tap: name, channels: width, activations: values, gradients: found.get(name)! }
      }),
    }
  })
  return { prompts, smallestMargin: margin.smallest }
}

/** Mean of every channel over all tokens. */
export function meansOf(
  model: PreparedModel,
  sequences: readonly (readonly number[])[],
): ReadonlyMap<string, Float64Array> {
  return runToEnd(referenceMeans(model, { modelId: model.id, sequences, axis: 'PER_CHANNEL' })).values
}
