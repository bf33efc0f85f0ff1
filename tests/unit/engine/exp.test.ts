/** e^x against its series in 300-bit fixed point. */
import { exp } from '../../../src/engine/exp.js'
import { seededRandom } from '../../support/seeded-random.js'

const BITS = 300n
const ONE = 1n << BITS

/** Exact value of a double as fixed point; |x| < 2^20. */
function fixed(x: number): bigint {
  let exponent = 0
  let whole = x
  while (!Number.isInteger(whole)) {
    whole *= 2
    exponent++
  }
  return (BigInt(whole) << BITS) >> BigInt(exponent)
}

/** e^(x / 2¹⁰), squared ten times. */
function exactly(x: number): bigint {
  const small = fixed(x) >> 10n
  let term = ONE
  let sum = ONE
  for (let n = 1n; n < 60n; n++) {
    term = (term * small) / ONE / n
    sum += term
  }
  for (let i = 0; i < 10; i++) sum = (sum * sum) / ONE
  return sum
}

function unitsOff(x: number): number {
  const value = exp(x)
  const unit = 2 ** (Math.floor(Math.log2(value)) - 52)
  return Number(((fixed(value) - exactly(x)) * 1_000n) / fixed(unit)) / 1_000
}

it('is within one unit in the last place', () => {
  const random = seededRandom(3)
  let worst = 0
  for (let i = 0; i < 3_000; i++) {
    const x = (random.next() - 0.5) * random.pick([80, 8, 1, 1e-3])
    worst = Math.max(worst, Math.abs(unitsOff(x)))
  }
  expect(worst).toBeLessThan(1)
})

it('agrees with Math.exp at the ends of the range, subnormal results included', () => {
  for (const x of [
    709.782712893384, 709.7, 700, -700, -707.9, -708.1, -720.5, -740, -744.9, -745.1332191019411,
  ]) {
    const expected = Math.exp(x)
    expect(Math.abs(exp(x) - expected)).toBeLessThanOrEqual(Math.max(expected * 2 ** -51, Number.MIN_VALUE))
  }
  expect([0, -0, Number.NEGATIVE_INFINITY, -746, 710, Number.POSITIVE_INFINITY, Number.NaN].map(exp)).toEqual(
    [1, 1, 0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN],
  )
})
