/** The losses of a run, gathered into a few hundred points however long it is. */
import type { LossCurve } from '../domain/training/training-record.js'

const POINTS = 400

/** Plain data, part of a checkpoint. */
export interface CurveState {
  readonly training: LossCurve
  readonly heldOut: LossCurve
  /** Of the steps since the last point. */
  readonly sum: number
  readonly count: number
}

const EMPTY: LossCurve = { step: [], loss: [], l0: [] }

export class LossCurves {
  readonly #every: number
  #state: CurveState

  constructor(steps: number, state: CurveState = { training: EMPTY, heldOut: EMPTY, sum: 0, count: 0 }) {
    this.#every = Math.max(1, Math.ceil(steps / POINTS))
    this.#state = state
  }

  get state(): CurveState {
    return this.#state
  }

  /** The loss that step `step`, counted from 1, found. */
  addTraining(step: number, loss: number, l0: number): void {
    const { training, ...rest } = this.#state
    const sum = rest.sum + loss
    const count = rest.count + 1
    this.#state =
      count < this.#every
        ? { ...rest, training, sum, count }
        : { ...rest, training: extended(training, step, sum / count, l0), sum: 0, count: 0 }
  }

  addHeldOut(step: number, loss: number, l0: number): void {
    this.#state = { ...this.#state, heldOut: extended(this.#state.heldOut, step, loss, l0) }
  }
}

function extended(
  { step, loss, l0 }: LossCurve,
  ...point: [step: number, loss: number, l0: number]
): LossCurve {
  return { step: [...step, point[0]], loss: [...loss, point[1]], l0: [...l0, point[2]] }
}
