/**
 * Interchange (semantics.md §13 e; Geiger et al. 2021): do values of the circuit's nodes, taken from another prompt,
 * move the model's answer as they move the circuit's? With D the right minus the wrong logit, K a part of the circuit
 * and x′ the other prompt,
 *   move of the model   = D(model with K at its values on x′) − D(model),
 *   move of the circuit = D(circuit alone with K at the same values) − D(circuit alone).
 * The values are those of the whole model on x′, position by position, so that the two runs differ in nothing but what
 * surrounds K. A circuit that holds only on its own kind of prompt fails here: prompts are taken from other templates,
 * and from text that the task never shows, for which D keeps the two answers of the task.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { type ChannelSet, sizeOf } from '../../domain/experiment/channel-set.js'
import type { MeasuredCase } from '../measuring/data-set.js'
import { pearsonCorrelation } from '../measuring/rank-correlation.js'
import type { Watching } from '../ports/model-runner.js'
import { type InterchangePair, type InterchangeSetting, interchangeRuns } from './interchange-runs.js'
import { halfSubsets } from './random-subsets.js'
import { unfamiliarPrompts } from './unfamiliar-prompts.js'
import type { Control } from './verdict.js'

/** Recipients of one control, evenly from the measured prompts. */
const MOST_RECIPIENTS = 32
/** Random halves of the circuit that are exchanged, beside the whole of it. */
const HALVES = 4
/** A circuit stands the test when it accounts for more of the model's moves than it leaves open. */
const HALF_EXPLAINED = 0.5
/** Moves that are smaller on average are none, logits. */
const NO_MOVE = 1e-9

export interface Interchange {
  readonly prompts: 'OTHER_TEMPLATES' | 'OFF_DISTRIBUTION'
  /** Where recipients and sources came from, in words. */
  readonly origin: string
  /** Prompts that received values; each received every part once. */
  readonly recipients: number
  /** Parts of the circuit: random halves, and all of it. */
  readonly parts: number
  /** Mean abs(move of the model), and of what the circuit's move differs from it, logits. */
  readonly modelMove: number
  readonly missed: number
  /** 1 − Σ(move of the circuit − move of the model)² ÷ Σ(move of the model)²; null where the model does not move. */
  readonly explained: number | null
  /** Pearson's, of the moves; null where one of them does not vary. */
  readonly correlation: number | null
}

/** Both kinds of prompts; one without fitting prompts is left out. */
export async function interchanges(
  setting: InterchangeSetting,
  watching: Watching,
): Promise<readonly Interchange[]> {
  const parts = [...halfSubsets(setting.circuit, HALVES, setting.seed), setting.circuit].filter(
    (part) => sizeOf(part) > 0,
  )
  const cases = evenly(setting.data.cases, MOST_RECIPIENTS)
  const found: Interchange[] = []
  const familiar = otherTemplates(cases, setting)
  if (familiar.length > 0)
    found.push(
      await interchange(
        'OTHER_TEMPLATES',
        'measured prompts; values from measured prompts of other templates and the same length',
        familiar,
        parts,
        setting,
        watching,
      ),
    )
  const { pairs, origin } = unfamiliarPrompts(cases, setting)
  found.push(await interchange('OFF_DISTRIBUTION', origin, pairs, parts, setting, watching))
  return found
}

/** One finding per kind of prompts; a kind that had none says so. */
export function interchangeControls(found: readonly Interchange[]): readonly Control[] {
  return (['OTHER_TEMPLATES', 'OFF_DISTRIBUTION'] as const).map((prompts) => {
    const name = `INTERCHANGE_${prompts}`
    const own = found.find((interchange) => interchange.prompts === prompts)
    if (own === undefined)
      return { name, finding: 'no two measured prompts of different templates have one length', passed: null }
    const { origin, recipients, parts, modelMove, missed, explained, correlation } = own
    const how = `${parts} parts of the circuit at their values on another prompt, on ${recipients} prompts (${origin})`
    if (explained === null)
      return {
        name,
        finding: `${how}: the model's answer does not move, so there is nothing to follow`,
        passed: null,
      }
    return {
      name,
      finding: `${how}: they move the model's logit difference by ${modelMove.toFixed(4)} on average, the circuit's misses that by ${missed.toFixed(4)}; ${(100 * explained).toFixed(0)} % of the moves explained, correlation ${correlation === null ? 'undefined' : correlation.toFixed(3)}`,
      passed: explained >= HALF_EXPLAINED,
    }
  })
}

async function interchange(
  prompts: Interchange['prompts'],
  origin: string,
  pairs: readonly InterchangePair[],
  parts: readonly ChannelSet[],
  setting: InterchangeSetting,
  watching: Watching,
): Promise<Interchange> {
  const moves = await interchangeRuns(pairs, parts, setting, watching)
  const mean = (of: (move: (typeof moves)[number]) => number): number =>
    moves.reduce((sum, move) => sum + of(move), 0) / moves.length
  const modelMove = mean(({ model }) => Math.abs(model))
  const squares = mean(({ model }) => model ** 2)
  return {
    prompts,
    origin,
    recipients: pairs.length,
    parts: parts.length,
    modelMove,
    missed: mean(({ model, circuit }) => Math.abs(circuit - model)),
    explained:
      modelMove < NO_MOVE ? null : 1 - mean(({ model, circuit }) => (circuit - model) ** 2) / squares,
    correlation: pearsonCorrelation(
      moves.map(({ model }) => model),
      moves.map(({ circuit }) => circuit),
    ),
  }
}

/** Each prompt with one of another template and the same length, drawn evenly; prompts without one are left out. */
function otherTemplates(
  cases: readonly MeasuredCase[],
  { data, seed }: InterchangeSetting,
): readonly InterchangePair[] {
  const random = xoroshiro128plus(seed)
  return cases.flatMap((recipient) => {
    const { tokens } = recipient.prompt
    const fitting = data.cases.filter(
      ({ prompt, cluster }) => cluster !== recipient.cluster && prompt.tokens.length === tokens.length,
    )
    if (fitting.length === 0) return []
    const source = fitting[uniformInt(random, 0, fitting.length - 1)]!
    return [
      { place: data.cases.indexOf(recipient), recipient: recipient.prompt, source: source.prompt.tokens },
    ]
  })
}

function evenly<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!)
}
