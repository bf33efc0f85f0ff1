/**
 * Faithfulness over circuit size (MIB, Mueller et al. 2025; algorithms.md B2): the first int(k·n) of a ranking are
 * kept for every k of a grid; CPR = ∫ f dk and CMD = ∫ |1 − f| dk by the trapezoid rule on nominal k.
 */
import { InvalidInput } from '../../domain/errors.js'

/** The published grid; its range has length 0.999, so that f ≡ 1 gives CPR 0.999 and CMD 0. */
export const PUBLISHED_GRID: readonly number[] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

/** Items kept at a share of n: the released code truncates. */
export function keptItems(share: number, n: number): number {
  return Math.trunc(share * n)
}

export function checkedGrid(grid: readonly number[] | null): readonly number[] {
  if (grid === null) return PUBLISHED_GRID
  const bad = grid.findIndex((share, i) => !(share >= 0 && share <= 1) || (i > 0 && share <= grid[i - 1]!))
  if (grid.length < 2 || bad >= 0)
    throw new InvalidInput(
      'BAD_INPUT',
      bad >= 0
        ? `a grid ascends from 0 to 1, and its number ${bad} is ${grid[bad]}`
        : 'a grid has at least two shares',
      { path: 'input.grid' },
    )
  return grid
}

/** Null where a value is. */
export function curveAreas(
  grid: readonly number[],
  faithfulness: readonly (number | null)[],
): { readonly cpr: number; readonly cmd: number } | null {
  let cpr = 0
  let cmd = 0
  for (let i = 1; i < grid.length; i++) {
    const [a, b] = [faithfulness[i - 1]!, faithfulness[i]!]
    if (faithfulness[i - 1] === null || faithfulness[i] === null) return null
    const step = (grid[i]! - grid[i - 1]!) / 2
    cpr += step * (a + b)
    cmd += step * (Math.abs(1 - a) + Math.abs(1 - b))
  }
  return { cpr, cmd }
}
