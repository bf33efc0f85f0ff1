/** Circuits in which a pattern has no meaning, counted by the reason instead of being passed over in silence. */
import { CircuitQLError, type ErrorCode, InvalidInput } from '../domain/errors.js'
import type { SkippedCircuits } from './answers.js'

/** A graph without a residual stream; one without a score or another thing that the pattern asks. */
const NO_MEANING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NOT_MEANINGFUL', 'BAD_INPUT'])

export class Skipped {
  readonly #byCode = new Map<ErrorCode, SkippedCircuits>()

  get circuits(): readonly SkippedCircuits[] {
    return [...this.#byCode.values()]
  }

  /** What comes of the work on one circuit, or null where the pattern has no meaning in it. */
  async unless<Found>(work: Promise<Found>): Promise<Found | null> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof CircuitQLError) || !NO_MEANING.has(error.code)) throw error
      const { code, message } = error
      const known = this.#byCode.get(code)
      this.#byCode.set(code, { code, reason: known?.reason ?? message, circuits: 1 + (known?.circuits ?? 0) })
      return null
    }
  }

  /** Throws BAD_INPUT where none of the circuits has what the pattern asks of every one. */
  refuseIfAll(seen: number): void {
    const lacking = this.#byCode.get('BAD_INPUT')
    if (lacking === undefined || lacking.circuits < seen) return
    throw new InvalidInput('BAD_INPUT', `no circuit has what the pattern asks: ${lacking.reason}`, {
      path: 'pattern',
      hint: 'summary { scoreNames } tells the scores of a graph',
      facts: { circuits: seen },
    })
  }
}
