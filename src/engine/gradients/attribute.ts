/**
 * Scores of elements from gradients (algorithms.md C1): every score approximates m(element replaced) − m(full), summed
 * over positions. Beside each cut, one site at a time, stands m with the asked channels of that site replaced jointly:
 * only there do scores have a sum to be compared with (semantics.md §7).
 */
import { InvalidInput } from '../../domain/errors.js'
import type { Attribution, AttributionScores } from '../../domain/experiment/attribution.js'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import type { PromptCase } from '../../domain/experiment/metric.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import { checkEpsilon, checkFinite, checkMetric, checkPrompt } from '../check-request.js'
import { Checkpoints } from '../checkpoints.js'
import { checkFill, fillRows, type SourceTaps } from '../fill-values.js'
import type { FrozenGates } from '../frozen-gates.js'
import { metricValue } from '../metric.js'
import { anyFrozen, sourceTaps, unablated } from '../prompt-bench.js'
import { type Replacing, ReplacingTap } from '../replacing-tap.js'
import { newRun } from '../run.js'
import { forward } from '../sparse-transformer.js'
import { tapPlace } from '../tap-names.js'
import { checkChannels, wholeTaps } from '../tap-plan.js'
import { Workspace } from '../workspace.js'
import { differentiate } from './differentiate.js'

/** Throws BAD_INPUT naming what the model does not have, NOT_MEANINGFUL where a method has nothing to say. */
export function* attribute(
  model: PreparedModel,
  request: Attribution,
  onProgress?: (done: number, total: number) => void,
): Generator<void, AttributionScores> {
  const { prompts } = request
  check(model, request)
  if (request.of.kind !== 'CHANNELS' || request.method.kind !== 'GRADIENT_TIMES_ACTIVATION')
    throw new InvalidInput('UNSUPPORTED', `${request.method.kind} of ${request.of.kind} is not answered yet`)
  const { channels } = request.of
  const taps = [...channels.keys()]
  const count = taps.reduce((sum, tap) => sum + channels.get(tap)!.length, 0)
  const scores = new Float64Array(prompts.length * count)
  const absolute = new Float64Array(prompts.length * count)
  const values = new Float64Array(prompts.length)
  const cuts = taps.map((site) => ({
    site,
    sum: new Float64Array(prompts.length),
    replaced: new Float64Array(prompts.length),
  }))
  const counter = new Counter(prompts.length * (runsPerPrompt(request) + taps.length), onProgress)
  let smallestMargin = Number.POSITIVE_INFINITY
  for (const [p, prompt] of prompts.entries()) {
    const bench = yield* benchOf(model, request, p, prompt, counter)
    const margin = { smallest: Number.POSITIVE_INFINITY }
    const found = new Map<string, Float64Array>()
    const tap = new ReplacingTap(bench.background, taps)
    const { value } = yield* differentiate(
      model,
      prompt,
      request.metric,
      tap,
      (name, gradient) => {
        if (channels.has(name)) found.set(name, gradient.slice())
      },
      { normEpsilon: request.normEpsilon, margin, frozen: bench.frozen, fullLogits: bench.logits },
    )
    counter.add()
    values[p] = value
    let at = p * count
    for (const [c, site] of taps.entries()) {
      const { width, values: activations } = tap.recorded.get(site)!
      const rows = fillRows(request.baseline, site, width, prompt.tokens.length, bench.baseline)
      const gradient = found.get(site)!
      for (const channel of channels.get(site)!) {
        let sum = 0
        let size = 0
        for (let t = 0; t < prompt.tokens.length; t++) {
          const place = t * width + channel
          const other = rows.values === null ? rows.constant : rows.values[t * rows.rowLength + channel]!
          const term = (other - activations[place]!) * gradient[place]!
          sum += term
          size += Math.abs(term)
        }
        scores[at] = sum
        absolute[at++] = size
        cuts[c]!.sum[p] = cuts[c]!.sum[p]! + sum
      }
    }
    const joint = yield* replacedSites(model, request, channels, prompt, bench, margin, counter)
    joint.forEach((replaced, c) => {
      cuts[c]!.replaced[p] = replaced
    })
    smallestMargin = Math.min(smallestMargin, margin.smallest)
  }
  return {
    labels: null,
    count,
    scores,
    absolute,
    values,
    cuts,
    steps: null,
    jumps: null,
    evaluations: counter.done,
    smallestMargin,
  }
}

/** What the runs of one prompt share. */
interface Bench {
  readonly background: Replacing
  readonly baseline: SourceTaps
  readonly frozen: FrozenGates | null
  /** Of the unablated model, where the metric is KL. */
  readonly logits: Float64Array
}

function* benchOf(
  model: PreparedModel,
  { background, baseline, gates, metric, of, normEpsilon }: Attribution,
  p: number,
  prompt: PromptCase,
  counter: Counter,
): Generator<void, Bench> {
  const running = { normEpsilon, workspace: new Workspace(false), onRun: () => counter.add() }
  const reference =
    anyFrozen(gates) || metric.name === 'KL_DIVERGENCE'
      ? yield* unablated(model, prompt.tokens, gates, running)
      : { frozen: null, logits: new Float64Array(0) }
  const length = prompt.tokens.length
  const behind = yield* sourceTaps(model, background.fill, p, length, background.replaced.keys(), running)
  const wanted = of.kind === 'CHANNELS' ? of.channels.keys() : []
  const taken = yield* sourceTaps(model, baseline, p, length, wanted, running)
  return {
    background: {
      taps: wholeTaps(background.replaced),
      fill: background.fill,
      source: behind,
      positions: [],
    },
    baseline: taken,
    frozen: reference.frozen,
    logits: reference.logits,
  }
}

/** m with the asked channels of one site after another replaced jointly. */
function* replacedSites(
  model: PreparedModel,
  { metric, baseline, normEpsilon }: Attribution,
  channels: ChannelSet,
  prompt: PromptCase,
  bench: Bench,
  margin: { smallest: number },
  counter: Counter,
): Generator<void, readonly number[]> {
  const workspace = new Workspace(false)
  const checkpoints = new Checkpoints()
  const values: number[] = []
  // From the last site to the first: every run leaves the streams before its own site as those of the full run.
  for (const [site, indices] of [...channels].reverse()) {
    const place = tapPlace(model.config, site)
    checkpoints.start =
      values.length === 0 ? 0 : Math.max(0, Math.min(place.sublayer, 2 * model.config.layers))
    const tap = new JointTap(bench.background, { site, indices, baseline, source: bench.baseline })
    const run = newRun(model, prompt.tokens, tap, {
      normEpsilon,
      workspace,
      margin,
      checkpoints,
      frozen: bench.frozen,
    })
    const logits = yield* forward(run)
    checkFinite(logits)
    counter.add()
    values.unshift(metricValue(metric, prompt, logits, bench.logits, model.config.vocabSize))
  }
  return values
}

/** A background, and one site whose asked channels take their baseline as well. */
class JointTap extends ReplacingTap {
  readonly #joint: ReplacingTap
  constructor(
    background: Replacing,
    {
      site,
      indices,
      baseline,
      source,
    }: {
      readonly site: string
      readonly indices: Uint32Array
      readonly baseline: Attribution['baseline']
      readonly source: Bench['baseline']
    },
  ) {
    super(background)
    const taps = wholeTaps(new Map([[site, indices]]))
    this.#joint = new ReplacingTap({ taps, fill: baseline, source, positions: [] })
  }

  protected override change(name: string, values: Float64Array, width: number): void {
    super.change(name, values, width)
    this.#joint.pass(name, values, width)
  }
}

class Counter {
  done = 0
  readonly #total: number
  readonly #onProgress: ((done: number, total: number) => void) | undefined

  constructor(total: number, onProgress: ((done: number, total: number) => void) | undefined) {
    this.#total = total
    this.#onProgress = onProgress
  }

  add(): void {
    this.#onProgress?.(++this.done, this.#total)
  }
}

function runsPerPrompt({ gates, metric, baseline, background }: Attribution): number {
  const reference = anyFrozen(gates) || metric.name === 'KL_DIVERGENCE' ? 1 : 0
  const taken = [baseline, background.fill].filter(({ kind }) => kind === 'FROM_PROMPTS').length
  return 1 + reference + taken
}

function check(model: PreparedModel, request: Attribution): void {
  const { prompts, metric, baseline, background, of } = request
  checkMetric(model.config, metric)
  checkEpsilon(request.normEpsilon)
  for (const prompt of prompts) checkPrompt(model.config, prompt)
  checkFill(baseline)
  checkFill(background.fill)
  checkChannels(model.config, background.replaced)
  if (of.kind === 'CHANNELS' || of.kind === 'HEADS') checkChannels(model.config, of.channels)
  if (metric.name === 'KL_DIVERGENCE' && background.replaced.size === 0)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'KL_DIVERGENCE of the model from itself is least at the clean point, so its gradient is 0 everywhere',
      { hint: 'use LOGIT_DIFFERENCE or TASK_LOSS, or ablate' },
    )
}
