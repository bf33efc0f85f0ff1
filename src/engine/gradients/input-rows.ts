/** The rows of a prompt's input, and those of its baseline: what token attributions move (semantics.md §7). */
import { InvalidInput } from '../../domain/errors.js'
import { filledRows, ownRows } from '../row-fill.js'
import type { InputRows } from '../run.js'
import type { Bench } from './bench.js'

export function cleanInput({ model, prompt }: Bench): InputRows {
  return ownRows(model, prompt.tokens)
}

/** Positions are not rows and stay. Throws BAD_INPUT where the baseline says nothing of rows. */
export function baselineInput({ model, request, place, positions }: Bench): InputRows {
  const { baseline, rows } = request
  if (rows !== undefined) return filledRows(model, rows, place, positions)
  if (baseline.kind === 'CONSTANT' || baseline.kind === 'FROM_PROMPTS')
    return filledRows(model, baseline, place, positions)
  throw new InvalidInput('BAD_INPUT', 'means of channels say nothing of the rows of tokens: give rows', {
    path: 'input.baseline',
  })
}

/** The clean input moved by the share `at` of the way to the baseline. */
export function inputBetween(bench: Bench, at: number): InputRows {
  return mixed(cleanInput(bench), baselineInput(bench), at)
}

export function mixed(from: InputRows, to: InputRows, at: number): InputRows {
  const mix = (a: Float64Array, b: Float64Array): Float64Array =>
    a.map((value, i) => value + at * (b[i]! - value))
  return {
    embedding: mix(from.embedding, to.embedding),
    bigram: from.bigram === null || to.bigram === null ? null : mix(from.bigram, to.bigram),
  }
}

/** Σ over channels and vocabulary of (row̃ − row) · slope, by position; slopes are [T, d] and [T, V]. */
export function rowTerms(
  from: InputRows,
  to: InputRows,
  slopes: { readonly embedding: Float64Array; readonly logits: Float64Array },
  positions: number,
): Float64Array {
  const terms = new Float64Array(positions)
  const add = (a: Float64Array, b: Float64Array, slope: Float64Array): void => {
    const width = a.length / positions
    for (let t = 0; t < positions; t++) {
      let sum = 0
      for (let c = t * width; c < (t + 1) * width; c++) sum += (b[c]! - a[c]!) * slope[c]!
      terms[t] = terms[t]! + sum
    }
  }
  add(from.embedding, to.embedding, slopes.embedding)
  if (from.bigram !== null && to.bigram !== null) add(from.bigram, to.bigram, slopes.logits)
  return terms
}
