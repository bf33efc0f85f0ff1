/**
 * Everything that the variants of a measurement share on one prompt: the unablated run (for KL and frozen gates), and
 * the runs on other prompts that replacements are taken from.
 */
import { InvalidInput } from '../domain/errors.js'
import type { Fill, Gates } from '../domain/experiment/measurement.js'
import type { PreparedModel } from '../model/prepared-model.js'
import { checkFinite, checkTokens } from './check-request.js'
import type { SourceTaps } from './fill-values.js'
import type { FrozenGates } from './frozen-gates.js'
import { frozenGates } from './frozen-gates.js'
import { REPLACING_NOTHING, ReplacingTap } from './replacing-tap.js'
import type { MarginGauge } from './run.js'
import { newRun } from './run.js'
import { forward } from './sparse-transformer.js'
import { emptyTrace } from './trace.js'
import type { Workspace } from './workspace.js'

export interface Running {
  readonly normEpsilon: number | undefined
  readonly workspace: Workspace
  readonly onRun: () => void
  /** Of the logits; default all. */
  readonly firstRow?: number
}

export function anyFrozen({ norms, attention, topK }: Gates): boolean {
  return norms === 'FROZEN' || attention === 'FROZEN' || topK === 'FROZEN'
}

/** Logits of the unablated model and what its gates hold fast; the run leaves a trace only where that is needed. */
export function* unablated(
  model: PreparedModel,
  tokens: readonly number[],
  gates: Gates,
  { normEpsilon, workspace, onRun, firstRow = 0 }: Running,
): Generator<
  void,
  { readonly logits: Float64Array; readonly frozen: FrozenGates | null; readonly margin: number }
> {
  const margin: MarginGauge = { smallest: Number.POSITIVE_INFINITY }
  const trace = anyFrozen(gates) ? emptyTrace() : null
  const tap = new ReplacingTap(REPLACING_NOTHING)
  const run = newRun(model, tokens, tap, {
    normEpsilon,
    margin,
    trace,
    firstRow,
    skipsRows: trace === null,
    ...(trace === null ? { workspace } : {}),
  })
  const logits = yield* forward(run)
  checkFinite(logits)
  onRun()
  return {
    logits,
    frozen: trace === null ? null : frozenGates(gates, model.config, run.norm, trace),
    margin: margin.smallest,
  }
}

/** Taps of the unablated model on the prompt that a fill takes its values from; null for other fills. */
export function* sourceTaps(
  model: PreparedModel,
  fill: Fill,
  prompt: number,
  positions: number,
  taps: Iterable<string>,
  { normEpsilon, workspace, onRun }: Running,
): Generator<void, SourceTaps> {
  if (fill.kind !== 'FROM_PROMPTS') return null
  const tokens = fill.prompts[prompt]
  if (tokens === undefined)
    throw new InvalidInput(
      'BAD_INPUT',
      `there are ${fill.prompts.length} prompts to take values from, not ${prompt + 1}`,
    )
  checkTokens(model.config, tokens)
  if (tokens.length !== positions)
    throw new InvalidInput(
      'BAD_INPUT',
      `prompt ${prompt} has ${positions} tokens and the one that its replacements come from has ${tokens.length}`,
      {
        hint: 'replacements are taken position by position: give prompts of one length, or name the positions',
      },
    )
  const tap = new ReplacingTap(REPLACING_NOTHING, taps)
  const firstRow = positions - 1 // its taps are wanted, not what it says
  checkFinite(yield* forward(newRun(model, tokens, tap, { normEpsilon, workspace, firstRow })))
  onRun()
  return new Map(Array.from(tap.recorded, ([name, { values }]) => [name, values]))
}
