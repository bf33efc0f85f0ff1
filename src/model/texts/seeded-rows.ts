/**
 * Rows of tokens that depend on nothing but where they stand: the run's seed, the step and the row. A row is held out by
 * a hash of its tokens, so that no row is ever in both.
 */
import { InvalidInput } from '../../domain/errors.js'
import { Draws } from '../tasks/generated.js'

/** One of sixteen rows is kept from training. */
const HELD_OUT_SHARE = 16
/** Held-out rows are the same for every run. */
const HELD_OUT_SEED = 0x5eed
/** Draws of one row before the source is taken to have no row of that part. */
const MAX_TRIES = 10_000

/** Draws one row of a source, of `length` ids or more. */
export type RowDraw = (draws: Draws, length: number) => ArrayLike<number>

/** `count` rows of `length` ids, row after row. */
export function trainingRows(
  seed: number,
  step: number,
  count: number,
  length: number,
  draw: RowDraw,
): Int32Array {
  const out = new Int32Array(count * length)
  for (let row = 0; row < count; row++) putTrainingRow(out, seed, step, row, length, draw)
  return out
}

export function heldOutRows(count: number, length: number, draw: RowDraw): Int32Array {
  const out = new Int32Array(count * length)
  for (let row = 0; row < count; row++) putHeldOutRow(out, row, length, draw)
  return out
}

/** The row alone, at its place among rows of that length. */
export function putTrainingRow(
  out: Int32Array,
  seed: number,
  step: number,
  row: number,
  length: number,
  draw: RowDraw,
): void {
  putRow(out, row, length, new Draws(mixedSeed(seed, step, row)), draw, false)
}

export function putHeldOutRow(out: Int32Array, row: number, length: number, draw: RowDraw): void {
  putRow(out, row, length, new Draws(mixedSeed(HELD_OUT_SEED, 0, row)), draw, true)
}

function putRow(
  out: Int32Array,
  row: number,
  length: number,
  draws: Draws,
  draw: RowDraw,
  heldOut: boolean,
): void {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const tokens = draw(draws, length)
    if (isHeldOut(tokens, length) !== heldOut) continue
    for (let i = 0; i < length; i++) out[row * length + i] = tokens[i]!
    return
  }
  throw new InvalidInput(
    'BAD_INPUT',
    `a source that gives one row of ${length} tokens over and over cannot be parted into training and held-out rows`,
    { hint: 'ask for longer rows' },
  )
}

function isHeldOut(tokens: ArrayLike<number>, length: number): boolean {
  let hash = 0
  for (let i = 0; i < length; i++) hash = mixed(hash ^ tokens[i]!)
  return hash % HELD_OUT_SHARE === 0
}

/** Neighbouring seeds, steps and rows give unrelated draws. */
export function mixedSeed(...parts: readonly number[]): number {
  return parts.reduce((hash, part) => mixed(hash ^ mixed(part + 0x9e3779b9)), 0)
}

/** The finishing steps of MurmurHash3 (Appleby 2011): every bit of the input moves every bit of the output. */
function mixed(value: number): number {
  let hash = (value + 0x9e3779b9) >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
