/**
 * A weight matrix by columns: for each input channel the outputs it reaches. A product then costs as many
 * multiply-adds as there are nonzero weights under nonzero inputs (algorithms.md B3.3), and the same columns give the
 * transposed product of the backward pass. Arrays are shared memory, so that worker threads read one copy.
 */

import { runToEnd } from '../domain/steps.js'

export interface SparseMatrix {
  /** Outputs. */
  readonly rows: number
  /** Inputs. */
  readonly columns: number
  /** Where each column begins; length columns + 1. */
  readonly columnStart: Uint32Array
  /** Output of each nonzero weight, ascending inside a column. */
  readonly row: Uint32Array
  readonly value: Float64Array
}

export function sharedFloats(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length))
}

export function sharedIndices(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * length))
}

/** From (rows, columns) in C order; exact zeros, of either sign, are dropped. */
export function sparseMatrix(dense: Dense, rows: number, columns: number, heap?: MatrixHeap): SparseMatrix {
  return runToEnd(sparseMatrixInSteps(dense, rows, columns, heap))
}

type Dense = Float32Array | Float64Array

interface MatrixHeap {
  floats(length: number): Float64Array
  indices(length: number): Uint32Array
}

/** Elements that are looked at between two pauses. */
const ELEMENTS_PER_STEP = 1 << 20

/** The same work, pausing now and then, for callers that must not hold their thread. */
export function* sparseMatrixInSteps(
  dense: Dense,
  rows: number,
  columns: number,
  heap: MatrixHeap = { floats: sharedFloats, indices: sharedIndices },
): Generator<void, SparseMatrix> {
  const rowsPerStep = Math.max(1, Math.floor(ELEMENTS_PER_STEP / columns))
  const columnStart = heap.indices(columns + 1)
  for (let r = 0, at = 0; r < rows; r++) {
    if (r % rowsPerStep === 0) yield
    for (let c = 0; c < columns; c++, at++) if (dense[at] !== 0) columnStart[c + 1] = columnStart[c + 1]! + 1
  }
  for (let c = 0; c < columns; c++) columnStart[c + 1] = columnStart[c + 1]! + columnStart[c]!
  const count = columnStart[columns]!
  const row = heap.indices(count)
  const value = heap.floats(count)
  const next = columnStart.slice(0, columns)
  for (let r = 0, at = 0; r < rows; r++) {
    if (r % rowsPerStep === 0) yield
    for (let c = 0; c < columns; c++, at++) {
      const weight = dense[at]!
      if (weight === 0) continue
      const place = next[c]!
      row[place] = r
      value[place] = weight
      next[c] = place + 1
    }
  }
  return { rows, columns, columnStart, row, value }
}

/** y += M x for one position: x is [columns] from `xAt`, y is [rows] from `yAt`. Columns are added in ascending order. */
export function addProduct(
  matrix: SparseMatrix,
  x: Float64Array,
  xAt: number,
  y: Float64Array,
  yAt: number,
): void {
  const { columns, columnStart, row, value } = matrix
  for (let c = 0; c < columns; c++) {
    const input = x[xAt + c]!
    if (input === 0) continue
    const end = columnStart[c + 1]!
    for (let p = columnStart[c]!; p < end; p++) {
      const at = yAt + row[p]!
      y[at] = y[at]! + value[p]! * input
    }
  }
}

/** x = Mᵀ y for one position: y is [rows] from `yAt`, x is [columns] from `xAt`, overwritten. */
export function transposedProduct(
  matrix: SparseMatrix,
  y: Float64Array,
  yAt: number,
  x: Float64Array,
  xAt: number,
): void {
  const { columns, columnStart, row, value } = matrix
  for (let c = 0, p = 0; c < columns; c++) {
    let sum = 0
    for (const end = columnStart[c + 1]!; p < end; p++) sum += value[p]! * y[yAt + row[p]!]!
    x[xAt + c] = sum
  }
}

/** Where a weight is stored; −1 for none. */
export function placeOf({ columnStart, row: rows }: SparseMatrix, row: number, column: number): number {
  let low = columnStart[column]!
  let high = columnStart[column + 1]!
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rows[middle]! < row) low = middle + 1
    else high = middle
  }
  return low < columnStart[column + 1]! && rows[low] === row ? low : -1
}

/** One weight, 0 where none is stored. */
export function weightAt(matrix: SparseMatrix, row: number, column: number): number {
  const place = placeOf(matrix, row, column)
  return place < 0 ? 0 : matrix.value[place]!
}
