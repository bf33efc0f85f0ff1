/** The cut among moving and still magnitudes against sorting all of them. */
import fc from 'fast-check'
import { type Cut, CutWindow } from '../../../../src/engine/compiled/cut-window.js'

describe('CutWindow', () => {
  const sizes = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0, max: 6, noNaN: true })),
    {
      maxLength: 60,
    },
  )

  it('finds the k-th and the next largest of all magnitudes, ties and zeros included, row after row', () => {
    fc.assert(
      fc.property(
        fc
          .tuple(sizes, fc.array(sizes, { minLength: 1, maxLength: 4 }))
          .map(([still, rows]) => {
            const moving = Math.min(...rows.map(({ length }) => length))
            return { still, rows: rows.map((row) => row.slice(0, moving)), moving }
          })
          .filter(({ still, moving }) => still.length + moving >= 2)
          .chain((world) =>
            fc.record({
              world: fc.constant(world),
              k: fc.integer({ min: 1, max: world.still.length + world.moving - 1 }),
            }),
          ),
        ({ world: { still, rows, moving }, k }) => {
          const window = new CutWindow(k, { rows: 1, still: still.length, moving })
          window.fill(0, Float64Array.from(still))
          const cut: Cut = { kth: 0, next: 0 }
          for (const row of rows) {
            window.find(0, Float64Array.from([9, ...row]), 1, moving, cut)
            const sorted = [...still, ...row].sort((a, b) => b - a)
            expect([cut.kth, cut.next]).toEqual([sorted[k - 1], sorted[k]])
          }
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('finds it in every row, rows alike or not', () => {
    const around = fc.double({ min: 0.9, max: 1.1, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 6, noNaN: true }), { minLength: 5, maxLength: 40 }),
        fc.array(fc.record({ scale: fc.oneof(around, fc.constant(3)), moving: fc.tuple(around, around) }), {
          minLength: 2,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 6 }),
        (base, rows, k) => {
          const window = new CutWindow(k, { rows: rows.length, still: base.length, moving: 2 })
          const stills = rows.map(({ scale }, r) =>
            base.map((size, i) => (size + ((i * r) % 3) / 50) * scale),
          )
          stills.forEach((still, r) => {
            window.fill(r, Float64Array.from(still))
          })
          const cut: Cut = { kth: 0, next: 0 }
          rows.forEach(({ moving }, r) => {
            window.find(r, Float64Array.from(moving), 0, 2, cut)
            const sorted = [...stills[r]!, ...moving].sort((a, b) => b - a)
            expect([cut.kth, cut.next]).toEqual([sorted[k - 1], sorted[k]])
          })
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('finds it where everything moves, or nearly', () => {
    const many = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 6, noNaN: true })),
      {
        minLength: 40,
        maxLength: 120,
      },
    )
    fc.assert(
      fc.property(many, fc.nat(3), fc.double({ min: 0, max: 1, noNaN: true }), (all, still, part) => {
        const k = 1 + Math.floor(part * (all.length - 2))
        const window = new CutWindow(k, { rows: 1, still, moving: all.length - still })
        window.fill(0, Float64Array.from(all.slice(0, still)))
        const cut: Cut = { kth: 0, next: 0 }
        window.find(0, Float64Array.from(all.slice(still)), 0, all.length - still, cut)
        const sorted = [...all].sort((a, b) => b - a)
        expect([cut.kth, cut.next]).toEqual([sorted[k - 1], sorted[k]])
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps a window of its own for every row', () => {
    const window = new CutWindow(2, { rows: 2, still: 3, moving: 1 })
    window.fill(0, Float64Array.from([1, 5, 3]))
    window.fill(1, Float64Array.from([20, 10, 30]))
    const cut: Cut = { kth: 0, next: 0 }
    window.find(0, Float64Array.from([4]), 0, 1, cut)
    expect(cut).toEqual({ kth: 4, next: 3 })
    window.find(1, Float64Array.from([40]), 0, 1, cut)
    expect(cut).toEqual({ kth: 30, next: 20 })
  })
})
