/** Scores of channels from gradients: gradient × activation, attribution patching, integrated gradients (algorithms.md C1). */
import type { GradientMethod } from '../../domain/experiment/attribution.js'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { backward } from '../backward.js'
import { type Trace, topKChanges } from '../trace.js'
import type { Bench } from './bench.js'
import { type PromptScores, Tally } from './prompt-scores.js'
import { quadrature } from './quadrature.js'
import { softmaxFix } from './softmax-fix.js'

type IntegratedGradients = Extract<GradientMethod, { kind: 'INTEGRATED_GRADIENTS' }>

/** (z̃ − z) · ∂m/∂z of every channel, with the repairs of AtP* where they are asked for. */
export function* gradientScores(
  bench: Bench,
  channels: ChannelSet,
  { qkFix, gradDrop }: { readonly qkFix: boolean; readonly gradDrop: boolean },
): Generator<void, PromptScores> {
  const tap = bench.tap(channels.keys())
  const tally = new Tally(channels, bench.positions)
  // Only the softmax repair needs a gradient later than it is reached.
  const gradients = new Map<string, Float64Array>()
  const isFixed = (name: string): boolean => qkFix && /\.attn\.[qk]$/.test(name)
  const { run, trace, value, logitGradient } = yield* bench.gradients(tap, {
    skipsPatterns: !qkFix,
    at: (name, gradient) => {
      if (qkFix && name.endsWith('.pattern')) gradients.set(name, gradient.slice())
      else if (channels.has(name) && !isFixed(name))
        tally.addProducts(name, tap.recorded.get(name)!.values, bench.baselineOrConstant(name), gradient)
    },
  })
  for (const [site, indices] of channels) {
    if (!isFixed(site)) continue
    const fixed = softmaxFix(bench, trace, site, indices, bench.baseline(site), gradients)
    if (fixed !== null) tally.addTerms(site, fixed)
  }
  if (gradDrop) {
    const layers = bench.model.config.layers
    const dropped = new Tally(channels, bench.positions)
    for (let layer = 0; layer < layers; layer++) {
      const part = new Tally(channels, bench.positions)
      yield* backward(
        run,
        trace,
        logitGradient,
        {
          skipsPatterns: true,
          at: (name, gradient) => {
            if (channels.has(name))
              part.addProducts(name, tap.recorded.get(name)!.values, bench.baselineOrConstant(name), gradient)
          },
        },
        layer,
      )
      dropped.addSizes(part, 1 / Math.max(1, layers - 1))
    }
    return { ...dropped.scores(), value, cuts: [], steps: null, jumps: null }
  }
  return {
    ...tally.scores(),
    value,
    cuts: yield* jointCuts(bench, channels, tally),
    steps: null,
    jumps: null,
  }
}

/** m with the asked channels of one site after another replaced jointly, beside the sum of their scores. */
export function* jointCuts(
  bench: Bench,
  channels: ChannelSet,
  tally: Tally,
): Generator<void, PromptScores['cuts']> {
  const cuts: PromptScores['cuts'][number][] = []
  if (bench.request.cuts === false) return cuts
  for (const [site, indices] of channels) {
    const replaced = yield* bench.value(bench.pinned(site, indices, bench.baseline(site)))
    cuts.push({ site, sum: tally.sumAt(site), replaced })
  }
  return cuts
}

/** Below this share of the true difference a gap counts as closed. */
const CLOSED = 0.01
const FIRST_STEPS = 4

/** (z̃ − z) ∫₀¹ ∇m(z + α(z̃ − z)) dα, site by site, the rest of the net free. */
export function* integratedScores(
  bench: Bench,
  channels: ChannelSet,
  method: IntegratedGradients,
): Generator<void, PromptScores> {
  const tap = bench.tap(channels.keys())
  const clean = yield* bench.trace(tap)
  const tally = new Tally(channels, bench.positions)
  const cuts: PromptScores['cuts'][number][] = []
  let mostSteps = 0
  let jumps = 0
  for (const [site, indices] of channels) {
    const before = tap.recorded.get(site)!.values
    const after = bench.baseline(site)
    const end = yield* bench.trace(bench.pinned(site, indices, after))
    let steps = method.steps ?? FIRST_STEPS
    let gap = Number.POSITIVE_INFINITY
    for (;;) {
      const { mean, changes } = yield* meanGradient(
        bench,
        site,
        indices,
        { before, after },
        {
          steps,
          rule: method.rule,
          ends: [clean.trace, end.trace],
        },
      )
      const part = new Tally(new Map([[site, indices]]), bench.positions)
      part.addProducts(site, before, after, mean)
      const left = Math.abs(end.value - clean.value - part.sumAt(site))
      const closed = left <= CLOSED * Math.abs(end.value - clean.value)
      // A gap that three quarters of remain after doubling is a jump's, and no number of steps will close it.
      const stuck = changes > 0 && left > 0.75 * gap
      if (method.steps !== null || closed || stuck || 2 * steps > method.maxSteps) {
        tally.addProducts(site, before, after, mean)
        jumps += changes
        break
      }
      gap = left
      steps *= 2
    }
    mostSteps = Math.max(mostSteps, steps)
    cuts.push({ site, sum: tally.sumAt(site), replaced: end.value })
  }
  return { ...tally.scores(), value: clean.value, cuts, steps: mostSteps, jumps }
}

function* meanGradient(
  bench: Bench,
  site: string,
  indices: Uint32Array,
  { before, after }: { readonly before: Float64Array; readonly after: Float64Array },
  how: {
    readonly steps: number
    readonly rule: IntegratedGradients['rule']
    readonly ends: readonly [Trace, Trace]
  },
): Generator<void, { readonly mean: Float64Array; readonly changes: number }> {
  const mean = new Float64Array(before.length)
  let changes = 0
  let last = how.ends[0]
  for (const { at, weight } of quadrature(how.rule, how.steps)) {
    const between = before.map((value, i) => value + at * (after[i]! - value))
    const { trace } = yield* bench.gradients(bench.pinned(site, indices, between), {
      skipsPatterns: true,
      at: (name, gradient) => {
        if (name === site) for (let i = 0; i < mean.length; i++) mean[i] = mean[i]! + weight * gradient[i]!
      },
    })
    changes += topKChanges(last, trace)
    last = trace
  }
  return { mean, changes: changes + topKChanges(last, how.ends[1]) }
}
