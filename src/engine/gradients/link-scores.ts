/**
 * Scores of links: (x̃_i − x_i) · W_ji · ∂m/∂pre_j summed over positions (EAP, Syed et al. 2023; for weights of a sparse
 * model algorithms.md C1), with gradients of the run itself or averaged over runs whose input embedding is on its way
 * to the baseline's (EAP-IG, Hanna et al. 2024). A residual link counts its reader's numerator only.
 */
import type { Quadrature } from '../../domain/experiment/attribution.js'
import type { LinkFamily } from '../../domain/experiment/measurement.js'
import { attend } from '../attention.js'
import { linkWeights } from '../link-plan.js'
import { streamMoments } from '../sublayer-steps.js'
import type { Trace } from '../trace.js'
import type { Bench } from './bench.js'
import { inputBetween } from './input-rows.js'
import type { PromptScores } from './prompt-scores.js'
import { quadrature } from './quadrature.js'

export function* linkScores(
  bench: Bench,
  families: readonly LinkFamily[],
  integration: { readonly steps: number; readonly rule: Quadrature } | null,
): Generator<void, PromptScores> {
  const sources = new Set(families.map(({ from }) => (from.endsWith('.v') ? from.replace(/v$/, 'y') : from)))
  const values = new Set(families.flatMap(({ from }) => (from.endsWith('.v') ? [from] : [])))
  const tap = bench.tap([...sources, ...values])
  const readers = new Set(families.map(({ to }) => to))
  const gradients = new Map<string, Float64Array>()
  const adding = (weight: number, skipsPatterns: boolean) => ({
    skipsPatterns,
    before: (name: string, gradient: Float64Array) => {
      if (!readers.has(name)) return
      const sum = gradients.get(name) ?? new Float64Array(gradient.length)
      gradients.set(name, sum)
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + weight * gradient[i]!
    },
  })
  const clean =
    integration === null ? yield* bench.gradients(tap, adding(1, values.size === 0)) : yield* bench.trace(tap)
  if (integration !== null)
    for (const { at, weight } of quadrature(integration.rule, integration.steps))
      yield* bench.gradients(bench.tap(), adding(weight, true), inputBetween(bench, at))

  const count = families.reduce((sum, { source }) => sum + source.length, 0)
  const scores = new Float64Array(count)
  const absolute = new Float64Array(count)
  let at = 0
  const sums = new Map<string, number>()
  for (const family of families) {
    const { width, values: before } = tap.recorded.get(family.from.replace(/\.v$/, '.y'))!
    const after = family.from.endsWith('.v')
      ? carried(bench, clean.trace, family.from)
      : bench.baseline(family.from)
    const slopes = gradients.get(family.to)!
    const slopeWidth = slopes.length / bench.positions
    const weights = familyWeights(bench, clean.trace, clean.run, family)
    family.source.forEach((source, i) => {
      const target = family.target[i]!
      let sum = 0
      let size = 0
      for (let t = 0; t < bench.positions; t++) {
        const term =
          (after[t * width + source]! - before[t * width + source]!) *
          weights(i, t) *
          slopes[t * slopeWidth + target]!
        sum += term
        size += Math.abs(term)
      }
      scores[at] = sum
      absolute[at++] = size
      sums.set(family.from, (sums.get(family.from) ?? 0) + sum)
    })
  }
  const cuts: PromptScores['cuts'][number][] = []
  for (const [site, sum] of sums) {
    const links = families.filter(({ from }) => from === site)
    cuts.push({ site, sum, replaced: yield* bench.value(bench.tap(), { links }) })
  }
  return { scores, absolute, value: clean.value, cuts, steps: integration?.steps ?? null, jumps: null }
}

/** Factor of a link at a position: its weight, or γ_c over the spread of the reading norm. */
function familyWeights(
  bench: Bench,
  trace: Trace,
  run: Parameters<typeof streamMoments>[0],
  family: LinkFamily,
): (link: number, t: number) => number {
  const stored = linkWeights(bench.model, family)
  if (stored !== null) return (link) => stored[link]!
  const { layers, finalNorm, config } = bench.model
  const [, layer, block] = /^(\d+)\.(attn|mlp)\.act_in$/.exec(family.to) ?? []
  const i = Number(layer)
  const [norm, stream, sublayer] =
    layer === undefined
      ? [finalNorm, trace.finalResid, 2 * config.layers]
      : block === 'attn'
        ? [layers[i]!.attnReading.stream, trace.attention[i]!.residIn, 2 * i]
        : [layers[i]!.mlpReading.stream, trace.mlp[i]!.residMid, 2 * i + 1]
  const { scale } = streamMoments(run, sublayer, stream)
  return (link, t) => norm.gain[family.target[link]!]! * scale[t]!
}

/** Σ_s α_ts ṽ(s) with the pattern of the run: what a link out of v would carry. */
function carried(bench: Bench, trace: Trace, tap: string): Float64Array {
  const layer = Number(tap.slice(0, tap.indexOf('.')))
  const { dHead, heads } = bench.model.config
  const positions = bench.positions
  const values = bench.baseline(tap)
  const out = new Float64Array(values.length)
  for (let h = 0; h < heads; h++) {
    const shape = { positions, width: heads * dHead, dHead, from: h * dHead }
    attend(shape, trace.attention[layer]!.pattern, h * positions * positions, values, out)
  }
  return out
}
