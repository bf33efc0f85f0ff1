import fc from 'fast-check'
import { absTopK, keptCount } from '../../../src/engine/abs-top-k.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { runByHand } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

function cut(values: readonly number[], k: number) {
  const row = Float64Array.from(values)
  const kept = new Uint8Array(row.length)
  const margin = absTopK(row, 0, row.length, k, new Float64Array(row.length), kept)
  return { values: Array.from(row), kept: Array.from(kept), margin }
}

/** By a stable sort on magnitude. */
function bySorting(values: readonly number[], k: number) {
  const order = values.map((_, i) => i).sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b)
  const kept = values.map((_, i) => (order.indexOf(i) < k ? 1 : 0))
  const sizes = order.map((i) => Math.abs(values[i]!))
  return {
    values: values.map((value, i) => (kept[i] === 1 ? value : 0)),
    kept,
    margin:
      k <= 0 || k >= values.length || sizes[k - 1] === 0
        ? Number.POSITIVE_INFINITY
        : sizes[k - 1]! - sizes[k]!,
  }
}

describe('AbsTopK', () => {
  it('keeps the largest magnitudes unchanged, sign and all', () => {
    expect(cut([1, -5, 2, 4, -3], 2)).toEqual({ values: [0, -5, 0, 4, 0], kept: [0, 1, 0, 1, 0], margin: 1 })
  })

  it('lets the lower index win a tie, with margin 0', () => {
    expect(cut([2, -2, 2, 1, 2], 2)).toEqual({ values: [2, -2, 0, 0, 0], kept: [1, 1, 0, 0, 0], margin: 0 })
  })

  it('has no margin where it drops nothing but zeros', () => {
    expect(cut([0, 0, 3, 0], 2)).toEqual({
      values: [0, 0, 3, 0],
      kept: [1, 0, 1, 0],
      margin: Number.POSITIVE_INFINITY,
    })
    expect(cut([0, 1, 3, 0], 2).margin).toBe(1)
  })

  it('cuts nothing at k = width and everything at k = 0, and then has no margin', () => {
    expect(cut([1, 2], 2)).toEqual({ values: [1, 2], kept: [1, 1], margin: Number.POSITIVE_INFINITY })
    expect(cut([1, 2], 0)).toEqual({ values: [0, 0], kept: [0, 0], margin: Number.POSITIVE_INFINITY })
  })

  it('truncates k as the released code does', () => {
    expect([keptCount(0.25, 32), keptCount(0.3, 10), keptCount(0.1, 9), keptCount(0.29, 100)]).toEqual([
      8, 3, 0, 28,
    ])
  })

  it('agrees with sorting, ties and zeros included', () => {
    const entry = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -3, max: 3, noNaN: true }))
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 60 }), fc.nat(60), (values, k) => {
        const plain = values.map((value) => value + 0)
        expect(cut(plain, Math.min(k, plain.length))).toEqual(bySorting(plain, Math.min(k, plain.length)))
      }),
      { numRuns: 500 },
    )
  })

  it('cuts only its own row', () => {
    const rows = Float64Array.of(9, 9, 1, 2, 3, 9)
    absTopK(rows, 2, 3, 1, new Float64Array(3), null)
    expect(Array.from(rows)).toEqual([9, 9, 0, 0, 3, 9])
  })
})

describe('a cut through what is no number', () => {
  it('is refused: the values would be dropped unseen, and the logits look sound', () => {
    const model = prepareModel(randomModel(microConfig({ afrac: 0.5 }), 31))
    const loud = ['0.attn.q', '0.attn.k'].flatMap((tap) =>
      [0, 1, 2].map((index) => ({ tap, index, position: null, value: 1e200 })),
    )
    expect(() => runByHand(model, [3, 0, 6], { replacements: loud })).toThrow(
      'the run left the range of numbers before an AbsTopK',
    )
  })
})
