/** Questions that take long, and what comes of them. */
import type { AblationAnswer, AttributionAnswer, FaithfulnessAnswer } from './answers.js'
import type { AblationQuestion, AttributionQuestion, FaithfulnessQuestion } from './questions.js'

export type LongQuestion =
  | { readonly kind: 'ablate'; readonly question: AblationQuestion }
  | { readonly kind: 'attribute'; readonly question: AttributionQuestion }
  | { readonly kind: 'faithfulness'; readonly question: FaithfulnessQuestion }

export type QuestionOutcome =
  | { readonly kind: 'ablate'; readonly answer: AblationAnswer }
  | {
      readonly kind: 'attribute'
      readonly question: AttributionQuestion
      readonly answer: AttributionAnswer
    }
  | { readonly kind: 'faithfulness'; readonly answer: FaithfulnessAnswer }
