/** Mask learning in this thread: the back end by name, or the one on which a step takes least time. */
import type { MaskWatch } from '../application/ports/mask-learner.js'
import type { LearnedMasks, MaskLearning } from '../domain/extraction/mask-learning.js'
import type { BackendPlaces } from '../training/backends/backend.js'
import { fastestBackend, openBackend } from '../training/backends/open-backend.js'
import { learnMasks } from '../training/masks/learn-masks.js'

export async function runMaskLearning(
  { backend: wanted, ...request }: MaskLearning,
  watch: MaskWatch,
  places: BackendPlaces,
): Promise<LearnedMasks> {
  const oneStep = {
    ...request,
    learning: { ...request.learning, steps: 1, settings: request.learning.settings.slice(0, 1) },
  }
  const backend =
    wanted === 'fastest'
      ? (
          await fastestBackend(
            places,
            async (tried) => void (await learnMasks(oneStep, tried, { signal: watch.signal })),
          )
        ).backend
      : await openBackend(wanted, places)
  return learnMasks(request, backend, watch)
}
