/**
 * DeepLIFT by the rescale rule (Shrikumar et al. 2017): multipliers Δoutput/Δinput between a run and the run from the
 * baseline's input, through every operation, in place of derivatives. Products of two changing factors (values and
 * patterns, queries and keys, a channel and its norm) are split in halves, their Shapley value. Every step keeps the
 * sum, so that Σ multiplier · Δ over the input rows is exactly the difference of the metric.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import type { TopKSite } from '../../domain/sparse-model-data.js'
import type { Norm, PreparedLayer } from '../../model/prepared-model.js'
import { inputWidth } from '../../model/tensor-table.js'
import { gelu, geluSlope } from '../activation.js'
import { sideBySide, transposed } from '../backward.js'
import { softplus } from '../log-softmax.js'
import { measuredCase } from '../metric.js'
import { streamMoments } from '../sublayer-steps.js'
import type { Tap } from '../tap.js'
import type { Kept } from '../trace.js'
import { attentionMultipliers } from './attention-multipliers.js'
import type { Bench } from './bench.js'
import { refuseChangedStream } from './changed-stream.js'
import { jointCuts } from './channel-scores.js'
import type { Traced } from './differentiate.js'
import { baselineInput, cleanInput, rowTerms } from './input-rows.js'
import { type PromptScores, Tally, tokenAnswer } from './prompt-scores.js'

/** Below this a secant is taken for the slope in the middle, which is nearer then. */
const SAME = 1e-5

/** (z_reference − z) · multiplier of channels. */
export function* deepLiftScores(bench: Bench, channels: ChannelSet): Generator<void, PromptScores> {
  const [here, there] = [bench.tap(channels.keys()), bench.tap(channels.keys())]
  const ends = yield* bothRuns(bench, here, there)
  const tally = new Tally(channels, bench.positions)
  multipliers(bench, ...ends, (name, values) => {
    if (channels.has(name))
      tally.addProducts(name, here.recorded.get(name)!.values, there.recorded.get(name)!.values, values)
  })
  const cuts = yield* jointCuts(bench, channels, tally)
  return { ...tally.scores(), value: ends[0].value, cuts, steps: null, jumps: null }
}

/** The same of input positions, whose scores add up to the difference. */
export function* deepLiftTokens(bench: Bench): Generator<void, PromptScores> {
  const ends = yield* bothRuns(bench, bench.tap(), bench.tap())
  let embedding = new Float64Array(0)
  multipliers(bench, ...ends, (name, values) => {
    if (name === 'embed') embedding = values.slice()
  })
  const slopes = { embedding, logits: logitMultipliers(bench, ...ends) }
  const terms = rowTerms(cleanInput(bench), baselineInput(bench), slopes, bench.positions)
  return tokenAnswer(terms, ends[0].value, ends[1].value)
}

/** The run as it is, and from the baseline's input. */
function* bothRuns(bench: Bench, here: Tap, there: Tap): Generator<void, readonly [Traced, Traced]> {
  refuseChangedStream(bench, 'DEEP_LIFT')
  const clean = yield* bench.trace(here, { uncut: true })
  return [clean, yield* bench.trace(there, { uncut: true, input: baselineInput(bench) })]
}

/** Multipliers of every tap, from the logits to the embedding. */
function multipliers(
  bench: Bench,
  clean: Traced,
  reference: Traced,
  sink: (tap: string, multipliers: Float64Array) => void,
): void {
  const { model } = bench
  const { layers, dModel } = model.config
  const stream = new Float64Array(bench.positions * dModel)
  const pass = { bench, clean, reference, stream, sink }
  const ends = logitMultipliers(bench, clean, reference)
  const read = transposed(clean.run, model.unembedding, ends, 'slopesOfRead')
  readMultipliers(
    pass,
    2 * layers,
    model.finalNorm,
    [clean.trace.finalResid, reference.trace.finalResid],
    read,
    dModel,
  )
  report(pass, 'final_resid', stream)
  for (let i = layers - 1; i >= 0; i--) {
    mlpMultipliers(pass, i, model.layers[i]!)
    attentionBlock(pass, i, model.layers[i]!)
  }
  report(pass, 'embed', stream)
}

interface Pass {
  readonly bench: Bench
  readonly clean: Traced
  readonly reference: Traced
  /** [T, d]: multipliers of the residual stream where the pass stands. */
  readonly stream: Float64Array
  readonly sink: (tap: string, multipliers: Float64Array) => void
}

function mlpMultipliers(pass: Pass, i: number, layer: PreparedLayer): void {
  const { clean, reference } = pass
  const { activation } = clean.run.model.config
  const [a, b] = [clean.trace.mlp[i]!, reference.trace.mlp[i]!]
  const delta = pass.stream.slice()
  report(pass, `${i}.mlp.resid_delta`, delta)
  cutMultipliers(pass, i, 'mlp_out', a.deltaKept, b.deltaKept, delta)
  const post = transposed(clean.run, layer.mlpOut.weight, delta, 'slopesOfPostAct')
  report(pass, `${i}.mlp.post_act`, post)
  cutMultipliers(pass, i, 'mlp_neuron', a.postActKept, b.postActKept, post)
  const f = activation === 'relu' ? (x: number) => Math.max(0, x) : gelu
  const slope = activation === 'relu' ? (x: number) => (x > 0 ? 1 : 0) : geluSlope
  for (let n = 0; n < post.length; n++) {
    const [x, y] = [a.preActivation[n]!, b.preActivation[n]!]
    post[n] = post[n]! * (Math.abs(x - y) < SAME ? slope((x + y) / 2) : (f(x) - f(y)) / (x - y))
  }
  const actIn = transposed(clean.run, layer.mlpIn.weight, post, 'slopesOfRead')
  report(pass, `${i}.mlp.act_in`, actIn)
  cutMultipliers(pass, i, 'mlp_in', a.actInKept, b.actInKept, actIn)
  const width = inputWidth(clean.run.model.config)
  readMultipliers(pass, 2 * i + 1, layer.mlpReading.stream, [a.residMid, b.residMid], actIn, width)
  report(pass, `${i}.resid_mid`, pass.stream)
}

function attentionBlock(pass: Pass, i: number, layer: PreparedLayer): void {
  const { bench, clean, reference } = pass
  const [a, b] = [clean.trace.attention[i]!, reference.trace.attention[i]!]
  const delta = pass.stream.slice()
  report(pass, `${i}.attn.resid_delta`, delta)
  cutMultipliers(pass, i, 'attn_out', a.deltaKept, b.deltaKept, delta)
  const y = transposed(clean.run, layer.attnOut.weight, delta, 'slopesOfY')
  report(pass, `${i}.attn.y`, y)
  const { heads, dHead } = clean.run.model.config
  const width = heads * dHead
  const { q, k, v } = attentionMultipliers(
    { positions: bench.positions, heads, dHead, sinks: layer.sinkLogit },
    [a, b],
    y,
    clean.run.frozen?.patterns != null,
  )
  report(pass, `${i}.attn.v`, v)
  report(pass, `${i}.attn.k`, k)
  report(pass, `${i}.attn.q`, q)
  cutMultipliers(pass, i, 'attn_q', a.qKept, b.qKept, q)
  cutMultipliers(pass, i, 'attn_k', a.kKept, b.kKept, k)
  cutMultipliers(pass, i, 'attn_v', a.vKept, b.vKept, v)
  const qkv = sideBySide(q, k, v, new Float64Array(3 * q.length), width)
  const actIn = transposed(clean.run, layer.attnIn.weight, qkv, 'slopesOfRead')
  report(pass, `${i}.attn.act_in`, actIn)
  cutMultipliers(pass, i, 'attn_in', a.actInKept, b.actInKept, actIn)
  const input = inputWidth(clean.run.model.config)
  readMultipliers(pass, 2 * i, layer.attnReading.stream, [a.residIn, b.residIn], actIn, input)
  report(pass, `${i}.resid_in`, pass.stream)
}

function report(pass: Pass, tap: string, values: Float64Array): void {
  pass.sink(tap, values)
  pass.clean.run.tap.stop(tap, values, values.length / pass.bench.positions)
}

/** An entry that one run keeps and the other drops has the secant of its own jump. */
function cutMultipliers(
  pass: Pass,
  layer: number,
  site: TopKSite,
  a: Kept,
  b: Kept,
  values: Float64Array,
): void {
  if (a === null || b === null) return
  const x = pass.clean.trace.uncut!.get(`${layer}.${site}`)!
  const y = pass.reference.trace.uncut!.get(`${layer}.${site}`)!
  for (let i = 0; i < values.length; i++) {
    if (a[i] === b[i]) values[i] = a[i] === 1 ? values[i]! : 0
    else {
      const change = x[i]! - y[i]!
      const passed = (a[i] === 1 ? x[i]! : 0) - (b[i] === 1 ? y[i]! : 0)
      values[i] = change === 0 ? 0 : (values[i]! * passed) / change
    }
  }
}

/** Back through γ x s with s = 1/√(mean x² + ε): half the change to the channel, half to the spread. */
function readMultipliers(
  pass: Pass,
  sublayer: number,
  { gain }: Norm,
  [x, y]: readonly [Float64Array, Float64Array],
  values: Float64Array,
  rowWidth: number,
): void {
  const { clean, stream, bench } = pass
  const width = gain.length
  const frozen = clean.run.frozen?.norms != null
  const [a, b] = [streamMoments(clean.run, sublayer, x), streamMoments(pass.reference.run, sublayer, y)]
  const isRms = clean.run.norm.rms
  for (let t = 0; t < bench.positions; t++) {
    const [s, r] = [a.scale[t]!, b.scale[t]!]
    const own = new Float64Array(width)
    let spread = 0
    let squares = 0
    for (let c = 0; c < width; c++) {
      const weight = values[t * rowWidth + c]! * gain[c]!
      const u = x[t * width + c]! - a.mean[t]!
      const w = y[t * width + c]! - b.mean[t]!
      own[c] = (weight * (s + r)) / 2
      spread += (weight * (u + w)) / 2
      squares += (u * u - w * w) / width
    }
    if (!frozen) {
      // s is a function of q = mean x² alone: Δs/Δq, or its slope −s³/2 where q hardly moves.
      const slope = Math.abs(squares) < SAME * SAME ? -(((s + r) / 2) ** 3) / 2 : (s - r) / squares
      for (let c = 0; c < width; c++) {
        const both = x[t * width + c]! - a.mean[t]! + y[t * width + c]! - b.mean[t]!
        own[c] = own[c]! + (spread * slope * both) / width
      }
      if (!isRms) {
        const mean = own.reduce((sum, value) => sum + value, 0) / width
        for (let c = 0; c < width; c++) own[c] = own[c]! - mean
      }
    }
    for (let c = 0; c < width; c++) stream[t * width + c] = stream[t * width + c]! + own[c]!
  }
}

/** Of a logit difference, or of the loss between two answers, which is a function of it. */
function logitMultipliers(bench: Bench, clean: Traced, reference: Traced): Float64Array {
  const { metric } = bench.request
  const { tokens, target, alternative } = measuredCase(metric, bench.prompt)
  const { vocabSize } = bench.model.config
  if (target === null || alternative === null || !['LOGIT_DIFFERENCE', 'TASK_LOSS'].includes(metric.name))
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `DEEP_LIFT explains LOGIT_DIFFERENCE and TASK_LOSS between two answers, not ${metric.name}`,
      { path: 'input.metric' },
    )
  const last = (tokens.length - 1) * vocabSize
  const difference = ({ logits }: Traced): number => logits[last + target]! - logits[last + alternative]!
  const [x, y] = [difference(clean), difference(reference)]
  const slope =
    metric.name === 'LOGIT_DIFFERENCE'
      ? 1
      : Math.abs(x - y) < SAME
        ? -1 / (1 + Math.exp((x + y) / 2))
        : (softplus(-x) - softplus(-y)) / (x - y)
  const out = new Float64Array(clean.logits.length)
  out[last + target] = slope
  out[last + alternative] = -slope
  return out
}
