/**
 * Optimal constants (semantics.md §11; Li & Janson 2024): the values which, standing in all replaced places at once,
 * make the metric best. Its gradient with respect to a constant is that of the replaced values, summed over positions
 * and averaged over prompts.
 */

import { CircuitQLError, InvalidInput } from '../domain/errors.js'
import { type ChannelSet, sizeOf, union } from '../domain/experiment/channel-set.js'
import type { ConstantFit, FittedConstants } from '../domain/experiment/constant-fit.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkMetric, checkPrompt } from './check-request.js'
import { checkFill } from './fill-values.js'
import { differentiate } from './gradients/differentiate.js'
import { minimise, type Slope } from './minimise.js'
import { anyFrozen, unablated } from './prompt-bench.js'
import { type Replacing, ReplacingTap } from './replacing-tap.js'
import { tapPlace } from './tap-names.js'
import { checkChannels, type TapPart } from './tap-plan.js'
import { Workspace } from './workspace.js'

/**
 * Throws BAD_INPUT naming what the model does not have or where the metric is undefined, NOT_MEANINGFUL for a metric
 * without a gradient. `onProgress` counts runs toward what the allowed steps take at least: a fit that needs more
 * waits there, one that is done sooner jumps there.
 */
export function* fitConstants(
  model: PreparedModel,
  request: ConstantFit,
  onProgress?: (done: number, total: number) => void,
): Generator<void, FittedConstants> {
  check(model, request)
  const { prompts, metric, sense, replaced, start, maxSteps, gates, normEpsilon } = request
  const fitted = replaced.reduce<ChannelSet>((all, { channels }) => union(all, channels), new Map())
  const taps = partsByTap(request)
  const needsReference = anyFrozen(gates) || metric.name === 'KL_DIVERGENCE'
  const perPass = prompts.length * (needsReference ? 2 : 1)
  const margin = { smallest: Number.POSITIVE_INFINITY }
  const planned = perPass * (maxSteps + 1)
  let evaluations = 0
  const onRun = (): void => {
    evaluations++
    if (evaluations < planned) onProgress?.(evaluations, planned)
  }
  const running = { normEpsilon, workspace: new Workspace(), onRun }

  const evaluate = function* (at: Float64Array): Generator<void, Slope> {
    const fill = { kind: 'PER_CHANNEL' as const, values: scattered(start, fitted, at) }
    const gradient = new Float64Array(at.length)
    let value = 0
    for (const [p, prompt] of prompts.entries()) {
      const positions = replaced.map((part) => part.positions?.[p] ?? new Uint32Array(0))
      const replacing: Replacing = { taps, fill, source: null, positions }
      const gather = new GradientOfConstants(fitted, replacing, gradient, sense / prompts.length)
      const reference = needsReference ? yield* unablated(model, prompt.tokens, gates, running) : null
      const forth = yield* differentiate(model, prompt, metric, new ReplacingTap(replacing), gather, {
        normEpsilon,
        margin,
        ...(reference === null ? {} : { frozen: reference.frozen, fullLogits: reference.logits }),
      })
      onRun()
      value += (sense * forth.value) / prompts.length
    }
    return { value, gradient }
  }
  let begun = false
  const found = yield* minimise(
    gathered(start, fitted),
    function* (at) {
      if (begun) return yield* orInfinity(evaluate(at), at.length)
      begun = true
      return yield* evaluate(at)
    },
    maxSteps,
  )
  onProgress?.(planned, planned)
  return {
    values: scattered(start, fitted, found.at),
    before: sense * found.before,
    after: sense * found.value,
    steps: found.steps,
    converged: found.converged,
    evaluations,
    smallestMargin: margin.smallest,
  }
}

/** A trial that leaves the range of numbers is no better than any other. */
function* orInfinity(evaluation: Generator<void, Slope>, size: number): Generator<void, Slope> {
  try {
    return yield* evaluation
  } catch (error) {
    if (!(error instanceof CircuitQLError) || error.code !== 'NOT_MEANINGFUL') throw error
    return { value: Number.POSITIVE_INFINITY, gradient: new Float64Array(size) }
  }
}

/** Adds up what the reverse pass finds in replaced places, before it is stopped there. */
class GradientOfConstants {
  readonly skipsPatterns = true
  readonly #places = new Map<string, { readonly channels: Uint32Array; readonly from: number }>()
  readonly #replacing: Replacing
  readonly #gradient: Float64Array
  readonly #factor: number

  constructor(fitted: ChannelSet, replacing: Replacing, gradient: Float64Array, factor: number) {
    let from = 0
    for (const [tap, channels] of fitted) {
      this.#places.set(tap, { channels, from })
      from += channels.length
    }
    this.#replacing = replacing
    this.#gradient = gradient
    this.#factor = factor
  }

  readonly at = (tap: string, gradient: Float64Array, width: number): void => {
    const place = this.#places.get(tap)
    if (place === undefined) return
    const covered = coverage(this.#replacing, tap, gradient.length, width)
    place.channels.forEach((channel, i) => {
      let sum = 0
      for (let at = channel; at < gradient.length; at += width) if (covered[at] === 1) sum += gradient[at]!
      const to = place.from + i
      this.#gradient[to] = this.#gradient[to]! + this.#factor * sum
    })
  }
}

/** 1 where a place of the tap is replaced, [positions, width]. */
function coverage({ taps, positions }: Replacing, tap: string, length: number, width: number): Uint8Array {
  const covered = new Uint8Array(length)
  for (const { channels, positions: choice } of taps.get(tap) ?? []) {
    const rows = choice === null ? Array.from({ length: length / width }, (_, t) => t) : positions[choice]!
    for (const t of rows) for (const channel of channels) covered[t * width + channel] = 1
  }
  return covered
}

/** Every part of a tap; part p names position list p. */
function partsByTap({ replaced }: ConstantFit): ReadonlyMap<string, readonly TapPart[]> {
  const taps = new Map<string, TapPart[]>()
  replaced.forEach(({ channels, positions }, part) => {
    for (const [tap, indices] of channels) {
      const parts = taps.get(tap) ?? []
      taps.set(tap, parts)
      parts.push({ channels: indices, positions: positions === null ? null : part })
    }
  })
  return taps
}

function gathered(values: ReadonlyMap<string, Float64Array>, places: ChannelSet): Float64Array {
  return Float64Array.from(
    [...places].flatMap(([tap, channels]) => Array.from(channels, (channel) => values.get(tap)![channel]!)),
  )
}

function scattered(
  start: ReadonlyMap<string, Float64Array>,
  places: ChannelSet,
  values: Float64Array,
): ReadonlyMap<string, Float64Array> {
  let from = 0
  return new Map(
    Array.from(places, ([tap, channels]) => {
      const row = start.get(tap)!.slice()
      channels.forEach((channel, i) => {
        row[channel] = values[from + i]!
      })
      from += channels.length
      return [tap, row]
    }),
  )
}

function check({ config }: PreparedModel, request: ConstantFit): void {
  const { prompts, metric, replaced, start, maxSteps, normEpsilon } = request
  if (prompts.length === 0) throw new InvalidInput('BAD_INPUT', 'constants are fitted on at least one prompt')
  for (const prompt of prompts) checkPrompt(config, prompt)
  checkMetric(config, metric)
  checkEpsilon(normEpsilon)
  checkFill({ kind: 'PER_CHANNEL', values: start })
  if (replaced.every(({ channels }) => sizeOf(channels) === 0))
    throw new InvalidInput('BAD_INPUT', 'nothing is replaced, so that no constant can be fitted')
  for (const { channels, positions } of replaced) {
    checkChannels(config, channels)
    for (const tap of channels.keys()) checkStart(tap, start.get(tap)?.length, tapPlace(config, tap).width!)
    if (positions !== null && positions.length !== prompts.length)
      throw new InvalidInput(
        'BAD_INPUT',
        `there are positions for ${positions.length} prompts, and ${prompts.length} prompts`,
      )
  }
  if (!Number.isInteger(maxSteps) || maxSteps < 1)
    throw new InvalidInput('BAD_INPUT', `a fit takes at least 1 step, not ${maxSteps}`)
}

function checkStart(tap: string, given: number | undefined, width: number): void {
  if (given !== width)
    throw new InvalidInput(
      'BAD_INPUT',
      given === undefined
        ? `the fit has nowhere to begin at ${tap}`
        : `the fit begins with ${given} values at ${tap}, expected ${width}`,
    )
}
