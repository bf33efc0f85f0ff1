/**
 * Variants that are run as compiled circuits, in families that share what stands still: one family for the members of
 * a leave-one-out, another for the next random circuit. Which family a member is in changes no bit of its answer.
 */
import type { Measurement } from '../../domain/experiment/measurement.js'
import type { ModelConfig } from '../../domain/sparse-model-data.js'
import type { VariantPlan } from '../tap-plan.js'
import { type KeptChannels, keptChannels } from './kept-channels.js'

export interface Family {
  /** Into the fills of the measurement. */
  readonly fill: number
  /** Positions whose tokens' rows are replaced. */
  readonly moved: readonly number[]
  /** What some member keeps. */
  readonly kept: KeptChannels
  /** Variants in the order of their plans, with what each keeps. */
  readonly members: readonly { readonly variant: number; readonly kept: KeptChannels }[]
}

/** A family grows to this many channels, or to twice its largest member: then another one costs less. */
const ROOMY = 512

/** `order` names the variants so that neighbours share beginnings. */
export function families(
  config: ModelConfig,
  { execution, gates }: Pick<Measurement, 'execution' | 'gates'>,
  plans: readonly VariantPlan[],
  order: readonly number[],
): readonly Family[] {
  if (execution === 'MASKED') return []
  const found: Family[] = []
  let open: OpenFamily | null = null
  for (const variant of order) {
    const plan = plans[variant]!
    const kept = keptChannels(config, gates, plan)
    if (kept === null) continue
    if (open === null || !open.admits(plan, kept)) {
      if (open !== null) found.push(open.family())
      open = new OpenFamily(plan)
    }
    open.add(variant, kept)
  }
  return open === null ? found : [...found, open.family()]
}

class OpenFamily {
  readonly #plan: VariantPlan
  readonly #kept = new Map<string, Set<number>>()
  readonly #members: { readonly variant: number; readonly kept: KeptChannels }[] = []
  #largest = 0

  constructor(plan: VariantPlan) {
    this.#plan = plan
  }

  admits({ fill, moved }: VariantPlan, kept: KeptChannels): boolean {
    if (fill !== this.#plan.fill || moved.join() !== this.#plan.moved.join()) return false
    let together = 0
    for (const tap of new Set([...this.#kept.keys(), ...kept.keys()])) {
      const own = this.#kept.get(tap)
      together += own?.size ?? 0
      for (const channel of kept.get(tap) ?? []) if (own?.has(channel) !== true) together++
    }
    return together <= Math.max(ROOMY, 2 * Math.max(this.#largest, sizeOf(kept)))
  }

  add(variant: number, kept: KeptChannels): void {
    this.#members.push({ variant, kept })
    this.#largest = Math.max(this.#largest, sizeOf(kept))
    for (const [tap, channels] of kept) {
      const own = this.#kept.get(tap) ?? new Set()
      for (const channel of channels) own.add(channel)
      this.#kept.set(tap, own)
    }
  }

  family(): Family {
    const kept = new Map(Array.from(this.#kept, ([tap, set]) => [tap, Uint32Array.from(set).sort()]))
    return { fill: this.#plan.fill, moved: this.#plan.moved, kept, members: this.#members }
  }
}

function sizeOf(kept: KeptChannels): number {
  let size = 0
  for (const channels of kept.values()) size += channels.length
  return size
}
