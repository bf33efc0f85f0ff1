/**
 * Channels that are zero at every position of a prompt, as AbsTopK leaves many: replacing them by zero changes nothing,
 * so that a sweep need not run the model for them. The same bits, for the run would repeat the one that was watched.
 */
import type { Fill } from '../domain/experiment/measurement.js'
import type { Tap } from './tap.js'
import type { VariantPlan } from './tap-plan.js'

/** Fewer variants than this are run rather than watched for. */
export const LEAST_WATCHED = 48
/** Larger sets are hardly ever silent as a whole. */
const LARGEST_SET = 64

/** Does the variant do nothing but put zeros in place of a few channels? */
export function mayBeSilent({ taps, links, fill, moved }: VariantPlan, fills: readonly Fill[]): boolean {
  const replacement = fills[fill]
  if (replacement?.kind !== 'CONSTANT' || replacement.value !== 0) return false
  if (links.length > 0 || moved.length > 0 || taps.size === 0) return false
  let size = 0
  for (const parts of taps.values()) for (const { channels } of parts) size += channels.length
  return size <= LARGEST_SET
}

/** Notes which channels of the given taps ever speak, and changes nothing. */
export class SilenceTap implements Tap {
  readonly #spoken = new Map<string, Uint8Array | null>()

  constructor(taps: Iterable<string>) {
    for (const tap of taps) this.#spoken.set(tap, null)
  }

  pass(name: string, values: Float64Array, width: number): void {
    if (!this.#spoken.has(name)) return
    const spoken = new Uint8Array(width)
    for (let at = 0; at < values.length; at += width)
      for (let c = 0; c < width; c++) if (values[at + c] !== 0) spoken[c] = 1
    this.#spoken.set(name, spoken)
  }

  needsAll(name: string): boolean {
    return this.touches(name)
  }

  touches(name: string): boolean {
    return this.#spoken.has(name)
  }

  replaces(): boolean {
    return false
  }

  stop(): void {}

  /** Was every channel that the variant replaces zero throughout the run that was watched? */
  foundSilent({ taps }: VariantPlan): boolean {
    for (const [tap, parts] of taps) {
      const spoken = this.#spoken.get(tap)
      if (spoken == null) return false
      for (const { channels } of parts) if (channels.some((channel) => spoken[channel] === 1)) return false
    }
    return true
  }
}
