/**
 * Unconstrained minimisation by L-BFGS (Nocedal & Wright, algorithm 7.4) with the bisection line search for weak Wolfe
 * conditions of Lewis & Overton (2013), which also copes with kinks such as AbsTopK makes. The value never rises from
 * one step to the next. A generator, since every evaluation runs a model.
 */

export interface Slope {
  /** Infinity where the function is not defined. */
  readonly value: number
  readonly gradient: Float64Array
}

export interface Minimum {
  readonly at: Float64Array
  readonly before: number
  readonly value: number
  readonly steps: number
  /** Did it stop because nothing got better, before the last step allowed? */
  readonly converged: boolean
}

/** Pairs of moves and gradient changes that stand in for the curvature. */
const MEMORY = 10
/** Sufficient decrease, and how much of the slope must be gone. */
const DECREASE = 1e-4
const FLATTER = 0.9
const MOST_TRIALS = 40
/** At a kink no length is flat enough: after so many trials any decrease will do. */
const PATIENCE = 4
/** Relative gain and largest slope below which a step is the last. */
const LEAST_GAIN = 1e-14
const LEAST_SLOPE = 1e-12

interface Curvature {
  readonly move: Float64Array
  readonly change: Float64Array
  readonly inverse: number
}

/** From `start`, which has to have a finite value; at most `maxSteps` moves. */
export function* minimise(
  start: Float64Array,
  evaluate: (at: Float64Array) => Generator<void, Slope>,
  maxSteps: number,
): Generator<void, Minimum> {
  let at: Float64Array = start.slice()
  let here = yield* evaluate(at)
  const before = here.value
  let memory: Curvature[] = []
  let steps = 0
  for (;;) {
    if (largest(here.gradient) <= LEAST_SLOPE)
      return { at, before, value: here.value, steps, converged: true }
    if (steps === maxSteps) return { at, before, value: here.value, steps, converged: false }
    const direction = descent(here.gradient, memory)
    const found = yield* along(at, here, direction, evaluate)
    if (found === null) {
      if (memory.length === 0) return { at, before, value: here.value, steps, converged: true }
      memory = [] // the curvature misled: once more, straight down
      continue
    }
    steps++
    const gain = here.value - found.slope.value
    memory = remembered(memory, at, found.at, here.gradient, found.slope.gradient)
    at = found.at
    here = found.slope
    if (gain <= LEAST_GAIN * Math.abs(here.value))
      return { at, before, value: here.value, steps, converged: true }
  }
}

/** The two-loop recursion; without memory one unit straight down. */
function descent(gradient: Float64Array, memory: readonly Curvature[]): Float64Array {
  const d = gradient.map((g) => -g)
  const last = memory.at(-1)
  if (last === undefined) return scaled(d, 1 / Math.sqrt(dot(d, d)))
  const shares = new Float64Array(memory.length)
  for (let i = memory.length - 1; i >= 0; i--) {
    const { move, change, inverse } = memory[i]!
    shares[i] = inverse * dot(move, d)
    add(d, change, -shares[i]!)
  }
  scaled(d, 1 / (last.inverse * dot(last.change, last.change)))
  memory.forEach(({ move, change, inverse }, i) => {
    add(d, move, shares[i]! - inverse * dot(change, d))
  })
  return d
}

/** A point with sufficient decrease along a direction; null where there is none. */
function* along(
  from: Float64Array,
  here: Slope,
  direction: Float64Array,
  evaluate: (at: Float64Array) => Generator<void, Slope>,
): Generator<void, { readonly at: Float64Array; readonly slope: Slope } | null> {
  const down = dot(here.gradient, direction)
  if (!(down < 0)) return null
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let length = 1
  let best: { readonly at: Float64Array; readonly slope: Slope } | null = null
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const at = from.slice()
    add(at, direction, length)
    const slope = yield* evaluate(at)
    if (!(slope.value <= here.value + DECREASE * length * down)) high = length
    else {
      if (best === null || slope.value < best.slope.value) best = { at, slope }
      if (dot(slope.gradient, direction) >= FLATTER * down) return { at, slope }
      low = length
    }
    if (best !== null && trial >= PATIENCE) return best
    length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2
  }
  return best
}

/** Keeps the newest pairs whose curvature is positive. */
function remembered(
  memory: readonly Curvature[],
  from: Float64Array,
  to: Float64Array,
  gradientFrom: Float64Array,
  gradientTo: Float64Array,
): Curvature[] {
  const move = to.map((x, i) => x - from[i]!)
  const change = gradientTo.map((g, i) => g - gradientFrom[i]!)
  const curvature = dot(move, change)
  if (!(curvature > 1e-16 * Math.sqrt(dot(move, move) * dot(change, change)))) return [...memory]
  return [...memory, { move, change, inverse: 1 / curvature }].slice(-MEMORY)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function add(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = to[i]! + factor * from[i]!
}

function scaled(values: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor
  return values
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}
