/**
 * Scale and shift of a circuit's logits, fitted apart (Gao et al. 2025, A.5; algorithms.md E1): between two answers a
 * shift per answer token and a scale are a logistic regression with two parameters, so that Newton's steps end at its
 * one optimum.
 */

export interface Calibration {
  readonly scale: number
  /** Added to the logit difference of the answer with the lower token id, nats. */
  readonly shift: number
}

/** Logit of the right answer minus that of the other, and whether the right one is the lower id. */
export interface AnsweredSide {
  readonly difference: number
  readonly isLower: boolean
}

const STEPS = 50
const TOLERANCE = 1e-12
/** Keeps the curvature away from zero where data are separable, and with it the scale finite. */
const RIDGE = 1e-6

/** Null where the difference says nothing: all alike or without a number. */
export function calibrated(sides: readonly AnsweredSide[]): Calibration | null {
  if (sides.length < 2 || sides.some(({ difference }) => !Number.isFinite(difference))) return null
  let scale = 1
  let shift = 0
  for (let step = 0; step < STEPS; step++) {
    // Gradient and curvature of the mean loss, in (scale, shift).
    let [gs, gb, hss, hsb, hbb] = [RIDGE * (scale - 1), RIDGE * shift, RIDGE, 0, RIDGE]
    for (const { difference, isLower } of sides) {
      const sign = isLower ? 1 : -1
      const margin = scale * difference + sign * shift
      const p = 1 / (1 + Math.exp(margin))
      const weight = (p * (1 - p)) / sides.length
      gs -= (p * difference) / sides.length
      gb -= (p * sign) / sides.length
      hss += weight * difference * difference
      hsb += weight * difference * sign
      hbb += weight
    }
    const determinant = hss * hbb - hsb * hsb
    if (!(determinant > 0)) return null
    const [ds, db] = [(gs * hbb - gb * hsb) / determinant, (gb * hss - gs * hsb) / determinant]
    // A step that makes it worse is halved: far from the optimum Newton's may overshoot.
    let size = 1
    const before = regularised(sides, scale, shift)
    while (size > 1e-6 && regularised(sides, scale - size * ds, shift - size * db) > before) size /= 2
    scale -= size * ds
    shift -= size * db
    if (Math.abs(size * ds) + Math.abs(size * db) < TOLERANCE) break
  }
  return { scale, shift }
}

function regularised(sides: readonly AnsweredSide[], scale: number, shift: number): number {
  return calibratedLoss(sides, { scale, shift }) + (RIDGE / 2) * ((scale - 1) ** 2 + shift * shift)
}

/** Mean loss per side, nats. */
export function calibratedLoss(sides: readonly AnsweredSide[], { scale, shift }: Calibration): number {
  let sum = 0
  for (const { difference, isLower } of sides) {
    const margin = scale * difference + (isLower ? shift : -shift)
    sum += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)))
  }
  return sum / sides.length
}
