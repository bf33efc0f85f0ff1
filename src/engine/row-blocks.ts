/**
 * What works row by row goes through a sublayer a few rows at a time, so that what one step writes still lies in the
 * processor's cache when the next reads it. Whoever looks at whole arrays (a trace, a tap that records, changed links,
 * frozen gates) gets them whole. Either way gives the same bits.
 */
import type { Run } from './run.js'
import type { SomePositions } from './tap.js'

/** About so many rows of 4,096 channels fill a megabyte; a multiple of the rows that products take together. */
const ROWS = 32
/** Positions of a block are a multiple of this, and so are its rows. */
const TOGETHER = 8

export interface RowBlock {
  /** The run as if it had these positions only. */
  readonly run: Run
  /** First row of the block that is wanted. */
  readonly from: number
  /** Which positions these are. */
  readonly some: SomePositions
  /** The block's rows of an array [T, width]. */
  of(values: Float64Array, width: number): Float64Array
}

/** Blocks from row `start` on; `taps` are those passed on the way, and rows before `from` are not wanted. */
export function* rowBlocks(
  run: Run,
  taps: readonly string[],
  { start, from }: { readonly start: number; readonly from: number },
): Generator<RowBlock, void> {
  const { tokens, copies, trace, frozen, links, tap } = run
  const isWhole =
    trace !== null || frozen !== null || links !== null || taps.some((name) => tap.needsAll(name))
  if (isWhole) {
    yield { run, from, some: { first: 0, positions: tokens.length }, of: (values) => values }
    return
  }
  const step = TOGETHER * Math.max(1, Math.round(ROWS / copies / TOGETHER))
  for (let first = start / copies; first < tokens.length; first += step) {
    const end = Math.min(first + step, tokens.length)
    yield {
      run: { ...run, tokens: tokens.slice(first, end), firstPosition: run.firstPosition + first },
      some: { first, positions: tokens.length },
      from: Math.min(Math.max(0, from - first * copies), (end - first) * copies),
      of: (values, width) => values.subarray(first * copies * width, end * copies * width),
    }
  }
}
