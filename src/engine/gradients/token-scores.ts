/** Scores of input positions: embedding row and bigram row together, positions fixed (semantics.md §7). */
import type { Quadrature } from '../../domain/experiment/attribution.js'
import { backward } from '../backward.js'
import type { InputRows } from '../run.js'
import { topKChanges } from '../trace.js'
import type { Bench } from './bench.js'
import { directSlope } from './direct-logit.js'
import { baselineInput, cleanInput, mixed, rowTerms } from './input-rows.js'
import { type PromptScores, tokenAnswer } from './prompt-scores.js'
import { type QuadraturePoint, quadrature } from './quadrature.js'

const CLOSED = 0.01
const FIRST_STEPS = 4
const HERE: readonly QuadraturePoint[] = [{ at: 0, weight: 1 }]

/** (row̃ − row) · ∂m/∂row at the clean input. */
export function* tokenGradients(bench: Bench): Generator<void, PromptScores> {
  const from = cleanInput(bench)
  const to = baselineInput(bench)
  const end = yield* bench.trace(bench.tap(), { input: to })
  const { terms, traced } = yield* meanTerms(bench, from, to, HERE)
  return tokenAnswer(terms, traced[0]!.value, end.value)
}

/** Σ over layers ℓ of |(row̃ − row) · gradient without ℓ| / (L − 1) (AtP*, GradDrop); without a sign, so without a cut. */
export function* droppedTokenGradients(bench: Bench): Generator<void, PromptScores> {
  const from = cleanInput(bench)
  const to = baselineInput(bench)
  const { run, trace, value, logitGradient } = yield* bench.trace(bench.tap())
  const { layers } = bench.model.config
  const scores = new Float64Array(bench.positions)
  for (let layer = 0; layer < layers; layer++) {
    let embedding = new Float64Array(0)
    const at = (name: string, gradient: Float64Array): void => {
      if (name === 'embed') embedding = gradient.slice()
    }
    yield* backward(run, trace, logitGradient, { skipsPatterns: true, at }, layer)
    rowTerms(from, to, { embedding, logits: logitGradient }, bench.positions).forEach((term, t) => {
      scores[t] = scores[t]! + Math.abs(term) / Math.max(1, layers - 1)
    })
  }
  return { scores, absolute: scores, value, cuts: [], steps: null, jumps: null }
}

/** (row̃ − row) ∫₀¹ ∇m on the straight way from the clean input to the baseline. */
export function* integratedTokenGradients(
  bench: Bench,
  path: { readonly steps: number | null; readonly rule: Quadrature; readonly maxSteps: number },
): Generator<void, PromptScores> {
  const from = cleanInput(bench)
  const to = baselineInput(bench)
  const clean = yield* bench.trace(bench.tap())
  const end = yield* bench.trace(bench.tap(), { input: to })
  const difference = end.value - clean.value
  let steps = path.steps ?? FIRST_STEPS
  let gap = Number.POSITIVE_INFINITY
  for (;;) {
    const { terms, traced } = yield* meanTerms(bench, from, to, quadrature(path.rule, steps))
    const all = [clean, ...traced, end].map(({ trace }) => trace)
    const jumps = all.slice(1).reduce((sum, trace, i) => sum + topKChanges(all[i]!, trace), 0)
    const left = Math.abs(difference - terms.reduce((sum, term) => sum + term, 0))
    const closed = left <= CLOSED * Math.abs(difference)
    const stuck = jumps > 0 && left > 0.75 * gap
    if (path.steps !== null || closed || stuck || 2 * steps > path.maxSteps)
      return { ...tokenAnswer(terms, clean.value, end.value), steps, jumps }
    gap = left
    steps *= 2
  }
}

/** What a token's rows write straight to the measured logits, the final norm held at the run; the bigram row is a logit. */
export function* directTokenLogits(bench: Bench): Generator<void, PromptScores> {
  const { value, logitGradient, direct } = yield* directSlope(bench, bench.tap())
  const slopes = { embedding: direct, logits: logitGradient }
  const terms = rowTerms(cleanInput(bench), baselineInput(bench), slopes, bench.positions)
  return { ...tokenAnswer(terms, value, value), cuts: [] }
}

/** Terms with slopes averaged over points between the two inputs. */
function* meanTerms(bench: Bench, from: InputRows, to: InputRows, points: readonly QuadraturePoint[]) {
  const terms = new Float64Array(bench.positions)
  const traced = []
  for (const { at, weight } of points) {
    let embedding = new Float64Array(0)
    const forth = yield* bench.gradients(
      bench.tap(),
      {
        skipsPatterns: true,
        at: (name, gradient) => {
          if (name === 'embed') embedding = gradient.slice()
        },
      },
      mixed(from, to, at),
    )
    traced.push(forth)
    rowTerms(from, to, { embedding, logits: forth.logitGradient }, bench.positions).forEach((term, t) => {
      terms[t] = terms[t]! + weight * term
    })
  }
  return { terms, traced }
}
