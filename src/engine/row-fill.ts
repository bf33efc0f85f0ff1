/** The rows that stand in place of those of a prompt's tokens, and prompts with some of their rows so replaced. */
import { InvalidInput } from '../domain/errors.js'
import type { RowFill, TokenMixture } from '../domain/experiment/row-fill.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkTokens } from './check-request.js'
import type { InputRows } from './run.js'
import { bigramRows, embeddingRows } from './token-rows.js'

/** Throws BAD_INPUT for a value that is not finite, or tokens that the model does not have. */
export function checkRowFill({ config }: PreparedModel, fill: RowFill): void {
  if (fill.kind === 'CONSTANT') {
    if (!Number.isFinite(fill.value))
      throw new InvalidInput('BAD_INPUT', `a token's rows cannot be replaced by ${fill.value}`)
  } else if (fill.kind === 'FROM_PROMPTS') for (const tokens of fill.prompts) checkTokens(config, tokens)
  else
    for (const { tokens } of fill.mixtures) {
      const strange = tokens.find((token) => token >= config.vocabSize)
      if (strange !== undefined)
        throw new InvalidInput(
          'BAD_INPUT',
          `token ${strange} of a mean row is not in the vocabulary of ${config.vocabSize}`,
        )
    }
}

export function ownRows(model: PreparedModel, tokens: readonly number[]): InputRows {
  return { embedding: embeddingRows(model, tokens), bigram: bigramRows(model, tokens) }
}

/** Rows for all `positions` of prompt number `place`. Throws BAD_INPUT where the fill does not reach. */
export function filledRows(model: PreparedModel, fill: RowFill, place: number, positions: number): InputRows {
  const { dModel, vocabSize } = model.config
  switch (fill.kind) {
    case 'CONSTANT':
      return {
        embedding: new Float64Array(positions * dModel).fill(fill.value),
        bigram: model.bigramTable === null ? null : new Float64Array(positions * vocabSize).fill(fill.value),
      }
    case 'FROM_PROMPTS': {
      const tokens = fill.prompts[place]
      if (tokens?.length !== positions)
        throw new InvalidInput(
          'BAD_INPUT',
          `prompt ${place} has ${positions} tokens and the one that its rows are replaced from has ${tokens?.length ?? 'none'}`,
          { hint: 'rows are replaced position by position: give prompts of one length' },
        )
      return ownRows(model, tokens)
    }
    case 'MIXED': {
      const { mixtures } = fill
      if (mixtures.length !== 1 && mixtures.length < positions)
        throw new InvalidInput(
          'BAD_INPUT',
          `the prompt has ${positions} positions, its mean rows only ${mixtures.length}`,
        )
      const { bigramTable } = model
      return {
        embedding: meanRows(model.tokenEmbedding, dModel, mixtures, positions),
        bigram: bigramTable === null ? null : meanRows(bigramTable, vocabSize, mixtures, positions),
      }
    }
    default:
      return fill satisfies never
  }
}

/** The clean rows, those of the filled ones at the given positions; a position beyond the prompt moves nothing. */
export function movedRows(
  clean: InputRows,
  filled: InputRows,
  moved: readonly number[],
  positions: number,
): InputRows {
  const swapped = (own: Float64Array, other: Float64Array): Float64Array => {
    const rows = own.slice()
    const width = rows.length / positions
    for (const t of moved) if (t < positions) rows.set(other.subarray(t * width, (t + 1) * width), t * width)
    return rows
  }
  return {
    embedding: swapped(clean.embedding, filled.embedding),
    bigram: clean.bigram === null ? null : swapped(clean.bigram, filled.bigram!),
  }
}

/** Σ share · row of the table [V, width], for every position. */
function meanRows(
  table: Float64Array,
  width: number,
  mixtures: readonly TokenMixture[],
  positions: number,
): Float64Array {
  const rows = new Float64Array(positions * width)
  const own = mixtures.length === 1 ? 1 : positions
  for (let t = 0; t < own; t++) {
    const { tokens, shares } = mixtures[t]!
    tokens.forEach((token, i) => {
      const share = shares[i]!
      for (let c = 0; c < width; c++)
        rows[t * width + c] = rows[t * width + c]! + share * table[token * width + c]!
    })
  }
  for (let t = own; t < positions; t++) rows.copyWithin(t * width, 0, width)
  return rows
}
