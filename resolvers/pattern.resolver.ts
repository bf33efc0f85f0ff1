import { Arg, Ctx, Query, Resolver } from 'type-graphql'
import { PathPattern } from '../schema/path-pattern.scalar.js'
import { GraphRefInput } from '../schema/ref.input.js'
import { ParsedPathPatternResult } from '../schema/result.unions.js'
import { DEFAULT_PAGE } from '../src/application/paging.js'
import { LimitExceeded } from '../src/domain/errors.js'
import { workOf } from '../src/query/cost/plan-step.js'
import { MOST_STATES, patternAutomaton } from '../src/query/pattern/pattern-automaton.js'
import { patternOf } from '../src/query/pattern/pattern-of.js'
import { patternVariables } from '../src/query/pattern/pattern-variables.js'
import { printPattern } from '../src/query/pattern/print-pattern.js'
import { answerOrPatternProblem } from './answer-or-problem.js'
import type { ApiContext } from './api-context.js'
import { openByRef } from './open-by-ref.js'

/** Work of the paths that it matches there, the first page of them. */
async function workOn(graph: GraphRefInput, pattern: string, context: ApiContext): Promise<number> {
  const open = await openByRef(graph, context)
  const question = {
    from: null,
    to: null,
    pattern,
    rankBy: null,
    links: null,
    first: DEFAULT_PAGE,
    after: null,
  }
  return Math.ceil(workOf(await context.useCases.plan(open, { ask: 'paths', question })))
}

@Resolver()
export class PatternResolver {
  @Query(() => ParsedPathPatternResult, {
    description: 'How a path pattern is understood, without asking anything; or where it is not.',
  })
  parsePathPattern(
    @Arg('text', () => PathPattern, { description: 'The pattern.' }) text: string,
    @Arg('graph', () => GraphRefInput, { nullable: true, description: 'Estimate the work on this graph.' })
    graph: GraphRefInput | null,
    @Ctx() context: ApiContext,
  ): Promise<object> {
    return answerOrPatternProblem(context, async () => {
      const tree = patternOf(text, 'text')
      const automaton = patternAutomaton(tree)
      if (automaton === null)
        throw new LimitExceeded(
          `the pattern comes to more than ${MOST_STATES} states`,
          { path: 'text' },
          'COST_EXCEEDED',
        )
      return {
        __typename: 'ParsedPathPattern',
        canonical: printPattern(tree),
        tree,
        variables: patternVariables(tree),
        states: automaton.states,
        work: graph == null ? null : await workOn(graph, text, context),
      }
    })
  }
}
