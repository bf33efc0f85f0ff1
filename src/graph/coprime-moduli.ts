/** Large whole numbers as their remainders by several moduli, which float64 adds exactly (Chinese remainder theorem). */

export interface Remainders {
  readonly moduli: readonly number[]
  /** The number, below the product of the moduli, that leaves these remainders. */
  numberOf(remainders: readonly number[]): bigint
}

/**
 * Pairwise coprime moduli, as large as `terms` remainders may be for their sum to stay below 2^53, whose product is
 * above 2^bits; null where more than `most` were needed.
 */
export function coprimeModuli(bits: number, terms: number, most: number): Remainders | null {
  if (bits > 53 * most) return null
  const moduli: number[] = []
  let product = 1n
  const wanted = 1n << BigInt(Math.ceil(bits))
  for (let m = Math.floor(2 ** 53 / Math.max(2, terms)) - 1; product <= wanted; m--) {
    if (moduli.length === most || m < 2) return null
    if (moduli.some((other) => greatestCommonDivisor(other, m) !== 1)) continue
    moduli.push(m)
    product *= BigInt(m)
  }
  const parts = moduli.map((m) => {
    const others = product / BigInt(m)
    return (others * inverse(others % BigInt(m), BigInt(m))) % product
  })
  return {
    moduli,
    numberOf: (remainders) => remainders.reduce((sum, r, i) => sum + BigInt(r) * parts[i]!, 0n) % product,
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** x with a·x = 1 modulo m, for coprime a and m (extended Euclid). */
function inverse(a: bigint, m: bigint): bigint {
  let [r, next] = [m, a]
  let [x, nextX] = [0n, 1n]
  while (next !== 0n) {
    const quotient = r / next
    ;[r, next] = [next, r - quotient * next]
    ;[x, nextX] = [nextX, x - quotient * nextX]
  }
  return ((x % m) + m) % m
}
