import type { DType } from '../../domain/sparse-model-data.js'

/** Bytes per element of each stored type. */
export const DTYPE_WIDTH: Readonly<Record<DType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
}

/** Number of elements; exact, or Infinity where the product leaves the safe integers. */
export function elementCount(shape: readonly number[]): number {
  if (shape.includes(0)) return 0
  const count = shape.reduce((product, size) => product * size, 1)
  return Number.isSafeInteger(count) ? count : Number.POSITIVE_INFINITY
}
