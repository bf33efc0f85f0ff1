/** The kernels in TypeScript: what small models run on, and the oracle of the compiled ones. */
import { addProduct, type SparseMatrix, transposedProduct } from '../../model/sparse-matrix.js'
import { absTopK } from '../abs-top-k.js'
import { activate, activateBackward } from '../activation.js'
import {
  attend,
  attendBackward,
  attentionPattern,
  attentionPatternBackward,
  type HeadShape,
} from '../attention.js'
import type {
  AttentionBackwardCall,
  AttentionCall,
  AttentionGradients,
  AttentionGradientsCall,
  AttentionShape,
  Kernels,
  QueryKeyValue,
} from './kernels.js'

export class PlainKernels implements Kernels {
  lend(): null {
    return null
  }

  products(matrix: SparseMatrix, x: Float64Array, y: Float64Array, bias: Float64Array | null): void {
    const { rows, columns } = matrix
    if (bias === null) y.fill(0)
    for (let from = 0, to = 0; from < x.length; from += columns, to += rows) {
      if (bias !== null) y.set(bias, to)
      addProduct(matrix, x, from, y, to)
    }
  }

  transposedProducts(matrix: SparseMatrix, g: Float64Array, x: Float64Array): void {
    const { rows, columns } = matrix
    x.fill(0)
    for (let from = 0, to = 0; from < g.length; from += rows, to += columns)
      if (!isZero(g, from, rows)) transposedProduct(matrix, g, from, x, to)
  }

  absTopK(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    margins: Float64Array | null = null,
  ): number {
    const scratch = new Float64Array(width)
    let smallest = Number.POSITIVE_INFINITY
    margins?.fill(Number.POSITIVE_INFINITY)
    for (let at = 0, row = 0; at < values.length; at += width, row++) {
      const margin = absTopK(values, at, width, k, scratch, kept)
      smallest = Math.min(smallest, margin)
      if (margins === null) continue
      const copy = row % margins.length
      margins[copy] = Math.min(margins[copy]!, margin)
    }
    return smallest
  }

  gelu(values: Float64Array): void {
    activate(values, 'gelu')
  }

  geluBackward(gradient: Float64Array, input: Float64Array): void {
    activateBackward(gradient, input, 'gelu')
  }

  geluTopK(
    values: Float64Array,
    width: number,
    k: number,
    kept: Uint8Array | null,
    margins: Float64Array | null = null,
  ): number {
    this.gelu(values)
    return this.absTopK(values, width, k, kept, margins)
  }

  attention({ shape, q, k, v, sinks, from, y, pattern, copies = 1, copy = 0 }: AttentionCall): void {
    const square = shape.positions ** 2
    const room = pattern ?? new Float64Array(square)
    if (copy === 0) y.fill(0)
    headsOf(shape, copies, copy).forEach((head, h) => {
      const at = pattern === null ? 0 : h * square
      attentionPattern(head, q, k, sinks?.[h] ?? null, room, at, from)
      attend(head, room, at, v, y, from)
    })
  }

  attend(shape: AttentionShape, pattern: Float64Array, v: Float64Array, y: Float64Array): void {
    headsOf(shape).forEach((head, h) => {
      attend(head, pattern, h * shape.positions ** 2, v, y)
    })
  }

  attentionBackward(call: AttentionBackwardCall): AttentionGradients {
    const { shape, q, k, v, pattern, softmax, y } = call
    const square = shape.positions ** 2
    const slopes = new Float64Array(pattern.length)
    const gv = new Float64Array(v.length)
    const heads = headsOf(shape)
    heads.forEach((head, h) => {
      attendBackward(head, pattern, h * square, v, y, slopes, gv)
    })
    return {
      v: gv,
      pattern: slopes,
      queriesAndKeys: () => {
        const own = { q: new Float64Array(q.length), k: new Float64Array(k.length) }
        heads.forEach((head, h) => {
          attentionPatternBackward(head, softmax, slopes, h * square, q, k, own.q, own.k)
        })
        return own
      },
    }
  }

  attentionGradients({ shape, q, k, v, sinks, y }: AttentionGradientsCall, into: QueryKeyValue): void {
    const square = shape.positions ** 2
    const [pattern, slopes] = [new Float64Array(square), new Float64Array(square)]
    for (const gradient of [into.q, into.k, into.v]) gradient.fill(0)
    headsOf(shape).forEach((head, h) => {
      attentionPattern(head, q, k, sinks?.[h] ?? null, pattern, 0)
      attendBackward(head, pattern, 0, v, y, slopes, into.v)
      attentionPatternBackward(head, pattern, slopes, 0, q, k, into.q, into.k)
    })
  }
}

function headsOf({ positions, heads, dHead }: AttentionShape, copies = 1, copy = 0): HeadShape[] {
  const width = heads * dHead
  const first = copy * width
  return Array.from({ length: heads }, (_, h) => ({
    positions,
    width: copies * width,
    dHead,
    from: first + h * dHead,
  }))
}

function isZero(values: Float64Array, at: number, length: number): boolean {
  for (let i = at; i < at + length; i++) if (values[i] !== 0) return false
  return true
}
