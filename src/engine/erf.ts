/**
 * The error function to double precision, by rational minimax approximations on three ranges after W. J. Cody,
 * "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969) 631–637, whose coefficients
 * these are. Relative error about 1e-16: exact GELU needs it (algorithms.md B4).
 *   |x| ≤ 0.46875   erf(x)  = x · A(x²)/B(x²)
 *   |x| ≤ 4         erfc(x) = exp(−x²) · C(x)/D(x)
 *   beyond          erfc(x) = exp(−x²)/x · (1/√π − z·P(z)/Q(z)), z = 1/x²
 */

import { exp } from './exp.js'

/** Highest power first. */
const A = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
] as const
const B = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171] as const
const C = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
] as const
const D = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
] as const
const P = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
] as const
const Q = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
] as const

const SMALL = 0.46875
const ONE_OVER_SQRT_PI = 0.5641895835477563
/** erfc is below the smallest double from here on. */
const VANISHES = 26.6

/** erf(x) = 2/√π ∫₀ˣ exp(−t²) dt. */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (size <= SMALL) return nearZero(x)
  const rest = 1 - upperTail(size)
  return x < 0 ? -rest : rest
}

/** erfc(x) = 1 − erf(x), without cancellation for large positive x. */
export function erfc(x: number): number {
  if (Math.abs(x) <= SMALL) return 1 - nearZero(x)
  return x > 0 ? upperTail(x) : 2 - upperTail(-x)
}

function nearZero(x: number): number {
  const z = x * x
  const top = (((A[0] * z + A[1]) * z + A[2]) * z + A[3]) * z + A[4]
  const bottom = (((z + B[1]) * z + B[2]) * z + B[3]) * z + B[4]
  return (x * top) / bottom
}

/** erfc for x > 0.46875. */
function upperTail(x: number): number {
  if (x >= VANISHES) return 0
  // x² is split so that the large part is exact: exp(−x²) would otherwise lose x² units in the last place.
  const head = Math.trunc(x * 16) / 16
  const decay = exp(-head * head) * exp(-(x - head) * (x + head))
  if (x <= 4) {
    let top = C[0] * x
    let bottom: number = x
    for (let i = 1; i < 8; i++) {
      top = (top + C[i]!) * x
      bottom = (bottom + D[i]!) * x
    }
    return (decay * (top + C[8])) / (bottom + D[8])
  }
  const z = 1 / (x * x)
  const top = ((((P[0] * z + P[1]) * z + P[2]) * z + P[3]) * z + P[4]) * z + P[5]
  const bottom = ((((z + Q[1]) * z + Q[2]) * z + Q[3]) * z + Q[4]) * z + Q[5]
  return (decay * (ONE_OVER_SQRT_PI - (z * top) / bottom)) / x
}
