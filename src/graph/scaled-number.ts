/**
 * Positive numbers that neither underflow nor overflow: a float64 mantissa in [2⁻²⁵⁶, 2²⁵⁶) times 2⁵¹² to a whole
 * power, the *block*. Every positive number has one such form, products round as float64 products without bounds on
 * the exponent would, and ordinary numbers have block 0, so that common work costs one multiplication.
 */
export interface ScaledNumber {
  /** Signed where the number is a sum; 0 only for zero. */
  readonly mantissa: number
  readonly block: number
}

export const BLOCK_BITS = 512
export const LOW = 2 ** -256
export const HIGH = 2 ** 256
/** Moves a mantissa one block down or up; exact. */
export const SHRINK = 2 ** -BLOCK_BITS
export const GROW = 2 ** BLOCK_BITS

export const SCALED_ZERO: ScaledNumber = { mantissa: 0, block: 0 }

/** Is a positive size its own mantissa in block 0? */
export function isPlain(size: number): boolean {
  return size >= LOW && size < HIGH
}

/** Normal form of any finite number (subnormal ones included) times 2^(512·block). */
export function scaled(value: number, block = 0): ScaledNumber {
  if (value === 0) return SCALED_ZERO
  let mantissa = value
  let at = block
  while (Math.abs(mantissa) >= HIGH) {
    mantissa *= SHRINK
    at++
  }
  while (Math.abs(mantissa) < LOW) {
    mantissa *= GROW
    at--
  }
  return { mantissa, block: at }
}

export function scaledProduct(a: ScaledNumber, b: ScaledNumber): ScaledNumber {
  return scaled(a.mantissa * b.mantissa, a.block + b.block)
}

export function scaledSum(a: ScaledNumber, b: ScaledNumber): ScaledNumber {
  if (a.mantissa === 0) return b
  if (b.mantissa === 0) return a
  const top = Math.max(a.block, b.block)
  return scaled(shifted(a.mantissa, a.block - top) + shifted(b.mantissa, b.block - top), top)
}

/** a ÷ b as a float64; b is not zero. */
export function scaledRatio(a: ScaledNumber, b: ScaledNumber): number {
  return toFloat({ mantissa: a.mantissa / b.mantissa, block: a.block - b.block })
}

/** The nearest float64: 0 or infinite beyond its range. */
export function toFloat(value: ScaledNumber): number {
  return value.mantissa === 0 ? 0 : shifted(value.mantissa, value.block)
}

/** log₂ of the absolute value, finite wherever the number is not zero. */
export function log2Abs(value: ScaledNumber): number {
  return Math.log2(Math.abs(value.mantissa)) + BLOCK_BITS * value.block
}

/** `mantissa` · 2^(512·blocks), rounded once. */
export function shifted(mantissa: number, blocks: number): number {
  if (blocks === 0) return mantissa
  // More than four blocks away from a mantissa in normal form nothing is left of float64's range.
  if (blocks < -4) return mantissa < 0 ? -0 : 0
  if (blocks > 4) return mantissa < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  let value = mantissa
  for (let i = 0; i < blocks; i++) value *= GROW
  for (let i = 0; i > blocks; i--) value *= SHRINK
  return value
}
