/** Long loops in pieces of some milliseconds, so that others get their turn. */
import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../domain/errors.js'

const STRIDE = 1 << 18

/** Calls `step(from, to)` over 0…count; throws CANCELLED between two calls when the asker has gone. */
export async function inTurns(
  count: number,
  step: (from: number, to: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let from = 0; from < count; from += STRIDE) {
    step(from, Math.min(count, from + STRIDE))
    await setImmediate()
    throwIfAborted(signal)
  }
}
