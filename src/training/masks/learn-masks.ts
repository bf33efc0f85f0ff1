/**
 * Which channels does a behaviour need? One gate per channel, learned with the loss of the task and a price per kept
 * channel (Gao et al. 2025, A.5; algorithms.md E1): the gate is a step, and its derivative that of a sigmoid.
 */
import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { InvalidInput, Unavailable } from '../../domain/errors.js'
import type { MaskSetting } from '../../domain/extraction/extraction-plan.js'
import type {
  AnsweredPair,
  LearnedMask,
  LearnedMasks,
  MaskLearning,
  MaskProgress,
} from '../../domain/extraction/mask-learning.js'
import type { Backend } from '../backends/backend.js'
import { normal } from '../normal-draws.js'
import { type FrozenModel, frozenModel } from './frozen-model.js'
import { gated } from './gate.js'
import { MaskOptimiser } from './mask-optimiser.js'
import { drawnPairs, pairBatch } from './pair-batches.js'
import { answerLoss, divergence } from './pair-loss.js'

export interface MaskWatching {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: MaskProgress) => void
}

/** Steps between two points of the curve, over which its loss is the mean. */
const CURVE_EVERY = 10

/** Learns a mask with every setting of the request, one after another. Rejects with CANCELLED at the next step after the signal. */
export async function learnMasks(
  request: Omit<MaskLearning, 'backend'>,
  backend: Backend,
  watching: MaskWatching,
): Promise<LearnedMasks> {
  await backend.use()
  const model = frozenModel(request.model, backend)
  const gates = new Gates(request)
  const masks: LearnedMask[] = []
  try {
    for (const [i, setting] of request.learning.settings.entries())
      masks.push(await learnMask(i, setting, { request, model, gates, backend, watching }))
  } finally {
    model.dispose()
    gates.dispose()
  }
  return { device: { backend: backend.backend, device: backend.device }, masks }
}

interface Learning {
  readonly request: Omit<MaskLearning, 'backend'>
  readonly model: FrozenModel
  readonly gates: Gates
  readonly backend: Backend
  readonly watching: MaskWatching
}

async function learnMask(place: number, setting: MaskSetting, learning: Learning): Promise<LearnedMask> {
  const { request, gates, watching } = learning
  const { steps, pairs, patience, settings } = request.learning
  const seed = request.seed + place
  const taus = initialGates(gates.count, setting, seed)
  const optimiser = new MaskOptimiser(gates.count, setting, steps)
  const draws = drawnPairs(request.pairs, Math.min(pairs, request.pairs.length), seed)
  const curve = { step: [] as number[], loss: [] as number[], kept: [] as number[] }
  const patient = new Patience(patience, gates.count, request.targetLoss)
  let lossSum = 0
  let step = 0
  while (step < steps) {
    if (watching.signal.aborted) throw new Unavailable('the extraction was cancelled', {}, 'CANCELLED')
    const { loss, gradient } = await lossAndGradient(draws.next().value as AnsweredPair[], taus, learning)
    if (!Number.isFinite(loss))
      throw new InvalidInput('NOT_MEANINGFUL', `the loss of the mask is no number at step ${step}`)
    const kept = keptOf(taus)
    step++
    lossSum += loss
    if (step % CURVE_EVERY === 0 || step === steps) {
      const mean = lossSum / (((step - 1) % CURVE_EVERY) + 1)
      curve.step.push(step)
      curve.loss.push(mean)
      curve.kept.push(kept)
      lossSum = 0
      if (patient.isOver(step, mean, kept)) break
    }
    watching.onProgress?.({
      done: place * steps + step,
      total: settings.length * steps,
      setting: place,
      loss,
      kept,
    })
    for (let i = 0; i < taus.length; i++) {
      const s = 1 / (1 + Math.exp(-taus[i]! / setting.temperature))
      gradient[i] = ((gradient[i]! + setting.sparsity) * s * (1 - s)) / setting.temperature
    }
    optimiser.step(taus, gradient)
    await setImmediate()
  }
  return { setting, gates: gates.bySite(taus), kept: keptOf(taus), steps: step, curve }
}

/** Loss of a batch under the gates, and Σ dy ⊙ (x − r) of every channel. */
async function lossAndGradient(
  pairs: readonly AnsweredPair[],
  taus: Float32Array,
  { request, model, gates, backend }: Learning,
): Promise<{ readonly loss: number; readonly gradient: Float32Array }> {
  const [value, flat] = tf.tidy(() => {
    const { batch, last, signs } = pairBatch(pairs, model.config.vocabSize)
    const wanted = request.objective === 'KL' ? model.logits(batch, last) : null
    const lossOf = (...own: tf.Tensor[]): tf.Tensor1D => {
      const logits = model.logits(batch, last, (tap, x) => {
        const at = gates.placeOf(tap)
        return at === null ? x : gated(x, own[at] as tf.Tensor1D, gates.replacements[at]!)
      })
      return wanted === null ? answerLoss(logits, signs) : divergence(logits, wanted)
    }
    const { value, grads } = tf.valueAndGrads(lossOf as unknown as (...own: tf.Tensor[]) => tf.Scalar)(
      gates.steps(taus),
    )
    return [value, tf.concat1d(grads as tf.Tensor1D[])] as const
  })
  try {
    const [loss, gradient] = backend.isSynchronous
      ? [value.dataSync<'float32'>(), flat.dataSync<'float32'>()]
      : await Promise.all([value.data<'float32'>(), flat.data<'float32'>()])
    // A copy: the back end may hand out its own memory.
    return { loss: loss[0]!, gradient: Float32Array.from(gradient) }
  } finally {
    tf.dispose([value, flat])
  }
}

/** All gates in one row, site after site, with what replaces each channel. */
class Gates {
  readonly count: number
  readonly replacements: readonly tf.Tensor1D[]
  readonly #sites: MaskLearning['sites']
  readonly #places: ReadonlyMap<string, number>

  constructor({ sites, replacements }: Pick<MaskLearning, 'sites' | 'replacements'>) {
    this.#sites = sites
    this.#places = new Map(sites.map(({ tap }, i) => [tap, i]))
    this.count = sites.reduce((sum, { width }) => sum + width, 0)
    this.replacements = sites.map(({ tap, width }) =>
      tf.tensor1d(Float32Array.from(replacements.get(tap) ?? new Float64Array(width))),
    )
  }

  placeOf(tap: string): number | null {
    return this.#places.get(tap) ?? null
  }

  /** 1 for τ ≥ 0, else 0, one tensor per site. */
  steps(taus: Float32Array): tf.Tensor1D[] {
    return this.#parts(taus).map((part) => tf.tensor1d(part.map((tau) => (tau >= 0 ? 1 : 0))))
  }

  bySite(taus: Float32Array): ReadonlyMap<string, Float32Array> {
    return new Map(this.#parts(taus).map((part, i) => [this.#sites[i]!.tap, part.slice()]))
  }

  dispose(): void {
    tf.dispose([...this.replacements])
  }

  #parts(taus: Float32Array): Float32Array[] {
    let at = 0
    return this.#sites.map(({ width }) => {
      at += width
      return taus.subarray(at - width, at)
    })
  }
}

/** Ends a try whose mask, once it has begun to thin out, has stopped getting smaller at the target. */
class Patience {
  readonly #steps: number | null
  readonly #all: number
  readonly #target: number
  #smallest: number
  #since: number | null = null

  constructor(steps: number | null, all: number, target: number) {
    this.#steps = steps
    this.#all = all
    this.#target = target
    this.#smallest = all
  }

  isOver(step: number, loss: number, kept: number): boolean {
    if (this.#steps === null || kept === this.#all) return false
    this.#since ??= step
    if (loss <= this.#target && kept < this.#smallest) {
      this.#smallest = kept
      this.#since = step
    }
    return step - this.#since >= this.#steps
  }
}

function initialGates(count: number, { noiseBias, noiseScale }: MaskSetting, seed: number): Float32Array {
  const random = xoroshiro128plus(seed)
  const uniform = (): number => uniformFloat64(random)
  return Float32Array.from({ length: count }, () =>
    Math.max(-1, Math.min(1, noiseBias + noiseScale * normal(uniform))),
  )
}

function keptOf(taus: Float32Array): number {
  let kept = 0
  for (const tau of taus) if (tau >= 0) kept++
  return kept
}
