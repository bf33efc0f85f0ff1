/** A query over graphs, answered by a thread on whichever route it came: it has passed the checks of that route. */
import type { GraphQLFormattedError } from 'graphql'
import type { AnswerText } from './answer-text.js'
import type { QuestionPool } from './question-pool.js'
import type { RequestContext } from './request-context.js'

export interface AskedElsewhere {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly operationName: string | null
}

/** The answer as text, or as it is where it has no data. `told` makes an error one that clients may see. */
export async function answeredElsewhere(
  asked: AskedElsewhere,
  { plans, asking }: RequestContext,
  questions: QuestionPool,
  told: (error: unknown) => GraphQLFormattedError,
): Promise<{ readonly text: AnswerText } | { readonly answer: object }> {
  const extensions = plans === null ? {} : { extensions: { plan: true } }
  try {
    return await questions.answer({ ...asked, ...extensions }, asking.signal)
  } catch (error) {
    return { answer: { data: null, errors: [told(error)] } }
  }
}
