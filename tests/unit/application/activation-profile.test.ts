/** Quantiles, histograms and places of activations against their definitions. */
import fc from 'fast-check'
import {
  activationPlaces,
  activationProfile,
  PROFILE_QUANTILES,
} from '../../../src/application/measuring/activation-profile.js'

const texts = fc.array(fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 9 }), {
  minLength: 1,
  maxLength: 8,
})

describe('the profile of a channel', () => {
  it('counts, ranks and bins what is there', () => {
    fc.assert(
      fc.property(texts, (sequences) => {
        const all = sequences.flat()
        const { density, mean, quantiles, histogram } = activationProfile(Float64Array.from(all))
        const nonzero = all.filter((value) => value !== 0)
        expect(density).toBe(nonzero.length / all.length)
        expect(mean).toBeCloseTo(all.reduce((a, b) => a + b, 0) / all.length, 12)
        for (const { probability, value } of quantiles) {
          // The smallest value that at least this share does not exceed.
          const share = (limit: number) => all.filter((x) => x <= limit).length / all.length
          expect(all).toContain(value)
          expect(share(value)).toBeGreaterThanOrEqual(probability)
          const smaller = all.filter((x) => x < value)
          if (probability > 0 && smaller.length > 0)
            expect(share(Math.max(...smaller))).toBeLessThan(probability)
        }
        expect(quantiles).toHaveLength(PROFILE_QUANTILES.length)
        const { edges, counts } = histogram
        expect(counts.reduce((a, b) => a + b, 0)).toBe(nonzero.length)
        counts.forEach((count, bin) => {
          const isLast = bin === counts.length - 1
          const inside = nonzero.filter(
            (x) => x >= edges[bin]! && (x < edges[bin + 1]! || (isLast && x <= edges[bin + 1]!)),
          )
          expect(count).toBe(inside.length)
        })
      }),
    )
  })

  it('of a channel that is silent has an empty histogram', () => {
    expect(activationProfile(new Float64Array(3))).toMatchObject({
      density: 0,
      histogram: { edges: [], counts: [] },
    })
  })
})

describe('places', () => {
  it('at the top are the best of each sequence, earliest among equals; the bottom is the top upside down', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 10 }), (sequences, first) => {
        const lengths = sequences.map(({ length }) => length)
        const values = Float64Array.from(sequences.flat())
        const expected = sequences
          .map((sequence, i) => ({ sequence: i, value: Math.max(...sequence) }))
          .map((row) => ({ ...row, position: sequences[row.sequence]!.indexOf(row.value) }))
          .sort((a, b) => b.value - a.value || a.sequence - b.sequence)
          .slice(0, first)
        const plain = (order: 'TOP' | 'BOTTOM', of: Float64Array, sign: number) =>
          activationPlaces(of, lengths, order, first).map(({ sequence, position, value }) => ({
            sequence,
            position,
            value: sign * value,
          }))
        expect(plain('TOP', values, 1)).toEqual(expected.map((row) => ({ ...row, value: row.value + 0 })))
        expect(
          plain(
            'BOTTOM',
            values.map((value) => 0 - value),
            -1,
          ).map(({ position }) => position),
        ).toEqual(expected.map(({ position }) => position))
      }),
    )
  })

  it('by quantile run from the smallest to the largest token', () => {
    const values = Float64Array.of(5, 1, 4, 2, 3)
    const shown = (first: number) =>
      activationPlaces(values, [2, 3], 'QUANTILE', first).map(({ sequence, position, value, quantile }) => [
        sequence,
        position,
        value,
        quantile,
      ])
    expect(shown(1)).toEqual([[1, 2, 3, 0.5]])
    expect(shown(3)).toEqual([
      [0, 1, 1, 0],
      [1, 2, 3, 0.5],
      [0, 0, 5, 1],
    ])
    expect(shown(99).map(([, , value]) => value)).toHaveLength(5)
  })
})
