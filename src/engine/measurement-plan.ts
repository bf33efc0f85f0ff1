/** What a measurement comes to before any prompt is run: how each variant is answered, in which order, and what it needs. */
import type { Measurement } from '../domain/experiment/measurement.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { type Family, families } from './compiled/families.js'
import type { LinkPlan } from './link-plan.js'
import { linkPlan } from './link-plan.js'
import { anyFrozen } from './prompt-bench.js'
import { LEAST_WATCHED, mayBeSilent } from './silent-channels.js'
import { type VariantPlan, variantPlans } from './tap-plan.js'

export interface MeasurementPlan {
  /** By variant. */
  readonly plans: readonly VariantPlan[]
  /** Variants so that neighbours share beginnings. */
  readonly order: readonly number[]
  /** Those that are run as compiled circuits. */
  readonly families: readonly Family[]
  /** Those that need no run where their channels are silent; empty where watching does not pay. */
  readonly watched: readonly number[]
  readonly links: LinkPlans
  /** Taps whose replacement each used fill has to know. */
  readonly needed: ReadonlyMap<number, ReadonlySet<string>>
  /** Is the unablated model wanted beside every variant? */
  readonly needsReference: boolean
  /** Model runs per prompt, if every variant takes one. */
  readonly runs: number
}

/** Throws BAD_INPUT naming a tap, channel, link or table place that does not exist. */
export function planMeasurement(model: PreparedModel, request: Measurement): MeasurementPlan {
  const { fills, metrics, gates } = request
  const plans = variantPlans(model.config, request)
  const order = sortedByKeys(plans)
  const links = new LinkPlans(model, request)
  const needed = tapsByFill(plans, links)
  const needsReference = metrics.some(({ name }) => name === 'KL_DIVERGENCE') || anyFrozen(gates)
  const compilable = families(model.config, request, plans, order)
  const compiled = new Set(compilable.flatMap(({ members }) => members.map(({ variant }) => variant)))
  const quiet = plans.flatMap((plan, v) => (mayBeSilent(plan, fills) && !compiled.has(v) ? [v] : []))
  const sources = [...needed.keys()].filter((fill) => fills[fill]!.kind === 'FROM_PROMPTS').length
  return {
    plans,
    order,
    families: compilable,
    watched: quiet.length < LEAST_WATCHED ? [] : quiet,
    links,
    needed,
    needsReference,
    runs: plans.length + sources + (needsReference ? 1 : 0),
  }
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
export class LinkPlans {
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
