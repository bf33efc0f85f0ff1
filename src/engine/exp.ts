/**
 * e^x to within one unit in the last place, the same bits on every machine and in the WebAssembly kernels (its twin is
 * kernels/assembly/exp.asc), which Math.exp does not promise. x = n ln 2 + r with |r| ≤ ln 2 / 2, e^r by its series to r¹³ (the
 * next term is below 2⁻⁵⁷), then times 2ⁿ.
 */
const LOG2_E = Math.LOG2E
/** ln 2 in two parts; the upper one ends in 32 zero bits, so that n · upper is exact. */
const LN2_UPPER = 0.6931471803691238
const LN2_LOWER = 1.9082149292705877e-10
/** Adding it and taking it away again rounds to an integer. */
const ROUNDER = 6755399441055744
/** Below it e^x is 0, above HIGHEST infinite; at LOWEST_NORMAL it is still a normal number. */
const LOWEST = -745.1332191019412
const HIGHEST = 709.782712893384
const LOWEST_NORMAL = -708

/** 2ⁿ for −1022 ≤ n ≤ 1023, from n + 1022. */
const POWERS = Float64Array.from({ length: 2046 }, (_, i) => 2 ** (i - 1022))

export function exp(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > HIGHEST) return Number.POSITIVE_INFINITY
  if (x < LOWEST) return 0
  const n = x * LOG2_E + ROUNDER - ROUNDER
  const r = x - n * LN2_UPPER - n * LN2_LOWER
  // n can be 1024, which is no power of its own; below the normal numbers the second factor rounds once.
  if (x >= LOWEST_NORMAL) return n > 1023 ? series(r) * POWERS[2045]! * 2 : series(r) * POWERS[n + 1022]!
  return series(r) * POWERS[n + 200 + 1022]! * 2 ** -200
}

/** 1 + (r + r² (c₂ + c₃ r + …)), the sum in pairs of pairs, as the twin does it. */
function series(r: number): number {
  const r2 = r * r
  const r4 = r2 * r2
  const r8 = r4 * r4
  const low = 0.5 + 0.16666666666666666 * r + (0.041666666666666664 + 0.008333333333333333 * r) * r2
  const middle =
    0.001388888888888889 +
    0.0001984126984126984 * r +
    (0.0000248015873015873 + 0.0000027557319223985893 * r) * r2
  const high =
    2.755731922398589e-7 + 2.505210838544172e-8 * r + (2.08767569878681e-9 + 1.6059043836821613e-10 * r) * r2
  return 1 + (r + r2 * (low + middle * r4 + high * r8))
}
