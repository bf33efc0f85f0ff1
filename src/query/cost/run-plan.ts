/** Plans of questions that run a model: how many runs, of how many tokens, at what price. */
import type { PlanStep } from './plan-step.js'

export interface ModelFacts {
  /** Nonzero weights: multiply-adds per token outside attention. */
  readonly weights: number
  readonly layers: number
  /** Width of q, k and v. */
  readonly attentionWidth: number
}

export interface Runs {
  readonly step: string
  readonly runs: number
  /** Is each followed by a pass backwards, which multiplies twice for every weight? */
  readonly backwards?: boolean
  /** Tokens of the longest prompt. */
  readonly tokens: number
}

/** Multiply-adds of one run: each token once through the weights, each pair of tokens twice through attention. */
export function runWork({ weights, layers, attentionWidth }: ModelFacts, tokens: number): number {
  return tokens * weights + layers * attentionWidth * tokens * (tokens + 1)
}

export function runsPlan(model: ModelFacts, stages: readonly Runs[]): readonly PlanStep[] {
  return stages
    .filter(({ runs }) => runs > 0)
    .map(({ step, runs, tokens, backwards = false }) => ({
      step,
      place: 'ENGINE',
      rows: runs,
      work: runs * runWork(model, tokens) * (backwards ? 3 : 1),
    }))
}
