/** Large whole numbers as remainders: what comes back is what went in. */
import fc from 'fast-check'
import { coprimeModuli } from '../../../src/graph/coprime-moduli.js'

describe('numbers as remainders', () => {
  it('come back whole, whatever their size and however many terms a sum has', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 300n }),
        fc.integer({ min: 1, max: 2 ** 21 }),
        (x, terms) => {
          const { moduli, numberOf } = coprimeModuli(x.toString(2).length, terms, 16)!
          expect(numberOf(moduli.map((m) => Number(x % BigInt(m))))).toBe(x)
          expect(moduli.every((m) => (m - 1) * terms <= Number.MAX_SAFE_INTEGER)).toBe(true)
        },
      ),
    )
  })

  it('are refused where they would need more moduli than wanted', () => {
    expect(coprimeModuli(1_000, 2, 8)).toBeNull()
    expect(coprimeModuli(Number.POSITIVE_INFINITY, 2, 8)).toBeNull()
    expect(coprimeModuli(53 * 8, 2 ** 20, 8)).toBeNull()
  })
})
