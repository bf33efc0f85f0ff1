/** Shapley values by their axioms (algorithms.md B2, oracle 6). */
import fc from 'fast-check'
import { shapleyPlan } from '../../../src/application/measuring/shapley.js'

type Game = (replaced: ReadonlySet<number>) => number

function solve(players: number, game: Game, permutations = 16, seed = 0) {
  const plan = shapleyPlan(players, permutations, seed)
  return plan.values(plan.subsets.map((subset) => game(new Set(subset))))
}

/** A game from a table of values per subset. */
const table =
  (values: readonly number[]): Game =>
  (replaced) =>
    values[[...replaced].reduce((mask, i) => mask | (1 << i), 0)]!

describe('Shapley values', () => {
  it('share an OR equally: ½ and ½ where leaving one out changes nothing (F4)', () => {
    // Both heads write 1; the output falls from 1 to 0 only when both are replaced.
    expect(solve(2, ({ size }) => (size === 2 ? 0 : 1)).scores).toEqual([-0.5, -0.5])
  })

  it('are 3/2 and 3/2 for the product (F7), 1 and −3/2 for the hidden units of XOR (F6)', () => {
    // q·k with base (1, 1) and clean (2, 2), as contributions: minus ours.
    const product = (replaced: ReadonlySet<number>) => (replaced.has(0) ? 1 : 2) * (replaced.has(1) ? 1 : 2)
    expect(solve(2, product).scores).toEqual([-1.5, -1.5])
    // At (1, 1): h = (2, 1), means (1, ¼), y = h₁ − 2 h₂.
    const xor = (replaced: ReadonlySet<number>) =>
      (replaced.has(0) ? 1 : 2) - 2 * (replaced.has(1) ? 0.25 : 1)
    expect(solve(2, xor).scores).toEqual([-1, 1.5])
  })

  it('add up to the joint change, treat equals alike and give a dummy nothing, exact and drawn alike', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 16, maxLength: 16 }), (values) => {
        const scores = solve(4, table(values)).scores
        expect(scores.reduce((a, b) => a + b, 0)).toBeCloseTo(values[15]! - values[0]!, 10)
      }),
    )
    const symmetric: Game = ({ size }) => size ** 2
    expect(solve(5, symmetric).scores.every((score) => Math.abs(score - 5) < 1e-12)).toBe(true)
    const dummy: Game = (replaced) => (replaced.has(0) ? 3 : 0) + (replaced.has(1) && replaced.has(2) ? 4 : 0)
    expect(solve(4, dummy).scores[3]).toBe(0)
    // Twenty players: drawn orders telescope, so the sum is exact whatever the draw.
    const weights = Array.from({ length: 20 }, (_, i) => i - 7.5)
    const curved: Game = (replaced) => [...replaced].reduce((sum, i) => sum + weights[i]!, 0) ** 2
    const drawn = solve(20, curved, 8, 3)
    expect(drawn.scores.reduce((a, b) => a + b, 0)).toBeCloseTo(curved(new Set(weights.keys())), 8)
    expect(drawn.errors!.every((error) => error >= 0)).toBe(true)
  })

  it('of an additive game have no error, and errors shrink with the draws otherwise', () => {
    const additive: Game = (replaced) => [...replaced].reduce((sum, i) => sum + i, 0)
    const { scores, errors } = solve(16, additive, 4)
    expect(scores).toEqual(Array.from({ length: 16 }, (_, i) => i))
    expect(errors!.every((error) => error < 1e-12)).toBe(true)
    const rough: Game = (replaced) => Math.sin([...replaced].reduce((sum, i) => sum + i * i, 0))
    const mean = (errors: readonly number[]) => errors.reduce((a, b) => a + b, 0) / errors.length
    expect(mean(solve(16, rough, 200).errors!)).toBeLessThan(0.5 * mean(solve(16, rough, 10).errors!))
  })

  it('of drawn orders lie within four standard errors of the exact ones', () => {
    const game: Game = (replaced) => Math.cos([...replaced].reduce((sum, i) => sum + (i + 1) * 0.7, 0))
    const plan = shapleyPlan(14, 1, 0)
    const exact = plan.values(plan.subsets.map((subset) => game(new Set(subset)))).scores
    // A fifteenth player who changes nothing makes the plan a drawn one.
    const { scores, errors } = solve(
      15,
      (replaced) => game(new Set([...replaced].filter((i) => i < 14))),
      400,
      1,
    )
    exact.forEach((value, i) => {
      expect(Math.abs(scores[i]! - value)).toBeLessThan(4 * errors![i]! + 1e-12)
    })
    expect(scores[14]).toBeCloseTo(0, 12)
  })

  it('refuse more sets than can be measured, saying how many', () => {
    expect(() => shapleyPlan(200, 64, 0)).toThrow('64 orders of 200 elements are 25474 sets to measure')
    expect(() => shapleyPlan(20, 0, 0)).toThrow('at least 1 order')
  })
})
