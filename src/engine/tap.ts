/**
 * Every activation of a run passes through a tap under its released name, right after AbsTopK of its site: there it
 * is replaced, then recorded. The tap is handed in, so runs never share one.
 */
export interface Tap {
  /**
   * `values` is [positions, width] and may be changed in place; a pattern is one row [heads · query · key]. `some` tells
   * which positions these are where they are not all.
   */
  pass(name: string, values: Float64Array, width: number, some?: SomePositions): void
  /** Must `pass` get all positions of this name at once? */
  needsAll(name: string): boolean
  /** Would `pass` do anything under this name? Lets the run keep no whole pattern for nobody. */
  touches(name: string): boolean
  /** Are values replaced under this name? */
  replaces(name: string): boolean
  /** Zeroes the gradient of values that were replaced. */
  stop(name: string, gradient: Float64Array, width: number): void
}

/** Neighbouring positions of a prompt that has `positions` of them. */
export interface SomePositions {
  readonly first: number
  readonly positions: number
}
