/**
 * The variants of a measurement on one prompt: compiled where they can be, copied where they change nothing, and run
 * for the rest, each from the first sublayer where it differs from the one before it (algorithms.md B3.1).
 */
import type { Fill, Measurement } from '../domain/experiment/measurement.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkFinite } from './check-request.js'
import { Checkpoints } from './checkpoints.js'
import { runFamilies } from './compiled/run-families.js'
import { gather } from './copies.js'
import { CopiesTap } from './copies-tap.js'
import type { SourceTaps } from './fill-values.js'
import type { FrozenGates } from './frozen-gates.js'
import { LinkChanges } from './link-changes.js'
import type { MeasurementPlan } from './measurement-plan.js'
import { firstWantedRow } from './metric.js'
import { type Running, sourceTaps, unablated } from './prompt-bench.js'
import { type Replacing, ReplacingTap } from './replacing-tap.js'
import { filledRows, movedRows, ownRows } from './row-fill.js'
import { type InputRows, newRun, type Run } from './run.js'
import { groups } from './side-by-side.js'
import { SilenceTap } from './silent-channels.js'
import { forward } from './sparse-transformer.js'
import type { Tap } from './tap.js'
import { tapPlace } from './tap-names.js'
import type { VariantPlan } from './tap-plan.js'

export interface VariantAnswer {
  readonly variant: number
  /** [positions, V], filled where the metrics look; the next answer may overwrite it. */
  readonly logits: Float64Array
  readonly margin: number
  readonly how: 'COMPILED' | 'SILENT' | 'RUN'
  /** Logits of the unablated model, alike; empty where nothing needs them. */
  readonly reference: Float64Array
}

interface Prompt {
  readonly model: PreparedModel
  readonly request: Measurement
  readonly plan: MeasurementPlan
  readonly p: number
  readonly running: Running
  readonly onAnswer: (answer: VariantAnswer) => void
}

/** What all variants share on this prompt. */
interface Shared {
  readonly firstRow: number
  readonly frozen: FrozenGates | null
  readonly reference: Float64Array
  /** Values taken from other prompts, by fill. */
  readonly sources: readonly SourceTaps[]
  /** The prompt's input with the rows of these positions replaced; null: the prompt as it is. */
  readonly inputOf: (moved: readonly number[]) => InputRows | null
  readonly answered: Set<number>
  readonly checkpoints: Checkpoints
}

/** Gives back how many runs it took beside those of the variants: one where it watched for silent channels. */
export function* measureOnPrompt(prompt: Prompt): Generator<void, number> {
  const shared = yield* sharedRuns(prompt)
  yield* compiledRuns(prompt, shared)
  const watched = prompt.plan.watched.length > 0
  if (watched) yield* watchedRun(prompt, shared)
  yield* maskedRuns(prompt, shared, watched ? unchangedPlan(prompt.plan.plans[0]!) : null)
  return watched ? 1 : 0
}

function* sharedRuns({ model, request, plan, p, running }: Prompt): Generator<void, Shared> {
  const prompt = request.prompts[p]!
  const firstRow = firstWantedRow(request.metrics, prompt)
  const unchanged = plan.needsReference
    ? yield* unablated(model, prompt.tokens, request.gates, { ...running, firstRow })
    : { logits: new Float64Array(0), frozen: null }
  const sources: SourceTaps[] = []
  for (const [fill, taps] of plan.needed)
    sources[fill] = yield* sourceTaps(model, request.fills[fill]!, p, prompt.tokens.length, taps, running)
  return {
    firstRow,
    frozen: unchanged.frozen,
    reference: unchanged.logits,
    sources,
    inputOf: inputs(model, request, p),
    answered: new Set(),
    checkpoints: new Checkpoints(),
  }
}

/** Each made when it is asked for, out of rows that are looked up once. */
function inputs(model: PreparedModel, { rows, prompts }: Measurement, p: number): Shared['inputOf'] {
  const { tokens } = prompts[p]!
  let ends: readonly [InputRows, InputRows] | null = null
  return (moved) => {
    if (moved.length === 0 || rows === undefined) return null
    ends ??= [ownRows(model, tokens), filledRows(model, rows, p, tokens.length)]
    return movedRows(...ends, moved, tokens.length)
  }
}

function* compiledRuns(
  { model, request, plan, p, onAnswer }: Prompt,
  { sources, reference, inputOf, answered }: Shared,
): Generator<void, void> {
  const { plans, families } = plan
  const note = (run: Pick<VariantAnswer, 'variant' | 'logits' | 'margin'>): void => {
    onAnswer({ ...run, how: 'COMPILED', reference })
    answered.add(run.variant)
  }
  yield* runFamilies({ model, request, plans, families, sources, inputOf, onAnswer: note }, p)
}

/** The unablated model once more, noting which channels are silent: variants that replace only such are answered. */
function* watchedRun(prompt: Prompt, shared: Shared): Generator<void, void> {
  const { plan, onAnswer } = prompt
  const tap = new SilenceTap(plan.watched.flatMap((v) => [...plan.plans[v]!.taps.keys()]))
  const { logits, margin } = yield* run(prompt, shared, { tap, links: null })
  const { reference } = shared
  for (const variant of plan.watched) {
    if (!tap.foundSilent(plan.plans[variant]!)) continue
    onAnswer({ variant, logits, margin: margin.smallest, how: 'SILENT', reference })
    shared.answered.add(variant)
  }
}

function* maskedRuns(prompt: Prompt, shared: Shared, first: VariantPlan | null): Generator<void, void> {
  const { model, plan, p, request } = prompt
  const order = plan.order.filter((variant) => !shared.answered.has(variant))
  const { length } = request.prompts[p]!.tokens
  // Frozen gates hold the values of one run, row by row.
  const atOnce = shared.frozen === null ? {} : { most: 1 }
  for (const { variants, start } of groups(model, plan.plans, order, {
    positions: length,
    first,
    ...atOnce,
  })) {
    shared.checkpoints.start = start
    if (variants.length === 1) yield* oneRun(prompt, shared, variants[0]!)
    else yield* runsSideBySide(prompt, shared, variants)
    yield
  }
}

function* oneRun(prompt: Prompt, shared: Shared, variant: number): Generator<void, void> {
  const own = prompt.plan.plans[variant]!
  const replacing = replacingOf(prompt, shared, own)
  const links = linksOf(prompt, shared, own)
  const changed = { tap: new ReplacingTap(replacing), links, input: shared.inputOf(own.moved) }
  const { logits, margin } = yield* run(prompt, shared, changed)
  prompt.onAnswer({ variant, logits, margin: margin.smallest, how: 'RUN', reference: shared.reference })
}

function* runsSideBySide(prompt: Prompt, shared: Shared, variants: readonly number[]): Generator<void, void> {
  const { model, plan, request, p } = prompt
  const copies = variants.length
  const tap = new CopiesTap(variants.map((variant) => replacingOf(prompt, shared, plan.plans[variant]!)))
  const { logits: all, margins } = yield* run(prompt, shared, { tap, links: null, copies })
  const { vocabSize } = model.config
  const logits = new Float64Array(request.prompts[p]!.tokens.length * vocabSize)
  variants.forEach((variant, copy) => {
    gather(all, vocabSize, copies, copy, logits, shared.firstRow)
    prompt.onAnswer({ variant, logits, margin: margins![copy]!, how: 'RUN', reference: shared.reference })
  })
}

/** Its logits are finite. */
function* run(
  { model, request, p, running }: Prompt,
  { frozen, checkpoints, firstRow }: Shared,
  { tap, links, input = null, copies }: Changed,
): Generator<void, Run & { readonly logits: Float64Array }> {
  const { tokens } = request.prompts[p]!
  const { normEpsilon, workspace } = running
  const settings = { normEpsilon, workspace, frozen, links, input, checkpoints, firstRow, skipsRows: true }
  const own = newRun(model, tokens, tap, copies === undefined ? settings : { ...settings, copies })
  const logits = yield* forward(own)
  checkFinite(logits)
  return { ...own, logits }
}

/** How a run differs from that of the model. */
interface Changed {
  readonly tap: Tap
  readonly links: LinkChanges | null
  readonly input?: InputRows | null
  readonly copies?: number
}

function replacingOf({ request, p }: Prompt, { sources }: Shared, own: VariantPlan): Replacing {
  return {
    taps: own.taps,
    fill: fillOf(request, own),
    source: sources[own.fill] ?? null,
    positions: request.positions.map((choice) => choice[p]!),
  }
}

function linksOf(
  { model, request, plan, p }: Prompt,
  { sources }: Shared,
  own: VariantPlan,
): LinkChanges | null {
  const links = plan.links.of(own)
  if (links === null) return null
  return new LinkChanges(links, {
    positions: request.prompts[p]!.tokens.length,
    fill: fillOf(request, own),
    source: sources[own.fill] ?? null,
    widthOf: (tap) => tapPlace(model.config, tap).width!,
  })
}

function fillOf({ fills }: Measurement, { fill }: VariantPlan): Fill {
  return fills[fill] ?? { kind: 'CONSTANT', value: 0 }
}

/** The plan of a run that replaces nothing. */
function unchangedPlan({ keys }: VariantPlan): VariantPlan {
  const nothing = new Uint32Array(keys.length)
  return { fill: 0, taps: new Map(), moved: [], keys: nothing, links: [], latestStart: keys.length - 2 }
}
