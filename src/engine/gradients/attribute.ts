/**
 * Scores of elements from gradients (algorithms.md C1): every score approximates m(element replaced) − m(full), summed
 * over positions. Beside each cut, one site at a time, stands m with its asked elements replaced jointly: only there
 * do scores have a sum to be compared with (semantics.md §7).
 */
import { InvalidInput } from '../../domain/errors.js'
import type { Attribution, AttributionScores } from '../../domain/experiment/attribution.js'
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import { checkEpsilon, checkMetric, checkPrompt } from '../check-request.js'
import { checkFill } from '../fill-values.js'
import { linkWeights } from '../link-plan.js'
import { checkRowFill } from '../row-fill.js'
import { checkChannels } from '../tap-plan.js'
import { Bench } from './bench.js'
import { gradientScores, integratedScores } from './channel-scores.js'
import { deepLiftScores, deepLiftTokens } from './deep-lift.js'
import { directLogitScores } from './direct-logit.js'
import { headSums, headsOf } from './head-sums.js'
import { linkScores } from './link-scores.js'
import { joined, type PromptScores } from './prompt-scores.js'
import { RunCounter } from './run-counter.js'
import {
  directTokenLogits,
  droppedTokenGradients,
  integratedTokenGradients,
  tokenGradients,
} from './token-scores.js'

/** Throws BAD_INPUT naming what the model does not have, NOT_MEANINGFUL where a method has nothing to say. */
export function* attribute(
  model: PreparedModel,
  request: Attribution,
  onProgress?: (done: number, total: number) => void,
): Generator<void, AttributionScores> {
  check(model, request)
  const { prompts, of } = request
  const counter = new RunCounter(2 * prompts.length, onProgress)
  const answers: PromptScores[] = []
  let smallestMargin = Number.POSITIVE_INFINITY
  for (const p of prompts.keys()) {
    const bench = yield* Bench.of(model, request, p, baselineTaps(request), counter)
    const scores = yield* scoresOf(bench, request)
    answers.push(of.kind === 'HEADS' ? headSums(scores, of.channels, model.config.dHead) : scores)
    smallestMargin = Math.min(smallestMargin, bench.margin.smallest)
  }
  // Prompts of several lengths have several numbers of positions: as many columns as the longest has.
  const count = Math.max(0, ...answers.map(({ scores }) => scores.length))
  const first = answers[0]
  return {
    labels:
      of.kind === 'HEADS'
        ? headsOf(of.channels, model.config.dHead).map(({ layer, head }) => `head(${layer}.${head})`)
        : null,
    count,
    scores: joined(answers.map(({ scores }) => padded(scores, count))),
    absolute: joined(answers.map(({ absolute }) => padded(absolute, count))),
    values: Float64Array.from(answers, ({ value }) => value),
    cuts: (first?.cuts ?? []).map(({ site }, c) => ({
      site,
      sum: Float64Array.from(answers, ({ cuts }) => cuts[c]!.sum),
      replaced: Float64Array.from(answers, ({ cuts }) => cuts[c]!.replaced),
    })),
    steps: first?.steps == null ? null : Math.max(...answers.map(({ steps }) => steps!)),
    jumps: first?.jumps == null ? null : answers.reduce((sum, { jumps }) => sum + jumps!, 0),
    evaluations: counter.done,
    smallestMargin,
  }
}

function scoresOf(bench: Bench, { method, of }: Attribution): Generator<void, PromptScores> {
  const plain = { qkFix: false, gradDrop: false }
  switch (of.kind) {
    case 'CHANNELS':
    case 'HEADS':
      switch (method.kind) {
        case 'GRADIENT_TIMES_ACTIVATION':
          return gradientScores(bench, of.channels, plain)
        case 'ATTRIBUTION_PATCHING':
          return gradientScores(bench, of.channels, method)
        case 'INTEGRATED_GRADIENTS':
          return integratedScores(bench, of.channels, method)
        case 'DEEP_LIFT':
          return deepLiftScores(bench, of.channels)
        case 'DIRECT_LOGIT':
          return directLogitScores(bench, of.channels)
        default:
          throw mismatch(method.kind, 'edges')
      }
    case 'LINKS':
      switch (method.kind) {
        case 'EDGE_ATTRIBUTION_PATCHING':
          return linkScores(bench, of.families, null)
        case 'EDGE_INTEGRATED_GRADIENTS':
          return linkScores(bench, of.families, method)
        default:
          throw mismatch(method.kind, 'nodes')
      }
    case 'TOKENS':
      switch (method.kind) {
        case 'GRADIENT_TIMES_ACTIVATION':
          return tokenGradients(bench)
        case 'ATTRIBUTION_PATCHING':
          return method.gradDrop ? droppedTokenGradients(bench) : tokenGradients(bench)
        case 'INTEGRATED_GRADIENTS':
          return integratedTokenGradients(bench, method)
        case 'DEEP_LIFT':
          return deepLiftTokens(bench)
        case 'DIRECT_LOGIT':
          return directTokenLogits(bench)
        default:
          throw mismatch(method.kind, 'edges')
      }
    default:
      return of satisfies never
  }
}

function mismatch(method: string, elements: string): InvalidInput {
  return new InvalidInput('NOT_MEANINGFUL', `${method} scores ${elements}`, { path: 'input.of' })
}

/** Taps at which the baseline's values are needed. */
function baselineTaps({ of }: Attribution): readonly string[] {
  if (of.kind === 'TOKENS') return []
  if (of.kind === 'LINKS') return [...new Set(of.families.map(({ from }) => from))]
  return [...of.channels.keys()]
}

function padded(values: Float64Array, count: number): Float64Array {
  if (values.length === count) return values
  const out = new Float64Array(count).fill(Number.NaN)
  out.set(values)
  return out
}

const MOST_STEPS = 256

function check(model: PreparedModel, request: Attribution): void {
  const { prompts, metric, baseline, rows, background, of, method } = request
  checkMetric(model.config, metric)
  checkEpsilon(request.normEpsilon)
  for (const prompt of prompts) checkPrompt(model.config, prompt)
  checkFill(baseline)
  if (rows !== undefined) checkRowFill(model, rows)
  checkFill(background.fill)
  checkChannels(model.config, background.replaced)
  if (of.kind === 'CHANNELS') checkChannels(model.config, of.channels)
  if (of.kind === 'HEADS') checkHeads(model, of.channels)
  if (of.kind === 'LINKS') for (const family of of.families) linkWeights(model, family)
  if (of.kind === 'TOKENS' && method.kind === 'ATTRIBUTION_PATCHING' && method.qkFix)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'qkFix computes the softmax anew for a query or a key, and a token is neither',
      { path: 'input.method.attributionPatching.qkFix', hint: 'score the q and k nodes, or leave qkFix out' },
    )
  const steps = 'steps' in method ? method.steps : null
  if (steps !== null && (!Number.isInteger(steps) || steps < 1 || steps > MOST_STEPS))
    throw new InvalidInput('BAD_INPUT', `integrated gradients take 1 to ${MOST_STEPS} steps, not ${steps}`, {
      path: 'input.method',
    })
  if (metric.name === 'KL_DIVERGENCE' && background.replaced.size === 0 && !integrates(request))
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'KL_DIVERGENCE of the model from itself is least at the clean point, so its gradient is 0 everywhere',
      { path: 'input.metric', hint: 'use LOGIT_DIFFERENCE or TASK_LOSS, integrate gradients, or ablate' },
    )
}

function integrates({ method }: Attribution): boolean {
  return method.kind === 'INTEGRATED_GRADIENTS' || method.kind === 'EDGE_INTEGRATED_GRADIENTS'
}

function checkHeads(model: PreparedModel, channels: ChannelSet): void {
  checkChannels(model.config, channels)
  for (const tap of channels.keys())
    if (!/^\d+\.attn\.v$/.test(tap))
      throw new InvalidInput('BAD_INPUT', `a head writes through its v channels, not through ${tap}`)
}
