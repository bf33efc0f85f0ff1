import fc from 'fast-check'
import { gelu, geluSlope } from '../../../src/engine/activation.js'
import { erf, erfc } from '../../../src/engine/erf.js'
import { erfSeries } from '../../support/dense-transformer.js'

/** x, erf(x), erfc(x) to 17 digits, from an 80-digit series. */
const KNOWN = [
  [0.1, 0.11246291601828488, 0.887537083981715],
  [0.25, 0.27632639016823696, 0.7236736098317631],
  [0.46875, 0.492613473217938, 0.507386526782062],
  [0.46876, 0.4926225311068465, 0.5073774688931535],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [0.75, 0.7111556336535151, 0.28884436634648486],
  [1, 0.8427007929497149, 0.15729920705028513],
  [1.25, 0.9229001282564582, 0.07709987174354177],
  [1.5, 0.9661051464753108, 0.033894853524689274],
  [2, 0.9953222650189527, 0.004677734981047266],
  [2.5, 0.999593047982555, 0.000406952017444959],
  [3, 0.9999779095030014, 0.00002209049699858544],
  [3.5, 0.9999992569016276, 7.430983723414128e-7],
  [4, 0.9999999845827421, 1.541725790028002e-8],
  [4.125, 0.9999999945765992, 5.423400799565066e-9],
  [5, 0.9999999999984625, 1.537459794428035e-12],
  [6, 1, 2.1519736712498913e-17],
  [8, 1, 1.1224297172982926e-29],
] as const

describe('erf', () => {
  it.each(KNOWN)('erf(%d) and erfc agree with 17 known digits to 1e-15 relative', (x, value, rest) => {
    expect(Math.abs(erf(x) / value - 1)).toBeLessThan(1e-15)
    expect(Math.abs(erfc(x) / rest - 1)).toBeLessThan(1e-15)
    expect(erf(-x)).toBe(-erf(x))
    expect(erfc(-x)).toBeCloseTo(1 + value, 15)
  })

  it('agrees with the series everywhere', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (x) => {
        // The series adds up to a hundred terms, each rounded.
        expect(Math.abs(erf(x) - erfSeries(x))).toBeLessThan(4e-15)
      }),
    )
  })

  it('ends at 0, ±1 and 2', () => {
    expect([erf(0), erf(30), erf(-30), erfc(30), erfc(-30)]).toEqual([0, 1, -1, 0, 2])
    expect(erf(1e-12)).toBeCloseTo(1.1283791670955126e-12, 27)
  })
})

describe('GELU', () => {
  it('is x·Φ(x), exact in the left tail too', () => {
    expect(gelu(1)).toBeCloseTo(0.8413447460685429, 15)
    expect(gelu(-1)).toBeCloseTo(-0.15865525393145707, 15)
    // −10·Φ(−10)
    expect(gelu(-10) / -7.61985302416052e-23).toBeCloseTo(1, 13)
    expect(gelu(0)).toBe(0)
  })

  it('has the slope that central differences see', () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 8, noNaN: true }), (x) => {
        const h = 1e-5
        expect(Math.abs((gelu(x + h) - gelu(x - h)) / (2 * h) - geluSlope(x))).toBeLessThan(1e-9)
      }),
    )
  })
})
