/**
 * Direct logit attribution (algorithms.md C1): what a channel writes straight to the measured logits, with final norm,
 * patterns and AbsTopK choices held at the run: (z̃ − z) times the slope along residual links to `final_resid` alone.
 * Defined where a channel writes: `embed`, `resid_delta`, and v and post_act through the weights of their own block.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { attendBackward } from '../attention.js'
import { transposed } from '../backward.js'
import { streamMoments } from '../sublayer-steps.js'
import type { Tap } from '../tap.js'
import type { Bench } from './bench.js'
import { refuseChangedStream } from './changed-stream.js'
import type { Traced } from './differentiate.js'
import { type PromptScores, Tally } from './prompt-scores.js'

const WRITER = /^(embed|\d+\.(attn\.(v|resid_delta)|mlp\.(post_act|resid_delta)))$/

/** The run, and ∂m/∂x of the stream as it ends, [T, d], along the residual links to `final_resid` alone. */
export function* directSlope(
  bench: Bench,
  tap: Tap,
): Generator<void, Traced & { readonly direct: Float64Array }> {
  if (bench.request.metric.name !== 'LOGIT_DIFFERENCE')
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `DIRECT_LOGIT reads logits, and ${bench.request.metric.name} is no linear function of them`,
      { path: 'input.metric', hint: 'use LOGIT_DIFFERENCE or a direction such as logit(5)-logit(7)' },
    )
  refuseChangedStream(bench, 'DIRECT_LOGIT')
  const traced = yield* bench.trace(tap)
  const { run, trace, logitGradient } = traced
  const { model } = bench
  const { dModel, layers } = model.config
  const direct = transposed(run, model.unembedding, logitGradient, 'slopesOfEnd') // [T, d]
  const { scale } = streamMoments(run, 2 * layers, trace.finalResid)
  for (let i = 0; i < direct.length; i++)
    direct[i] = direct[i]! * model.finalNorm.gain[i % dModel]! * scale[Math.trunc(i / dModel)]!
  return { ...traced, direct }
}

export function* directLogitScores(bench: Bench, channels: ChannelSet): Generator<void, PromptScores> {
  const tap = bench.tap(channels.keys())
  const { run, trace, value, direct } = yield* directSlope(bench, tap)
  const { model } = bench
  const tally = new Tally(channels, bench.positions)
  const undefinedAt = new Set<string>()
  for (const site of channels.keys()) {
    if (WRITER.test(site))
      tally.addProducts(site, tap.recorded.get(site)!.values, bench.baseline(site), slopeAt(site))
    else undefinedAt.add(site)
  }
  const { scores, absolute } = tally.scores()
  let at = 0
  for (const [site, indices] of channels) {
    if (undefinedAt.has(site)) {
      scores.fill(Number.NaN, at, at + indices.length)
      absolute.fill(Number.NaN, at, at + indices.length)
    }
    at += indices.length
  }
  return { scores, absolute, value, cuts: [], steps: null, jumps: null }

  function slopeAt(site: string): Float64Array {
    if (site === 'embed') return direct
    const layer = Number(site.slice(0, site.indexOf('.')))
    const block = site.includes('.attn.') ? trace.attention[layer]! : trace.mlp[layer]!
    if (site.endsWith('resid_delta')) return direct
    const delta = direct.map((slope, i) => (block.deltaKept === null || block.deltaKept[i] === 1 ? slope : 0))
    const weights = model.layers[layer]!
    if (site.endsWith('post_act')) return transposed(run, weights.mlpOut.weight, delta, 'slopesOfPostAct')
    const y = transposed(run, weights.attnOut.weight, delta, 'slopesOfY')
    const attention = trace.attention[layer]!
    const { dHead, heads } = model.config
    const positions = bench.positions
    const v = new Float64Array(y.length)
    const unused = new Float64Array(attention.pattern.length)
    for (let h = 0; h < heads; h++) {
      const shape = { positions, width: heads * dHead, dHead, from: h * dHead }
      attendBackward(shape, attention.pattern, h * positions * positions, attention.v, y, unused, v)
    }
    return v
  }
}
