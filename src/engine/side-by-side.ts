/**
 * Which variants of a measurement run side by side (copies.ts): neighbours in the order of prefix reuse that begin at
 * about the same sublayer, because all of them begin where the earliest does (algorithms.md B3).
 */
import type { PreparedModel } from '../model/prepared-model.js'
import { firstDifference, type VariantPlan } from './tap-plan.js'

/** Beyond these neighbours gain little more. */
const MOST = 8
/** Without the kernels side by side is no faster, and no slower. */
const MOST_PLAIN = 4
/** Sublayers run in vain, as a share of all. */
const MOST_WASTE = 0.08

export interface Group {
  readonly variants: readonly number[]
  /** The sublayer at which all of them begin. */
  readonly start: number
}

interface Setting {
  readonly positions: number
  /** The plan whose checkpoints there are; null for none. */
  readonly first: VariantPlan | null
  /** Default: as many as there is room for. */
  readonly most?: number
}

export function* groups(
  model: PreparedModel,
  plans: readonly VariantPlan[],
  order: readonly number[],
  { positions, first, most = mostAtOnce(model, positions) }: Setting,
): Generator<Group, void> {
  const end = 2 * model.config.layers + 1
  let group: Group | null = null
  let alone = 0
  let before = first
  for (const variant of order) {
    const plan = plans[variant]!
    const start = startOf(before, plan)
    before = plan
    if (group !== null && isSimple(plan) && isSimple(plans[group.variants[0]!]!)) {
      const earliest = Math.min(group.start, start)
      const cost = (group.variants.length + 1) * (end - earliest)
      const own = alone + end - start
      if (group.variants.length < most && cost <= own * (1 + MOST_WASTE)) {
        group = { variants: [...group.variants, variant], start: earliest }
        alone = own
        continue
      }
    }
    if (group !== null) yield group
    group = { variants: [variant], start }
    alone = end - start
  }
  if (group !== null) yield group
}

/** As many as an arena has room for. */
function mostAtOnce({ room, config }: PreparedModel, positions: number): number {
  if (room === null) return MOST_PLAIN
  return Math.max(1, Math.min(MOST, Math.floor((room.copies * config.blockSize) / positions)))
}

/** Changed links and patterns are not laid out row by row, and there is one input. */
function isSimple({ links, taps, moved }: VariantPlan): boolean {
  return links.length === 0 && moved.length === 0 && ![...taps.keys()].some((tap) => tap.endsWith('.pattern'))
}

/** The first sublayer at which a plan differs from the one before it, or an earlier one that it must see. */
function startOf(before: VariantPlan | null, plan: VariantPlan): number {
  return before === null ? 0 : Math.min(firstDifference(before, plan), plan.latestStart)
}
