/**
 * A measurement as parts that run anywhere in any order: blocks of variants times blocks of prompts. Each evaluation
 * is bit-equal wherever it runs (semantics.md §14), so the parts put together are the answer of the whole.
 */
import { fillOfPrompts, type Measurement, type MeasurementAnswer } from '../domain/experiment/measurement.js'

export interface MeasurementPart {
  readonly firstVariant: number
  readonly firstPrompt: number
  readonly request: Measurement
}

/** Fewer than this, and what a block of variants shares is computed too often. */
const LEAST_VARIANTS = 16
/** More than this, and rows are long in coming. */
const MOST_VARIANTS = 128
/** Parts per worker, so that uneven ones even out. */
const PARTS_PER_WORKER = 4

/** Many variants are parted by variants, so that their rows are ready in order; few of them by prompts. */
export function measurementParts(request: Measurement, workers: number): readonly MeasurementPart[] {
  const variants = request.variants.length
  const prompts = request.prompts.length
  const wanted = workers === 1 ? 1 : workers * PARTS_PER_WORKER
  const variantBlocks = Math.max(
    1,
    Math.min(wanted, Math.floor(variants / LEAST_VARIANTS)),
    Math.ceil(variants / MOST_VARIANTS),
  )
  const promptBlocks = Math.max(1, Math.min(prompts, Math.ceil(wanted / variantBlocks)))
  return ranges(variants, variantBlocks).flatMap(([fromVariant, toVariant]) =>
    ranges(prompts, promptBlocks).map(([fromPrompt, toPrompt]) => ({
      firstVariant: fromVariant,
      firstPrompt: fromPrompt,
      request: {
        ...request,
        variants: request.variants.slice(fromVariant, toVariant),
        prompts: request.prompts.slice(fromPrompt, toPrompt),
        positions: request.positions.map((choice) => choice.slice(fromPrompt, toPrompt)),
        fills: request.fills.map((fill) => fillOfPrompts(fill, fromPrompt, toPrompt)),
        ...(request.rows === undefined ? {} : { rows: fillOfPrompts(request.rows, fromPrompt, toPrompt) }),
      },
    })),
  )
}

/** [from, to) of `blocks` nearly equal runs of 0 … length−1. */
function ranges(length: number, blocks: number): readonly (readonly [number, number])[] {
  return Array.from({ length: blocks }, (_, i) => [
    Math.floor((i * length) / blocks),
    Math.floor(((i + 1) * length) / blocks),
  ])
}

/** Puts answers of parts where they belong and says which variants are complete. */
export class MeasurementAssembly {
  readonly #whole: Measurement
  readonly #values: Float64Array
  readonly #margins: Float64Array
  /** How many prompts each variant still lacks. */
  readonly #lacking: Uint32Array
  #evaluations = 0
  #compiled = 0
  #complete = 0

  constructor(whole: Measurement) {
    const { variants, metrics, prompts } = whole
    this.#whole = whole
    this.#values = new Float64Array(variants.length * metrics.length * prompts.length)
    this.#margins = new Float64Array(variants.length).fill(Number.POSITIVE_INFINITY)
    this.#lacking = new Uint32Array(variants.length).fill(prompts.length)
  }

  add({ firstVariant, firstPrompt, request }: MeasurementPart, answer: MeasurementAnswer): void {
    const metrics = this.#whole.metrics.length
    const prompts = this.#whole.prompts.length
    const width = request.prompts.length
    for (let v = 0; v < request.variants.length; v++) {
      const variant = firstVariant + v
      for (let m = 0; m < metrics; m++) {
        const from = (v * metrics + m) * width
        this.#values.set(
          answer.values.subarray(from, from + width),
          (variant * metrics + m) * prompts + firstPrompt,
        )
      }
      this.#margins[variant] = Math.min(this.#margins[variant]!, answer.margins[v]!)
      this.#lacking[variant] = this.#lacking[variant]! - width
    }
    this.#evaluations += answer.evaluations
    this.#compiled += answer.compiled
  }

  /** The variants that became complete since the last call, in their order and without a hole; null for none. */
  newRows(): {
    readonly first: number
    readonly values: Float64Array
    readonly margins: Float64Array
  } | null {
    const first = this.#complete
    while (this.#complete < this.#lacking.length && this.#lacking[this.#complete] === 0) this.#complete++
    if (this.#complete === first) return null
    const row = this.#whole.metrics.length * this.#whole.prompts.length
    return {
      first,
      values: this.#values.slice(first * row, this.#complete * row),
      margins: this.#margins.slice(first, this.#complete),
    }
  }

  answer(): MeasurementAnswer {
    return {
      values: this.#values,
      margins: this.#margins,
      evaluations: this.#evaluations,
      compiled: this.#compiled,
    }
  }
}
