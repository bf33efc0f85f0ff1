/** Scores of input positions: embedding row and bigram row together, positions fixed (semantics.md §7). */
import type { Quadrature } from '../../domain/experiment/attribution.js'
import { topKChanges } from '../trace.js'
import type { Bench } from './bench.js'
import { baselineInput, cleanInput, mixed } from './input-rows.js'
import type { PromptScores } from './prompt-scores.js'
import { quadrature } from './quadrature.js'

/** Where to take the gradient: at the clean input, or at points on the way to the baseline. */
export type TokenPath = null | {
  readonly steps: number | null
  readonly rule: Quadrature
  readonly maxSteps: number
}

const CLOSED = 0.01
const FIRST_STEPS = 4

export function* tokenScores(bench: Bench, path: TokenPath): Generator<void, PromptScores> {
  const from = cleanInput(bench)
  const to = baselineInput(bench)
  const clean = yield* bench.trace(bench.tap())
  const end = yield* bench.trace(bench.tap(), { input: to })
  const difference = end.value - clean.value
  if (path === null) {
    const { terms } = yield* meanTerms(bench, from, to, [{ at: 0, weight: 1 }])
    return answer(terms, clean.value, end.value, null, null)
  }
  let steps = path.steps ?? FIRST_STEPS
  let gap = Number.POSITIVE_INFINITY
  for (;;) {
    const { terms, traces } = yield* meanTerms(bench, from, to, quadrature(path.rule, steps))
    const all = [clean.trace, ...traces, end.trace]
    const jumps = all.slice(1).reduce((sum, trace, i) => sum + topKChanges(all[i]!, trace), 0)
    const left = Math.abs(difference - terms.reduce((sum, term) => sum + term, 0))
    const closed = left <= CLOSED * Math.abs(difference)
    const stuck = jumps > 0 && left > 0.75 * gap
    if (path.steps !== null || closed || stuck || 2 * steps > path.maxSteps)
      return answer(terms, clean.value, end.value, steps, jumps)
    gap = left
    steps *= 2
  }
}

/** Σ over channels and vocabulary of (row̃ − row) · mean gradient, by position. */
function* meanTerms(
  bench: Bench,
  from: ReturnType<typeof cleanInput>,
  to: ReturnType<typeof cleanInput>,
  points: ReturnType<typeof quadrature>,
) {
  const terms = new Float64Array(bench.positions)
  const traces = []
  for (const { at, weight } of points) {
    let embedding = new Float64Array(0)
    const { trace, logitGradient } = yield* bench.gradients(
      bench.tap(),
      {
        skipsPatterns: true,
        at: (name, gradient) => {
          if (name === 'embed') embedding = gradient.slice()
        },
      },
      mixed(from, to, at),
    )
    traces.push(trace)
    addProducts(terms, from.embedding, to.embedding, embedding, weight)
    if (from.bigram !== null && to.bigram !== null)
      addProducts(terms, from.bigram, to.bigram, logitGradient, weight)
  }
  return { terms, traces }
}

function addProducts(
  terms: Float64Array,
  from: Float64Array,
  to: Float64Array,
  gradient: Float64Array,
  weight: number,
): void {
  const width = from.length / terms.length
  for (let t = 0; t < terms.length; t++) {
    let sum = 0
    for (let c = t * width; c < (t + 1) * width; c++) sum += (to[c]! - from[c]!) * gradient[c]!
    terms[t] = terms[t]! + weight * sum
  }
}

function answer(
  terms: Float64Array,
  value: number,
  replaced: number,
  steps: number | null,
  jumps: number | null,
): PromptScores {
  const sum = terms.reduce((total, term) => total + term, 0)
  return {
    scores: terms,
    absolute: terms.map(Math.abs),
    value,
    cuts: [{ site: 'input', sum, replaced }],
    steps,
    jumps,
  }
}
