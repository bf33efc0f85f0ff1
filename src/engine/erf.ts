/**
 * The error function to double precision, by rational minimax approximations on three ranges after W. J. Cody,
 * "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969) 631–637, whose coefficients
 * these are. Relative error about 1e-16: exact GELU needs it (algorithms.md B4).
 *   |x| ≤ 0.46875   erf(x)  = x · A(x²)/B(x²)
 *   |x| ≤ 4         erfc(x) = exp(−x²) · C(x)/D(x)
 *   beyond          erfc(x) = exp(−x²)/x · (1/√π − z·P(z)/Q(z)), z = 1/x²
 */

/** Highest power first. */
const A = [1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3] as const
const B = [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3] as const
const C = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
  8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
] as const
const D = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
  4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
] as const
const P = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2,
  6.58749161529837803e-4,
] as const
const Q = [
  1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
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
  const decay = Math.exp(-head * head) * Math.exp(-(x - head) * (x + head))
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
