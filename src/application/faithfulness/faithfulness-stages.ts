/** The stages of a test of faithfulness and about how many runs each takes: what its progress is counted in. */
import type { Stage } from '../staged-progress.js'

/** Runs of a gradient: forward, and backward counted as one more. */
const GRADIENT = 2
/** Replacements beside the asked one, with norms live and frozen. */
const OTHER_CONDITIONS = 6
/** Recipients, prompts and runs of an interchange: source, model and circuit, five parts in both. */
const INTERCHANGE_RUNS = 2 * 13
const INTERCHANGE_RECIPIENTS = 32
/** The task, shuffled labels, nonsense pairs, permuted weights. */
const SIZE_SEARCHES = 4

/** In the order in which they run; the last one only where controls of size were asked for. */
export function faithfulnessStages(of: {
  readonly referenceSequences: number
  readonly masks: number
  readonly gridPoints: number
  /** Measured prompts, and those that rankings are made on. */
  readonly cases: number
  readonly rankedOn: number
  readonly channels: number
  readonly controls: boolean
}): readonly Stage[] {
  const { cases, rankedOn } = of
  return [
    { name: 'replacement values', runs: of.referenceSequences },
    { name: 'circuit, random circuits and subsets', runs: of.masks * cases },
    { name: 'curve over size', runs: GRADIENT * rankedOn + (of.gridPoints + 2) * cases },
    { name: 'interchange', runs: INTERCHANGE_RUNS * Math.min(INTERCHANGE_RECIPIENTS, cases) },
    { name: 'other replacements and norms', runs: 2 * OTHER_CONDITIONS * cases },
    { name: 'adversarial subset', runs: (GRADIENT + 1) * cases },
    ...(of.controls
      ? [
          {
            name: 'controls of size',
            // Doubling and bisecting, each about as many steps as the number of channels has binary digits.
            runs: SIZE_SEARCHES * (GRADIENT + 2 * Math.ceil(Math.log2(of.channels + 2))) * rankedOn,
          },
        ]
      : []),
  ]
}
