/** The rows of a prompt's input, and those of its baseline: what token attributions move. */
import { InvalidInput } from '../../domain/errors.js'
import type { InputRows } from '../run.js'
import { bigramRows, embeddingRows } from '../token-rows.js'
import type { Bench } from './bench.js'

export function cleanInput({ model, prompt }: Bench): InputRows {
  return {
    embedding: embeddingRows(model, prompt.tokens),
    bigram: bigramRows(model, prompt.tokens),
  }
}

/** Rows of the corrupt prompt, zero rows, or mean rows; positions are not rows and stay. */
export function baselineInput(bench: Bench): InputRows {
  const { model, request, prompt } = bench
  const { baseline } = request
  if (baseline.kind === 'FROM_PROMPTS') {
    const tokens = baseline.prompts[bench.place]!
    return { embedding: embeddingRows(model, tokens), bigram: bigramRows(model, tokens) }
  }
  const bigram = bigramRows(model, prompt.tokens)
  if (bigram !== null && baseline.kind !== 'CONSTANT')
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'this model adds a bigram row per token, and means are taken over activations: weigh tokens against ZERO or a corrupt prompt',
      { path: 'input.baseline' },
    )
  return { embedding: bench.baseline('embed'), bigram: bigram?.fill(0) ?? null }
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
