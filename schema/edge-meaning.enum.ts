import type { EdgeMeaning } from '../src/domain/edge-meaning.js'
import { describedEnum } from './described-enum.js'

export const EdgeMeaningEnum = describedEnum<EdgeMeaning>(
  'EdgeMeaning',
  'What an edge value means; it decides which arithmetic is allowed on the graph.',
  {
    WEIGHT: 'A stored nonzero weight of a sparse model. Products say what could happen, never an effect.',
    DERIVATIVE: 'Derivative of the target by the source on one prompt; sums of path products are gradients.',
    SCALED_CONTRIBUTION:
      'Source activation times the derivative of the target by it (attribution graphs); a node’s inputs add up to its value.',
    EFFECT_SCORE: 'Already an effect of removing the edge on a metric; products are refused.',
    UNSIGNED_IMPORTANCE: 'Importance that lost its sign or scale; products and estimates are refused.',
  },
)
