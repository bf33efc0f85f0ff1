/**
 * The training loop: text in, steps, losses, checkpoints, a model out. It gives the thread back after every step, so
 * that a signal is heard; what it does depends on plan, text and back end alone.
 */
import { setImmediate } from 'node:timers/promises'
import { Conflict, InvalidInput, invariant, Unavailable } from '../domain/errors.js'
import type { TrainedModel } from '../domain/training/trained-model.js'
import { planHash, type TrainingPlan } from '../domain/training/training-plan.js'
import type { TrainingProgress } from '../domain/training/training-record.js'
import type { TokenSource } from '../model/texts/token-source.js'
import type { Backend } from './backends/backend.js'
import { type Checkpoint, type CheckpointShelf, decodeCheckpoint, encodeCheckpoint } from './checkpoint.js'
import { LossCurves } from './loss-curves.js'
import { assertCounts, l0Of, tensorCounts } from './nonzeros.js'
import { applyGradient, newState } from './optimising/training-state.js'
import { type ParameterLayout, parameterLayout } from './parameter-layout.js'
import { plannedConfig } from './planned-config.js'
import { trainedModel } from './trained-weights.js'
import { lossAndGradient, lossOn } from './training-step.js'

export interface TrainingRun {
  readonly plan: TrainingPlan
  readonly source: TokenSource
  readonly backend: Backend
  /** Null where nothing is kept to go on from. */
  readonly checkpoints: CheckpointShelf | null
}

export interface Watching {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: TrainingProgress) => void
  /** Milliseconds from any beginning. */
  readonly clock: () => number
}

/**
 * Goes on from the run's checkpoint where there is one. Rejects with CANCELLED at the next step after the signal, with a
 * checkpoint of that step; CONFLICT where the checkpoint is of another plan, text or back end; NOT_MEANINGFUL where the
 * loss stops being a number.
 */
export async function train(
  run: TrainingRun,
  { signal, onProgress, clock }: Watching,
): Promise<TrainedModel> {
  const { plan, source, backend, checkpoints } = run
  const { steps, sequences: count, length } = plan.batch
  const config = plannedConfig(plan, source.vocabulary.length)
  const layout = parameterLayout(plan, source.vocabulary.length)
  const kept = await lastCheckpoint(run, layout)
  const state = kept?.state ?? newState(plan, layout)
  const curves = new LossCurves(steps, kept?.curves)
  const resumedAt = kept === null ? [] : [...kept.resumedAt, state.step]
  const firstStep = state.step
  const begin = clock()
  const secondsBefore = kept?.seconds ?? 0
  const seconds = (): number => (clock() - begin) / 1000
  let heldOutLoss = curves.state.heldOut.loss.at(-1) ?? null

  await backend.use()
  while (state.step < steps) {
    if (signal.aborted) {
      if (state.step > firstStep) await checkpoints?.write(encodeCheckpoint({ ...facts(), state }))
      throw new Unavailable(
        `the training was cancelled after ${state.step} of ${steps} steps`,
        {},
        'CANCELLED',
      )
    }
    const tokens = checkedTokens(source, source.batch(state.step, count, length + 1), count * (length + 1))
    const { loss, gradient } = await lossAndGradient(backend, config, layout, state.weights, {
      tokens,
      count,
      length,
    })
    if (!Number.isFinite(loss)) throw notANumber(state.step)
    applyGradient(plan, layout, state, gradient)
    const l0 = l0Of(layout, state.weights)
    curves.addTraining(state.step, loss, l0)
    if (state.step % plan.watch.every === 0 || state.step === steps) {
      heldOutLoss = await heldOut(run, state.weights)
      curves.addHeldOut(state.step, heldOutLoss, l0)
    }
    if (checkpoints !== null && (state.step % plan.watch.checkpointEvery === 0 || state.step === steps)) {
      await checkpoints.write(encodeCheckpoint({ ...facts(), state }))
    }
    const done = state.step - firstStep
    const perStep = seconds() / done
    onProgress?.({
      step: state.step,
      steps,
      loss,
      heldOutLoss,
      l0,
      tokensPerSecond: (count * length) / perStep,
      secondsLeft: perStep * (steps - state.step),
    })
    await setImmediate()
  }

  const counts = tensorCounts(layout, state.weights)
  assertCounts(plan, layout, counts)
  const { planHash: hash, curves: losses, backend: name, ...rest } = facts()
  return {
    model: trainedModel(plan, layout, state.weights, source),
    record: {
      plan,
      planHash: hash,
      text: rest.text,
      device: { backend: name, device: backend.device },
      tokens: steps * count * length,
      seconds: rest.seconds,
      resumedAt,
      training: losses.training,
      heldOut: losses.heldOut,
      l0: l0Of(layout, state.weights),
      counts,
    },
  }

  function facts(): Omit<Checkpoint, 'state'> {
    return {
      planHash: planHash(plan),
      text: source.name,
      backend: backend.backend,
      curves: curves.state,
      resumedAt,
      seconds: secondsBefore + seconds(),
    }
  }
}

/** A step of the run that changes nothing, for measuring back ends. */
export async function trialStep({ plan, source, backend }: Omit<TrainingRun, 'checkpoints'>): Promise<void> {
  const { sequences: count, length } = plan.batch
  const layout = parameterLayout(plan, source.vocabulary.length)
  const tokens = checkedTokens(source, source.batch(0, count, length + 1), count * (length + 1))
  const config = plannedConfig(plan, source.vocabulary.length)
  await lossAndGradient(backend, config, layout, newState(plan, layout).weights, { tokens, count, length })
}

/** Mean over the plan's held-out sequences, a batch at a time. */
async function heldOut({ plan, source, backend }: TrainingRun, weights: Float32Array): Promise<number> {
  const { sequences, length } = plan.batch
  const all = plan.watch.sequences
  const config = plannedConfig(plan, source.vocabulary.length)
  const layout = parameterLayout(plan, source.vocabulary.length)
  const tokens = checkedTokens(source, source.heldOut(all, length + 1), all * (length + 1))
  let sum = 0
  for (let first = 0; first < all; first += sequences) {
    const count = Math.min(sequences, all - first)
    const part = tokens.subarray(first * (length + 1), (first + count) * (length + 1))
    sum += count * (await lossOn(backend, config, layout, weights, { tokens: part, count, length }))
  }
  return sum / all
}

async function lastCheckpoint(
  { plan, source, backend, checkpoints }: TrainingRun,
  layout: ParameterLayout,
): Promise<Checkpoint | null> {
  const bytes = (await checkpoints?.read()) ?? null
  if (bytes === null) return null
  const checkpoint = decodeCheckpoint(bytes, layout.length)
  const wanted = { planHash: planHash(plan), text: source.name, backend: backend.backend }
  for (const [what, value] of Object.entries(wanted)) {
    const found = checkpoint[what as keyof typeof wanted]
    if (found !== value)
      throw new Conflict(
        `the checkpoint was made with ${WORDS[what as keyof typeof wanted]} ${found}, not ${value}`,
        {
          hint: 'go on with what it was made with, or begin anew in another folder',
        },
      )
  }
  return checkpoint
}

const WORDS = { planHash: 'the plan', text: 'the text', backend: 'the back end' } as const

/** Ids beyond the vocabulary would be read from beyond the embedding. */
function checkedTokens({ vocabulary, name }: TokenSource, tokens: Int32Array, length: number): Int32Array {
  invariant(tokens.length === length, `${name} gives ${length} tokens, not ${tokens.length}`)
  for (let i = 0; i < length; i++)
    invariant(
      tokens[i]! >= 0 && tokens[i]! < vocabulary.length,
      `${name} gives ids of its vocabulary, not ${tokens[i]}`,
    )
  return tokens
}

function notANumber(step: number): InvalidInput {
  return new InvalidInput('NOT_MEANINGFUL', `the loss is no number at step ${step}`, {
    path: 'optimiser.peakRate',
    hint: 'a lower peakRate or a longer warm-up keeps it finite',
  })
}
