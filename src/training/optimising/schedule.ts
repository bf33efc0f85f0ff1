/** What changes from step to step: densities and the learning rate, as the released code sets them (sparse-models.md §2.1). */
import type { TrainingPlan } from '../../domain/training/training-plan.js'

export interface Settings {
  /** Learning rate, with warm-up, decay and sharkfin in it. */
  readonly rate: number
  /** Shares that stay of a block matrix, an embedding, a bias. */
  readonly density: number
  readonly embeddingDensity: number
  readonly biasDensity: number
}

/** Of step `step`, the first being 0. */
export function settingsAt(plan: TrainingPlan, step: number): Settings {
  const { density: end, embeddingDensity, biasDensity, sharkfin } = plan.sparsity
  const density = densityAt(plan, step)
  // Everything else is on the same way from dense to its end.
  const left = end === 1 ? 1 - progress(plan, step) : (density - end) / (1 - end)
  const onTheWay = (target: number): number => Math.min(1, target + (1 - target) * left)
  return {
    rate: rateAt(plan, step) * (sharkfin ? Math.sqrt(end / density) : 1),
    density,
    embeddingDensity: onTheWay(embeddingDensity),
    biasDensity: onTheWay(biasDensity),
  }
}

function densityAt(plan: TrainingPlan, step: number): number {
  const { density: end, anneal, annealFrom, annealTo } = plan.sparsity
  const { steps } = plan.batch
  if (anneal === 'LINEAR') return end + (1 - end) * (1 - progress(plan, step))
  // Straight in log–log between the same end points; step 0 has no logarithm.
  const from = Math.log10(Math.max(1, annealFrom * steps))
  const to = Math.log10(Math.max(1, annealTo * steps))
  const at = Math.log10(Math.max(1, step))
  const t = to > from ? clamp((at - from) / (to - from)) : step < annealTo * steps ? 0 : 1
  return t === 1 || isLast(plan, step) ? end : 10 ** (t * Math.log10(end))
}

/** 1 − (1 − t)^exponent, t running from 0 to 1 between the two shares of the run. */
function progress(plan: TrainingPlan, step: number): number {
  const { batch, sparsity } = plan
  if (isLast(plan, step)) return 1
  const from = sparsity.annealFrom * batch.steps
  const to = sparsity.annealTo * batch.steps
  const t = to > from ? clamp((step - from) / (to - from)) : step < to ? 0 : 1
  return 1 - (1 - t) ** sparsity.exponent
}

function rateAt({ batch, optimiser }: TrainingPlan, step: number): number {
  const warmup = Math.trunc(optimiser.warmup * batch.steps)
  if (step < warmup) return (optimiser.peakRate * step) / warmup
  if (warmup === batch.steps) return optimiser.peakRate
  return optimiser.peakRate * Math.min(1, 1 - (step - warmup) / (batch.steps - warmup))
}

/** A run that thins out to its very end still ends with what was asked for. */
const isLast = ({ batch }: TrainingPlan, step: number): boolean => step >= batch.steps - 1

const clamp = (t: number): number => Math.min(1, Math.max(0, t))
