/**
 * Points and weights for ∫₀¹ (algorithms.md C3): the midpoint rule, exact on affine integrands, and Gauss–Legendre,
 * exact on polynomials of degree 2n − 1.
 */
import type { Quadrature } from '../../domain/experiment/attribution.js'

export interface QuadraturePoint {
  readonly at: number
  readonly weight: number
}

/** Ascending points; weights add up to 1. */
export function quadrature(rule: Quadrature, steps: number): readonly QuadraturePoint[] {
  return rule === 'MIDPOINT'
    ? Array.from({ length: steps }, (_, i) => ({ at: (i + 0.5) / steps, weight: 1 / steps }))
    : gaussLegendre(steps)
}

/** Roots of P_n by Newton's method from Tricomi's first guess; weights 2 / ((1 − x²) P_n′²), halved for [0, 1]. */
function gaussLegendre(n: number): readonly QuadraturePoint[] {
  const points = Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 1
    for (let round = 0; round < 100; round++) {
      const { value, derivative } = legendre(n, x)
      slope = derivative
      const step = value / derivative
      x -= step
      if (Math.abs(step) < 1e-16) break
    }
    slope = legendre(n, x).derivative
    return { at: (1 - x) / 2, weight: 1 / ((1 - x * x) * slope * slope) }
  })
  const total = points.reduce((sum, { weight }) => sum + weight, 0)
  return points.map(({ at, weight }) => ({ at, weight: weight / total })).sort((a, b) => a.at - b.at)
}

/** P_n and P_n′ at x, by Bonnet's recursion. */
function legendre(n: number, x: number): { readonly value: number; readonly derivative: number } {
  let before = 1
  let value = x
  for (let k = 2; k <= n; k++) {
    const next = ((2 * k - 1) * x * value - (k - 1) * before) / k
    before = value
    value = next
  }
  return n === 1
    ? { value: x, derivative: 1 }
    : { value, derivative: (n * (x * value - before)) / (x * x - 1) }
}
