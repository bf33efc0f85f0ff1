/** What a sceptic would ask of a circuit before believing it, and what came out (semantics.md §13). */

export interface Control {
  /** Stable word, e.g. `SHUFFLED_LABELS`. */
  readonly name: string
  /** What was compared with what, in one sentence with numbers. */
  readonly finding: string
  /** Null: it could not be measured, and the finding says why. */
  readonly passed: boolean | null
}

export interface Verdict {
  readonly verdict: 'SUPPORTED' | 'UNSUPPORTED'
  readonly reasons: readonly string[]
}

/** A circuit may not beat its model by more than this, nats per side: then it is a fit to the data, not a part of it. */
export const BEATS_MODEL_BY = 0.02
/** Controls must be this much larger. */
export const TIMES_LARGER = 3

/** SUPPORTED needs L(C) ≥ L(M) − 0.02 and every control of size passed; whatever could not be measured does not count. */
export function verdictOn(
  losses: { readonly model: number; readonly circuit: number },
  sizeControls: readonly Control[],
): Verdict {
  const reasons: string[] = []
  if (!(losses.circuit >= losses.model - BEATS_MODEL_BY))
    reasons.push(
      `the circuit's loss ${losses.circuit.toFixed(4)} is below the model's ${losses.model.toFixed(4)} by more than ${BEATS_MODEL_BY}: it fits the data better than what it explains`,
    )
  for (const { finding, passed } of sizeControls) if (passed !== true) reasons.push(finding)
  return { verdict: reasons.length === 0 ? 'SUPPORTED' : 'UNSUPPORTED', reasons }
}
