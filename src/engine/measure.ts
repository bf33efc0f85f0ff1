/**
 * Metrics of a model run in many ways over many prompts. Variants are run in the order of their plans, so that each
 * starts at the first sublayer where it differs from the one before it (prefix reuse, algorithms.md B3.1): the same
 * bits as from the start.
 */
import type { Measurement, MeasurementAnswer } from '../domain/experiment/measurement.js'
import type { PromptCase } from '../domain/experiment/metric.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkEpsilon, checkFinite, checkMetric, checkPrompt } from './check-request.js'
import { Checkpoints } from './checkpoints.js'
import { families } from './compiled/families.js'
import { type CompiledRun, runFamilies } from './compiled/run-families.js'
import { checkFill, type SourceTaps } from './fill-values.js'
import type { FrozenGates } from './frozen-gates.js'
import { LinkChanges } from './link-changes.js'
import type { LinkPlan } from './link-plan.js'
import { linkPlan } from './link-plan.js'
import { firstWantedRow, metricValue } from './metric.js'
import { anyFrozen, sourceTaps, unablated } from './prompt-bench.js'
import { ReplacingTap } from './replacing-tap.js'
import { newRun } from './run.js'
import { LEAST_WATCHED, mayBeSilent, SilenceTap } from './silent-channels.js'
import { forward } from './sparse-transformer.js'
import { tapPlace } from './tap-names.js'
import type { VariantPlan } from './tap-plan.js'
import { firstDifference, variantPlans } from './tap-plan.js'
import { Workspace } from './workspace.js'

/** Throws BAD_INPUT naming what the model does not have. `onProgress` counts forward passes. */
export function* measure(
  model: PreparedModel,
  request: Measurement,
  onProgress?: (done: number, total: number) => void,
): Generator<void, MeasurementAnswer> {
  const { prompts, metrics, fills, normEpsilon } = request
  for (const prompt of prompts) checkPrompt(model.config, prompt)
  for (const metric of metrics) checkMetric(model.config, metric)
  for (const fill of fills) checkFill(fill)
  checkEpsilon(normEpsilon)
  const plans = variantPlans(model.config, request)
  const order = sortedByKeys(plans)
  const linkPlans = new LinkPlans(model, request)
  const needed = tapsByFill(plans, linkPlans)
  const needsReference = metrics.some(({ name }) => name === 'KL_DIVERGENCE') || anyFrozen(request.gates)
  const sources = [...needed.keys()].filter((fill) => fills[fill]!.kind === 'FROM_PROMPTS').length
  const total = prompts.length * (plans.length + sources + (needsReference ? 1 : 0))
  const values = new Float64Array(plans.length * metrics.length * prompts.length)
  const margins = new Float64Array(plans.length).fill(Number.POSITIVE_INFINITY)
  const compilable = families(model.config, request, plans, order)
  const compiledOnes = new Set(compilable.flatMap(({ members }) => members.map(({ variant }) => variant)))
  const watched = plans.flatMap((plan, v) => (mayBeSilent(plan, fills) && !compiledOnes.has(v) ? [v] : []))
  const watches = watched.length >= LEAST_WATCHED
  let compiled = 0
  let spared = 0
  let done = 0
  const running = {
    normEpsilon,
    workspace: new Workspace(false),
    onRun: () => onProgress?.(++done, total),
  }

  for (const [p, prompt] of prompts.entries()) {
    const firstRow = firstWantedRow(metrics, prompt)
    const reference = needsReference
      ? yield* unablated(model, prompt.tokens, request.gates, { ...running, firstRow })
      : { logits: new Float64Array(0), frozen: null }
    const taken: SourceTaps[] = []
    for (const [fill, taps] of needed)
      taken[fill] = yield* sourceTaps(model, fills[fill]!, p, prompt.tokens.length, taps, running)
    const record = (v: number, logits: Float64Array, margin: number): void => {
      metrics.forEach((metric, m) => {
        values[(v * metrics.length + m) * prompts.length + p] = metricValue(
          metric,
          prompt,
          logits,
          reference.logits,
          model.config.vocabSize,
        )
      })
      margins[v] = Math.min(margins[v]!, margin)
      running.onRun()
    }
    const answered = new Set<number>()
    const onAnswer = ({ variant, logits, margin }: CompiledRun): void => {
      record(variant, logits, margin)
      answered.add(variant)
    }
    yield* runFamilies({ model, request, plans, families: compilable, sources: taken, onAnswer }, p)
    compiled += answered.size
    const checkpoints = new Checkpoints()
    let before: VariantPlan | null = null
    if (watches) {
      const tap = new SilenceTap(watched.flatMap((v) => [...plans[v]!.taps.keys()]))
      const margin = { smallest: Number.POSITIVE_INFINITY }
      const { frozen } = reference
      const settings = { ...running, frozen, margin, checkpoints, firstRow }
      const logits: Float64Array = yield* forward(newRun(model, prompt.tokens, tap, settings))
      checkFinite(logits)
      before = unchangedPlan(plans[watched[0]!]!)
      spared--
      for (const v of watched) {
        if (!tap.foundSilent(plans[v]!)) continue
        record(v, logits, margin.smallest)
        answered.add(v)
        spared++
      }
    }
    for (const v of order) {
      if (answered.has(v)) continue
      const plan: VariantPlan = plans[v]!
      checkpoints.start = startOf(before, plan)
      const margin = { smallest: Number.POSITIVE_INFINITY }
      const run = variantRun(model, request, plan, linkPlans, p, prompt, {
        frozen: reference.frozen,
        source: taken[plan.fill] ?? null,
      })
      const logits: Float64Array = yield* forward(
        newRun(model, prompt.tokens, run.tap, { ...running, ...run, margin, checkpoints, firstRow }),
      )
      checkFinite(logits)
      before = plan
      record(v, logits, margin.smallest)
      yield
    }
  }
  return { values, evaluations: total - spared, margins, compiled }
}

function variantRun(
  model: PreparedModel,
  request: Measurement,
  plan: VariantPlan,
  linkPlans: LinkPlans,
  p: number,
  prompt: PromptCase,
  { frozen, source }: { readonly frozen: FrozenGates | null; readonly source: SourceTaps },
) {
  const fill = request.fills[plan.fill] ?? { kind: 'CONSTANT' as const, value: 0 }
  const positions = request.positions.map((choice) => choice[p]!)
  const links = linkPlans.of(plan)
  return {
    tap: new ReplacingTap({ taps: plan.taps, fill, source, positions }),
    frozen,
    links:
      links === null
        ? null
        : new LinkChanges(links, {
            positions: prompt.tokens.length,
            fill,
            source,
            widthOf: (tap) => tapPlace(model.config, tap).width!,
          }),
  }
}

/** The first sublayer at which a plan differs from the one before it, or an earlier one that it must see. */
function startOf(before: VariantPlan | null, plan: VariantPlan): number {
  return before === null ? 0 : Math.min(firstDifference(before, plan), plan.latestStart)
}

/** The plan of a run that replaces nothing. */
function unchangedPlan({ keys }: VariantPlan): VariantPlan {
  const nothing = new Uint32Array(keys.length)
  return { fill: 0, taps: new Map(), keys: nothing, links: [], latestStart: keys.length - 2 }
}

function sortedByKeys(plans: readonly VariantPlan[]): readonly number[] {
  return plans
    .map((_, v) => v)
    .sort((a, b) => {
      const x = plans[a]!.keys
      const y = plans[b]!.keys
      for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!
      return a - b
    })
}

/** Link plans by the link sets that they join; the last one is kept, since a sweep over edges has thousands. */
class LinkPlans {
  readonly #model: PreparedModel
  readonly #request: Measurement
  #last: { readonly key: string; readonly plan: LinkPlan } | null = null

  constructor(model: PreparedModel, request: Measurement) {
    this.#model = model
    this.#request = request
  }

  of({ links }: VariantPlan): LinkPlan | null {
    if (links.length === 0) return null
    const key = links.join()
    if (this.#last?.key !== key) {
      const sets = links.map((set) => this.#request.linkSets[set]!)
      this.#last = { key, plan: linkPlan(this.#model, sets, this.#request.universe) }
    }
    return this.#last.plan
  }
}

/** Taps whose replacement each used fill has to know. Checks every link set on the way. */
function tapsByFill(
  plans: readonly VariantPlan[],
  linkPlans: LinkPlans,
): ReadonlyMap<number, ReadonlySet<string>> {
  const taps = new Map<number, Set<string>>()
  for (const plan of plans) {
    if (plan.taps.size === 0 && plan.links.length === 0) continue
    const known = taps.get(plan.fill) ?? new Set<string>()
    taps.set(plan.fill, known)
    for (const tap of plan.taps.keys()) known.add(tap)
    const links = linkPlans.of(plan)
    for (const tap of links?.products.keys() ?? []) known.add(tap)
    for (const tap of links?.writers ?? []) known.add(tap)
  }
  return taps
}
