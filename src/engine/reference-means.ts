/**
 * Means over a reference set, first token included, full model, after AbsTopK: the replacement values of mean ablation
 * (Gao et al. 2025, §2.2; semantics.md §11), per channel over all positions or per channel and position. Sums are
 * Neumaier's, in the order of the sequences.
 */
import { InvalidInput } from '../domain/errors.js'
import type { Means, MeansRequest } from '../domain/experiment/reference-means.js'
import { maskableSites } from '../model/model-graph.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkFinite, checkTokens } from './check-request.js'
import { newRun } from './run.js'
import { forward } from './sparse-transformer.js'
import type { Tap } from './tap.js'
import { Workspace } from './workspace.js'

/**
 * Means of every maskable tap, `embed` and `final_resid`. Throws BAD_INPUT for an empty set, a token outside the
 * vocabulary, or sequences of several lengths where means are taken position by position.
 */
export function* referenceMeans(
  model: PreparedModel,
  request: MeansRequest,
  onProgress?: (done: number, total: number) => void,
): Generator<void, Means> {
  const { sequences, axis, normEpsilon } = request
  if (sequences.length === 0) throw new InvalidInput('BAD_INPUT', 'means need at least one sequence')
  for (const sequence of sequences) checkTokens(model.config, sequence)
  checkEpsilon(normEpsilon)
  const positions = axis === 'PER_CHANNEL' ? 1 : commonLength(sequences)
  const tap = new MeanTap(model, positions)
  const workspace = new Workspace()
  const margin = { smallest: Number.POSITIVE_INFINITY }
  let tokens = 0
  for (const [i, sequence] of sequences.entries()) {
    const firstRow = sequence.length - 1
    checkFinite(yield* forward(newRun(model, sequence, tap, { normEpsilon, workspace, margin, firstRow })))
    tokens += sequence.length
    onProgress?.(i + 1, sequences.length)
  }
  const count = tokens / positions
  return { positions, values: tap.means(count), tokens: count, smallestMargin: margin.smallest }
}

function commonLength(sequences: readonly (readonly number[])[]): number {
  const length = sequences[0]!.length
  const other = sequences.findIndex((sequence) => sequence.length !== length)
  if (other >= 0)
    throw new InvalidInput(
      'BAD_INPUT',
      `means per position need sequences of one length: the first has ${length} tokens, number ${other} has ${sequences[other]!.length}`,
    )
  return length
}

interface Sums {
  readonly sum: Float64Array
  readonly lost: Float64Array
}

/** Adds up what passes and changes nothing. */
class MeanTap implements Tap {
  readonly #sums = new Map<string, Sums>()

  constructor(model: PreparedModel, positions: number) {
    const { dModel } = model.config
    const ends = [
      { tap: 'embed', width: dModel },
      ...maskableSites(model.config),
      { tap: 'final_resid', width: dModel },
    ]
    for (const { tap, width } of ends) {
      const length = positions * width
      this.#sums.set(tap, { sum: new Float64Array(length), lost: new Float64Array(length) })
    }
  }

  pass(name: string, values: Float64Array): void {
    const sums = this.#sums.get(name)
    if (sums === undefined) return
    const room = sums.sum.length // one row, or one row per position
    for (let at = 0; at < values.length; at += room) addTo(sums, values, at)
  }

  needsAll(): boolean {
    return true
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

function addTo({ sum, lost }: Sums, values: Float64Array, at: number): void {
  for (let c = 0; c < sum.length; c++) {
    const value = values[at + c]!
    const before = sum[c]!
    const after = before + value
    const missed = Math.abs(before) >= Math.abs(value) ? before - after + value : value - after + before
    lost[c] = lost[c]! + missed
    sum[c] = after
  }
}
