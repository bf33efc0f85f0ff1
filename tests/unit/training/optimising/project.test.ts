import fc from 'fast-check'
import { magnitudeCut } from '../../../../src/training/optimising/magnitude-cut.js'
import { project } from '../../../../src/training/optimising/project.js'

const numbers = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, -1, 2 ** -149, 0.5),
)

/** By sorting: forced entries first, then by magnitude, ties by place. */
function byHand(values: readonly number[], k: number, forced: ReadonlySet<number>): Set<number> {
  const rest = values.map((_, i) => i).filter((i) => !forced.has(i))
  rest.sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b)
  return new Set([...forced, ...rest.slice(0, k - forced.size)])
}

function owed(
  values: readonly number[],
  rows: number,
  columns: number,
  lie: 'ROWS' | 'COLUMNS',
  least: number,
) {
  const forced = new Set<number>()
  const count = lie === 'ROWS' ? rows : columns
  for (let n = 0; n < count; n++) {
    const own = values
      .map((_, i) => i)
      .filter((i) => (lie === 'ROWS' ? Math.trunc(i / columns) : i % columns) === n)
    own.sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b)
    for (const i of own.slice(0, least)) forced.add(i)
  }
  return forced
}

describe('the L0 projection', () => {
  it('keeps exactly the k largest magnitudes, the lower index where they tie', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 60 }), fc.nat(), (values, n) => {
        const k = n % (values.length + 1)
        const weights = Float32Array.from(values)
        const kept = byHand([...weights], k, new Set())
        const before = [...weights]
        project(weights, k)
        expect([...weights]).toEqual(before.map((value, i) => (kept.has(i) ? value : 0)))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the j largest of every neuron first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('ROWS' as const, 'COLUMNS' as const),
        fc.infiniteStream(numbers),
        fc.nat(),
        fc.nat(),
        (rows, columns, lie, stream, j, n) => {
          const weights = Float32Array.from({ length: rows * columns }, () => stream.next().value as number)
          const before = [...weights]
          const least = j % ((lie === 'ROWS' ? columns : rows) + 1)
          const forced = owed(before, rows, columns, lie, least)
          const k = forced.size + (n % (weights.length - forced.size + 1))
          const kept = byHand(before, k, forced)
          project(weights, k, { lie, rows, columns, least })
          expect([...weights]).toEqual(before.map((value, i) => (kept.has(i) ? value : 0)))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('finds the cut among the bits of a float', () => {
    const weights = Float32Array.of(3, -3, 2, 1)
    const bits = new Int32Array(weights.buffer)
    expect(magnitudeCut(bits, 1, null)).toEqual({ bits: bits[0], atCut: 1 })
    expect(magnitudeCut(bits, 3, null)).toEqual({ bits: bits[2], atCut: 1 })
    expect(magnitudeCut(bits, 1, Uint8Array.of(0, 0, 1, 1))).toEqual({ bits: bits[2], atCut: 1 })
  })
})
