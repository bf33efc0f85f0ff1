/**
 * The L0 projection: after a step each matrix keeps its k entries of largest magnitude and the rest become zero, while
 * moments stay dense (Gao et al. 2025, 2.1). The j largest of every neuron or channel are kept first, whatever their
 * size (A.2, footnote 15); what is left of k goes to the largest of the others. Equal magnitudes: the lower index wins.
 */
import { invariant } from '../../domain/errors.js'
import { magnitudeCut } from './magnitude-cut.js'

export interface Neurons {
  readonly lie: 'ROWS' | 'COLUMNS'
  readonly rows: number
  readonly columns: number
  /** j. */
  readonly least: number
}

const MAGNITUDE = 0x7fffffff

/** Changes `weights` in place; afterwards at most k are nonzero. */
export function project(weights: Float32Array, k: number, neurons: Neurons | null = null): void {
  if (k >= weights.length) return
  const bits = new Int32Array(weights.buffer, weights.byteOffset, weights.length)
  const open = neurons === null || neurons.least === 0 ? null : openEntries(bits, neurons)
  const free = open === null ? k : k - (weights.length - sumOf(open))
  invariant(free >= 0, 'a matrix keeps at least what its neurons are owed')
  const { bits: cut, atCut } = free === 0 ? { bits: MAGNITUDE, atCut: 0 } : magnitudeCut(bits, free, open)
  cutBelow(weights, bits, cut, atCut, open)
}

function cutBelow(
  weights: Float32Array,
  bits: Int32Array,
  cut: number,
  atCut: number,
  open: Uint8Array | null,
): void {
  let left = atCut
  for (let i = 0; i < weights.length; i++) {
    if (open !== null && open[i] === 0) continue
    const magnitude = bits[i]! & MAGNITUDE
    if (magnitude > cut || (magnitude === cut && left-- > 0)) continue
    weights[i] = 0
  }
}

/** 0 for the entries that a neuron is owed, 1 for those that compete. */
function openEntries(bits: Int32Array, { lie, rows, columns, least }: Neurons): Uint8Array {
  const open = new Uint8Array(bits.length).fill(1)
  const [count, length, step, stride] =
    lie === 'ROWS' ? [rows, columns, columns, 1] : [columns, rows, 1, columns]
  const places = new Int32Array(least)
  const sizes = new Int32Array(least)
  for (let neuron = 0; neuron < count; neuron++) {
    let held = 0
    for (let n = 0, i = neuron * step; n < length; n++, i += stride) {
      const size = bits[i]! & MAGNITUDE
      if (held === least && size <= sizes[least - 1]!) continue
      // Kept in order, so that the smallest is the one to go; an equal one that came before stays before.
      let at = held < least ? held++ : least - 1
      for (; at > 0 && sizes[at - 1]! < size; at--) {
        sizes[at] = sizes[at - 1]!
        places[at] = places[at - 1]!
      }
      sizes[at] = size
      places[at] = i
    }
    for (let n = 0; n < held; n++) open[places[n]!] = 0
  }
  return open
}

function sumOf(flags: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < flags.length; i++) sum += flags[i]!
  return sum
}
