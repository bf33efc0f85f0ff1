/** Weights and moments of a run, and what a gradient does to them: the part of a step that no back end is needed for. */
import type { TrainingPlan } from '../../domain/training/training-plan.js'
import { initialWeights } from '../initial-weights.js'
import type { Parameter, ParameterLayout } from '../parameter-layout.js'
import { adam, gradientRms, gradientScale, type Moments } from './adam.js'
import { project } from './project.js'
import { type Settings, settingsAt } from './schedule.js'

export interface TrainingState {
  readonly weights: Float32Array
  readonly moments: Moments
  /** Steps done. */
  step: number
}

export function newState(plan: TrainingPlan, layout: ParameterLayout): TrainingState {
  const moments = { first: new Float32Array(layout.length), second: new Float32Array(layout.length) }
  return { weights: initialWeights(plan, layout), moments, step: 0 }
}

/**
 * One step in the released order: gradient normalised, Adam, projection, decay (zeros stay zero). `gradient` is laid
 * out like the weights, zero where nothing is trained.
 */
export function applyGradient(
  plan: TrainingPlan,
  { parameters }: ParameterLayout,
  state: TrainingState,
  gradient: Float32Array,
): void {
  const { weights, moments, step } = state
  const settings = settingsAt(plan, step)
  const trained = parameters.reduce((sum, { isTrained, length }) => sum + (isTrained ? length : 0), 0)
  const scale = gradientScale(plan.optimiser.gradient, gradientRms(gradient, trained))
  for (const parameter of parameters) {
    if (!parameter.isTrained) continue
    const of = (whole: Float32Array): Float32Array =>
      whole.subarray(parameter.offset, parameter.offset + parameter.length)
    const own = of(weights)
    const ownMoments = { first: of(moments.first), second: of(moments.second) }
    adam(own, of(gradient), ownMoments, step, scale, settings.rate, plan.optimiser)
    thinOut(plan, parameter, own, settings)
    if (isDecayed(parameter)) shrink(own, 1 - plan.optimiser.weightDecay * settings.rate)
  }
  state.step++
}

/** How many entries of a parameter stay: all where the recipe leaves it dense. */
export function keptEntries({ kind, length }: Parameter, settings: Omit<Settings, 'rate'>): number {
  if (kind === 'MATRIX') return Math.trunc(settings.density * length)
  if (kind === 'EMBEDDING') return Math.trunc(settings.embeddingDensity * length)
  return kind === 'BIAS' ? Math.trunc(settings.biasDensity * length) : length
}

function thinOut(plan: TrainingPlan, parameter: Parameter, weights: Float32Array, settings: Settings): void {
  const { neurons, shape } = parameter
  const owed =
    neurons === null
      ? null
      : { lie: neurons, rows: shape[0]!, columns: shape[1]!, least: plan.sparsity.leastPerNeuron }
  project(weights, keptEntries(parameter, settings), owed)
}

function isDecayed({ kind, shape }: Parameter): boolean {
  return shape.length > 1 && kind !== 'BIGRAM'
}

function shrink(weights: Float32Array, factor: number): void {
  if (factor !== 1) for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! * factor
}
