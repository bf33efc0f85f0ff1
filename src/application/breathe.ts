import { throwIfAborted } from '../domain/errors.js'
import type { Asking } from './use-cases.js'

/** Lets others have their turn within a long computation, and stops it when nobody listens any more. */
export async function breathe(asking: Asking): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
  throwIfAborted(asking.signal)
}
