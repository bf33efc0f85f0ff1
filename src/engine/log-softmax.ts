/** Log-probabilities of one row of logits, with the maximum subtracted; never the logarithm of a softmax. */

/** log Σ exp(values[i]) over `length` values from `at`. */
export function logSumExp(values: Float64Array, at: number, length: number): number {
  let top = Number.NEGATIVE_INFINITY
  for (let i = at; i < at + length; i++) if (values[i]! > top) top = values[i]!
  let sum = 0
  for (let i = at; i < at + length; i++) sum += Math.exp(values[i]! - top)
  return top + Math.log(sum)
}

/** log(1 + exp(x)) without overflow: the loss −log σ(−x) of choosing between two answers. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

/** 1 / (1 + exp(−x)) without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}
