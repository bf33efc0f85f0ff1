/** Learns which channels a behaviour needs, away from the thread that answers questions. */
import type { LearnedMasks, MaskLearning, MaskProgress } from '../../domain/extraction/mask-learning.js'

export interface MaskWatch {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: MaskProgress) => void
}

export interface MaskLearner {
  /** Rejects with CANCELLED after the signal, UNAVAILABLE for a back end that is not there. */
  learnMasks(request: MaskLearning, watch: MaskWatch): Promise<LearnedMasks>
}
