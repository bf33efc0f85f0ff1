/**
 * An ablation question as a measurement: for every replacement (a column) the model as it is, the background, the empty circuit,
 * the whole target, and each element of the sweep (semantics.md §5).
 */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import { allOf } from '../../domain/experiment/channel-set.js'
import type {
  Fill,
  Gates,
  LinkSet,
  Measurement,
  SetEntry,
  Variant,
} from '../../domain/experiment/measurement.js'
import type { Metric, PromptCase } from '../../domain/experiment/metric.js'
import { channelsOf, type MaskedSite } from './channel-mask.js'
import type { Element } from './elements.js'
import { linkFamilies } from './measured-links.js'

export interface AblationPlan {
  readonly modelId: string
  readonly sites: readonly MaskedSite[]
  /** Null: the model is the background; else the channels of the circuit. */
  readonly circuit: ChannelSet | null
  readonly mode: 'REMOVE' | 'KEEP_ONLY'
  /** The whole target. */
  readonly together: Element
  /** Elements of the sweep; for pairs the singles as well, behind them. */
  readonly elements: readonly Element[]
  /** Where replacements are made, one list per prompt; null: everywhere. */
  readonly positions: readonly Uint32Array[] | null
  readonly gates: Gates
}

/** Places of the rows that every replacement begins with. */
export const ROWS = { model: 0, background: 1, empty: 2, together: 3, elements: 4 } as const

export function rowsPerColumn(plan: AblationPlan): number {
  return ROWS.elements + plan.elements.length
}

/** Each column measures every row, with one fill for all of them or one for each. */
export function ablationMeasurement(
  plan: AblationPlan,
  columns: readonly (Fill | readonly Fill[])[],
  metrics: readonly Metric[],
  prompts: readonly PromptCase[],
): Measurement {
  const tables = new Tables(plan, prompts)
  const everything = tables.set({ channels: new Map(), complement: true })
  const background =
    plan.circuit === null
      ? []
      : [{ set: tables.set({ channels: plan.circuit, complement: true }), positions: null }]
  const pieces = [plan.together, ...plan.elements].map((element) => tables.piece(element, background))
  const rows: readonly Piece[] = [
    { replaced: [], links: [] },
    { replaced: background, links: [] },
    { replaced: [{ set: everything, positions: null }], links: [] },
    ...pieces,
  ]
  const fills: Fill[] = []
  const variants = columns.flatMap((column): Variant[] => {
    const first = fills.length
    const own: readonly Fill[] = 'kind' in column ? [column] : column
    fills.push(...own)
    return rows.map((row, r) => ({ ...row, fill: first + (own.length === 1 ? 0 : r) }))
  })
  return {
    modelId: plan.modelId,
    prompts,
    metrics,
    universe: allOf(plan.sites),
    sets: tables.sets,
    linkSets: tables.linkSets,
    positions: tables.positions,
    fills,
    variants,
    gates: plan.gates,
    execution: 'COMPILED',
  }
}

type Piece = Pick<Variant, 'replaced' | 'links'>

class Tables {
  readonly sets: SetEntry[] = []
  readonly linkSets: LinkSet[] = []
  readonly positions: (readonly Uint32Array[])[] = []
  readonly #plan: AblationPlan
  readonly #prompts: readonly PromptCase[]
  readonly #choices = new Map<number | null, number | null>()

  constructor(plan: AblationPlan, prompts: readonly PromptCase[]) {
    this.#plan = plan
    this.#prompts = prompts
  }

  set(entry: SetEntry): number {
    return this.sets.push(entry) - 1
  }

  piece(element: Element, background: Variant['replaced']): Piece {
    const complement = this.#plan.mode === 'KEEP_ONLY'
    // Kept elements stand alone, whatever the background (semantics.md §5).
    const behind = complement ? [] : background
    if (element.links.length > 0 || (element.nodes.length === 0 && this.#plan.together.links.length > 0)) {
      const links = this.linkSets.push({ families: linkFamilies(element.links), complement }) - 1
      return { replaced: behind, links: element.links.length === 0 && !complement ? [] : [links] }
    }
    const set = this.set({ channels: channelsOf(element.nodes), complement })
    return { replaced: [...behind, { set, positions: this.#choice(element.position) }], links: [] }
  }

  /** The positions of the question, or one of them; null for all. */
  #choice(position: number | null): number | null {
    const known = this.#choices.get(position)
    if (known !== undefined) return known
    const chosen = this.#plan.positions
    const choice =
      position === null && chosen === null
        ? null
        : this.positions.push(
            this.#prompts.map(({ tokens }, p) => {
              if (position === null) return chosen![p]!
              const has = chosen === null ? position < tokens.length : chosen[p]!.includes(position)
              return Uint32Array.from(has ? [position] : [])
            }),
          ) - 1
    this.#choices.set(position, choice)
    return choice
  }
}
