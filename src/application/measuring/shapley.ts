/**
 * Shapley values of elements: the mean, over orders in which elements are replaced one after another, of the change
 * that each brings (algorithms.md B2). Exact over all subsets for few players, else over drawn orders, each with its
 * reverse. Values carry the sign of effects, so that they add up to m(all replaced) − m(full).
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { InvalidInput } from '../../domain/errors.js'

/** Up to here every subset is measured: 16,384 runs. */
export const EXACT_PLAYERS = 14
const MAX_SUBSETS = 20_000

export interface ShapleyPlan {
  /** Sets of replaced players, by place. */
  readonly subsets: readonly (readonly number[])[]
  /** Value of each subset → Shapley value and standard error (null where exact) of each player. */
  readonly values: (measured: ArrayLike<number>) => {
    readonly scores: readonly number[]
    readonly errors: readonly number[] | null
  }
}

export function shapleyPlan(players: number, permutations: number, seed: number): ShapleyPlan {
  return players <= EXACT_PLAYERS ? exactPlan(players) : sampledPlan(players, permutations, seed)
}

function exactPlan(players: number): ShapleyPlan {
  const count = 2 ** players
  const members = (mask: number): number[] =>
    Array.from({ length: players }, (_, i) => i).filter((i) => (mask >> i) & 1)
  return {
    subsets: Array.from({ length: count }, (_, mask) => members(mask)),
    values: (measured) => {
      // |S|! (n − |S| − 1)! / n!, built up so that nothing overflows
      const weights = Array.from(
        { length: players },
        (_, size) => 1 / (players * binomial(players - 1, size)),
      )
      const scores = Array.from({ length: players }, (_, i) => {
        let sum = 0
        for (let mask = 0; mask < count; mask++) {
          if ((mask >> i) & 1) continue
          sum += weights[members(mask).length]! * (measured[mask | (1 << i)]! - measured[mask]!)
        }
        return sum
      })
      return { scores, errors: null }
    },
  }
}

function sampledPlan(players: number, permutations: number, seed: number): ShapleyPlan {
  if (!Number.isInteger(permutations) || permutations < 1)
    throw new InvalidInput('BAD_INPUT', `shapley draws at least 1 order, not ${permutations}`, {
      path: 'input.method.shapley.permutations',
    })
  const runs = 2 * permutations * (players - 1) + 2
  if (runs > MAX_SUBSETS)
    throw new InvalidInput(
      'LIMIT_EXCEEDED',
      `${permutations} orders of ${players} elements are ${runs} sets to measure, at most ${MAX_SUBSETS} are taken`,
      { path: 'input.method.shapley.permutations', hint: 'draw fewer orders or narrow the nodes' },
    )
  const random = xoroshiro128plus(seed)
  const orders = Array.from({ length: permutations }, () => shuffled(players, random)).flatMap((order) => [
    order,
    [...order].reverse(),
  ])
  const all = Array.from({ length: players }, (_, i) => i)
  const inner = orders.flatMap((order) => order.slice(0, -1).map((_, i) => order.slice(0, i + 1)))
  return {
    subsets: [[], all, ...inner],
    values: (measured) => {
      const changes = orders.map((order, o) => {
        const own = new Float64Array(players)
        let before = measured[0]!
        order.forEach((player, i) => {
          const after = i === players - 1 ? measured[1]! : measured[2 + o * (players - 1) + i]!
          own[player] = after - before
          before = after
        })
        return own
      })
      // An order and its reverse are one draw: their mean varies less than either.
      const draws = Array.from({ length: permutations }, (_, n) =>
        changes[2 * n]!.map((value, i) => (value + changes[2 * n + 1]![i]!) / 2),
      )
      const scores = all.map((i) => draws.reduce((sum, draw) => sum + draw[i]!, 0) / permutations)
      const errors =
        permutations < 2
          ? null
          : all.map((i) => {
              const variance =
                draws.reduce((sum, draw) => sum + (draw[i]! - scores[i]!) ** 2, 0) / (permutations - 1)
              return Math.sqrt(variance / permutations)
            })
      return { scores, errors }
    },
  }
}

function shuffled(count: number, random: ReturnType<typeof xoroshiro128plus>): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    const swap = order[i]!
    order[i] = order[j]!
    order[j] = swap
  }
  return order
}

function binomial(n: number, k: number): number {
  let value = 1
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i
  return value
}
