/** What the tokens of a prompt look up in a model, as rows. */
import type { PreparedModel } from '../model/prepared-model.js'

/** Rows that the tokens look up in the embedding: [T, d]. */
export function embeddingRows(model: PreparedModel, tokens: readonly number[]): Float64Array {
  const { dModel } = model.config
  const rows = new Float64Array(tokens.length * dModel)
  tokens.forEach((token, t) => {
    rows.set(model.tokenEmbedding.subarray(token * dModel, (token + 1) * dModel), t * dModel)
  })
  return rows
}

/** Rows that the tokens look up in the bigram table: [T, V]; null for a model without one. */
export function bigramRows(model: PreparedModel, tokens: readonly number[]): Float64Array | null {
  const { bigramTable } = model
  if (bigramTable === null) return null
  const { vocabSize } = model.config
  const rows = new Float64Array(tokens.length * vocabSize)
  tokens.forEach((token, t) => {
    rows.set(bigramTable.subarray(token * vocabSize, (token + 1) * vocabSize), t * vocabSize)
  })
  return rows
}
