/**
 * Causal softmax attention of one head, forward and backward. q, k, v, y are [positions, width] with the head's
 * channels from `from`; a pattern is [query, key] from `at`, written on and below the diagonal only.
 *   pattern[t,s] = exp(q_t·k_s/√dHead) / (Σ_{s'≤t} exp(q_t·k_s'/√dHead) + exp(sink))
 * The sink is one more key with value 0 that enlarges the denominator (sparse-models.md §1.4).
 */

import { exp } from './exp.js'

export interface HeadShape {
  readonly positions: number
  /** Row length of q, k, v and y: heads · dHead. */
  readonly width: number
  readonly dHead: number
  /** First channel of the head. */
  readonly from: number
}

export function attentionPattern(
  shape: HeadShape,
  q: Float64Array,
  k: Float64Array,
  sink: number | null,
  pattern: Float64Array,
  at: number,
  firstQuery = 0,
): void {
  const { positions, width, dHead, from } = shape
  const scale = 1 / Math.sqrt(dHead)
  const keys = new Float64Array(dHead * positions) // [channel, position]: the inner loop below runs along it
  for (let s = 0; s < positions; s++)
    for (let c = 0; c < dHead; c++) keys[c * positions + s] = k[s * width + from + c]!
  for (let t = firstQuery; t < positions; t++) {
    const row = at + t * positions
    pattern.fill(0, row, row + t + 1)
    for (let c = 0; c < dHead; c++) {
      const query = q[t * width + from + c]! * scale
      if (query === 0) continue
      const key = c * positions
      for (let s = 0; s <= t; s++) pattern[row + s] = pattern[row + s]! + query * keys[key + s]!
    }
    softmaxRow(pattern, row, t + 1, sink)
  }
}

function softmaxRow(scores: Float64Array, at: number, length: number, sink: number | null): void {
  let top = sink ?? Number.NEGATIVE_INFINITY
  for (let s = at; s < at + length; s++) if (scores[s]! > top) top = scores[s]!
  let sum = sink === null ? 0 : exp(sink - top)
  for (let s = at; s < at + length; s++) {
    const e = exp(scores[s]! - top)
    scores[s] = e
    sum += e
  }
  const part = 1 / sum
  for (let s = at; s < at + length; s++) scores[s] = scores[s]! * part
}

/** y_t += Σ_{s≤t} pattern[t,s] v_s over the nonzero values, keys in ascending order. */
export function attend(
  shape: HeadShape,
  pattern: Float64Array,
  at: number,
  v: Float64Array,
  y: Float64Array,
  firstQuery = 0,
): void {
  const { positions, width, dHead, from } = shape
  const room = positions * dHead
  const key = new Uint32Array(room)
  const channel = new Uint32Array(room)
  const value = new Float64Array(room)
  const end = new Uint32Array(positions) // how many of them stand at or before each key
  let count = 0
  for (let s = 0; s < positions; s++) {
    for (let c = from; c < from + dHead; c++) {
      const here = v[s * width + c]!
      if (here === 0) continue
      key[count] = s
      channel[count] = c
      value[count] = here
      count++
    }
    end[s] = count
  }
  for (let t = firstQuery; t < positions; t++) {
    const row = at + t * positions
    const to = t * width
    for (let n = 0; n < end[t]!; n++) {
      const c = to + channel[n]!
      y[c] = y[c]! + pattern[row + key[n]!]! * value[n]!
    }
  }
}

/** Gradient of the pattern and of v from that of y: adds to `gradientOfV`, writes `gradientOfPattern` from `at`. */
export function attendBackward(
  shape: HeadShape,
  pattern: Float64Array,
  at: number,
  v: Float64Array,
  gradientOfY: Float64Array,
  gradientOfPattern: Float64Array,
  gradientOfV: Float64Array,
): void {
  const { positions, width, dHead, from } = shape
  for (let t = 0; t < positions; t++) {
    const y = t * width + from
    for (let s = 0; s <= t; s++) {
      const value = s * width + from
      const weight = pattern[at + t * positions + s]!
      let sum = 0
      for (let c = 0; c < dHead; c++) {
        const g = gradientOfY[y + c]!
        sum += g * v[value + c]!
        gradientOfV[value + c] = gradientOfV[value + c]! + weight * g
      }
      gradientOfPattern[at + t * positions + s] = sum
    }
  }
}

/** Gradient of q and k from that of the pattern; `softmax` is the pattern as computed. Adds to both. */
export function attentionPatternBackward(
  shape: HeadShape,
  softmax: Float64Array,
  gradientOfPattern: Float64Array,
  at: number,
  q: Float64Array,
  k: Float64Array,
  gradientOfQ: Float64Array,
  gradientOfK: Float64Array,
): void {
  const { positions, width, dHead, from } = shape
  const scale = 1 / Math.sqrt(dHead)
  for (let t = 0; t < positions; t++) {
    const row = at + t * positions
    let mean = 0 // the sink's value is 0, so it adds nothing here
    for (let s = 0; s <= t; s++) mean += softmax[row + s]! * gradientOfPattern[row + s]!
    const query = t * width + from
    for (let s = 0; s <= t; s++) {
      const g = softmax[row + s]! * (gradientOfPattern[row + s]! - mean) * scale
      if (g === 0) continue
      const key = s * width + from
      for (let c = 0; c < dHead; c++) {
        gradientOfQ[query + c] = gradientOfQ[query + c]! + g * k[key + c]!
        gradientOfK[key + c] = gradientOfK[key + c]! + g * q[query + c]!
      }
    }
  }
}
