/**
 * The mean of every channel over all tokens of a set of sequences, first token included, full model, after AbsTopK:
 * the replacement value of mean ablation (Gao et al. 2025, §2.2; semantics.md §11). Sums are Neumaier's, in the
 * order of the sequences.
 */
import { InvalidInput } from '../domain/errors.js'
import { maskableSites } from '../model/model-graph.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkTokens } from './check-request.js'
import { newRun } from './run.js'
import { checkFinite } from './run-forward.js'
import { forward } from './sparse-transformer.js'
import type { Tap } from './tap.js'
import { Workspace } from './workspace.js'

export interface MeansRequest {
  readonly sequences: readonly (readonly number[])[]
  readonly normEpsilon?: number
}

/**
 * One mean per channel of every maskable tap, and of `embed` and `final_resid`. Throws BAD_INPUT for an empty set or
 * a token outside the vocabulary.
 */
export function* channelMeans(
  model: PreparedModel,
  request: MeansRequest,
): Generator<void, ReadonlyMap<string, Float64Array>> {
  const { sequences, normEpsilon } = request
  if (sequences.length === 0) throw new InvalidInput('BAD_INPUT', 'means need at least one sequence')
  for (const sequence of sequences) checkTokens(model.config, sequence)
  checkEpsilon(normEpsilon)
  const tap = new MeanTap(model)
  const workspace = new Workspace(false)
  let count = 0
  for (const sequence of sequences) {
    checkFinite(yield* forward(newRun(model, sequence, tap, { normEpsilon, workspace })))
    count += sequence.length
  }
  return tap.means(count)
}

/** Adds up what passes and changes nothing. */
class MeanTap implements Tap {
  readonly #sums = new Map<string, { readonly sum: Float64Array; readonly lost: Float64Array }>()

  constructor(model: PreparedModel) {
    const { dModel } = model.config
    const ends = [
      { tap: 'embed', width: dModel },
      ...maskableSites(model.config),
      { tap: 'final_resid', width: dModel },
    ]
    for (const { tap, width } of ends)
      this.#sums.set(tap, { sum: new Float64Array(width), lost: new Float64Array(width) })
  }

  pass(name: string, values: Float64Array, width: number): void {
    const sums = this.#sums.get(name)
    if (sums === undefined) return
    const { sum, lost } = sums
    for (let at = 0; at < values.length; at += width) {
      for (let c = 0; c < width; c++) {
        const value = values[at + c]!
        const before = sum[c]!
        const after = before + value
        const missed = Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before
        lost[c] = lost[c]! + missed
        sum[c] = after
      }
    }
  }

  touches(): boolean {
    return false
  }

  replaces(): boolean {
    return false
  }

  stop(): void {}

  means(count: number): ReadonlyMap<string, Float64Array> {
    return new Map(
      Array.from(this.#sums, ([tap, { sum, lost }]) => [
        tap,
        sum.map((total, c) => (total + lost[c]!) / count),
      ]),
    )
  }
}
