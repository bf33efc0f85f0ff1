/** Questions that take long, and what comes of them. */
import type { AblationAnswer, AttributionAnswer, FaithfulnessAnswer, TaskEvaluation } from './answers.js'
import type {
  AblationQuestion,
  AttributionQuestion,
  FaithfulnessQuestion,
  TaskEvaluationQuestion,
} from './questions.js'

export type LongQuestion =
  | { readonly kind: 'ablate'; readonly question: AblationQuestion }
  | { readonly kind: 'attribute'; readonly question: AttributionQuestion }
  | { readonly kind: 'faithfulness'; readonly question: FaithfulnessQuestion }
  | { readonly kind: 'evaluate'; readonly question: TaskEvaluationQuestion }

export type QuestionOutcome =
  | { readonly kind: 'ablate'; readonly answer: AblationAnswer }
  | {
      readonly kind: 'attribute'
      readonly question: AttributionQuestion
      readonly answer: AttributionAnswer
    }
  | { readonly kind: 'faithfulness'; readonly answer: FaithfulnessAnswer }
  | { readonly kind: 'evaluate'; readonly answer: TaskEvaluation }
