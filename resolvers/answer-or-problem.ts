import { CircuitQLError, Unavailable } from '../src/domain/errors.js'
import { type Problem, problemOf } from '../src/domain/problem.js'
import type { ApiContext } from './api-context.js'

export type ProblemView = Problem & { readonly __typename: 'Problem' }

/**
 * The answer, or the refusal as a Problem; a bug is thrown on. Work that does not watch its signal is left behind
 * when the asker goes away or time runs out.
 */
export async function answerOrProblem<Answer>(
  context: ApiContext,
  ask: () => Promise<Answer>,
): Promise<Answer | ProblemView> {
  return answerOrRefusal(context, ask, (error) => ({ __typename: 'Problem', ...problemOf(error)! }))
}

export type PatternProblemView = Problem & { readonly __typename: 'PatternProblem' }

/** The same for questions that bring a pattern along: what is wrong with its text is told with its place. */
export async function answerOrPatternProblem<Answer>(
  context: ApiContext,
  ask: () => Promise<Answer>,
): Promise<Answer | ProblemView | PatternProblemView> {
  return answerOrRefusal(context, ask, (error) =>
    error.code === 'BAD_PATTERN'
      ? { __typename: 'PatternProblem', ...problemOf(error)!, ...error.facts }
      : { __typename: 'Problem', ...problemOf(error)! },
  )
}

async function answerOrRefusal<Answer, Refusal>(
  { asking, limits }: ApiContext,
  ask: () => Promise<Answer>,
  refusal: (error: CircuitQLError) => Refusal,
): Promise<Answer | Refusal> {
  try {
    return await orAborted(ask, asking.signal)
  } catch (error) {
    if (!(error instanceof CircuitQLError)) throw error
    return refusal(
      timedOut(asking.signal) && error.code === 'CANCELLED' ? tooSlow(limits.questionTimeoutMs) : error,
    )
  }
}

async function orAborted<Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Unavailable('the question was cancelled', {}, 'CANCELLED'))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([ask(), aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function timedOut(signal: AbortSignal): boolean {
  return signal.aborted && (signal.reason as { name?: string } | undefined)?.name === 'TimeoutError'
}

function tooSlow(limitMs: number): Unavailable {
  const hint = 'ask for less, or raise CIRCUITQL_QUESTION_TIMEOUT_MS'
  return new Unavailable(`the request took longer than ${limitMs} ms`, { hint }, 'CANCELLED')
}
