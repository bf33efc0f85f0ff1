import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql'
import { CircuitFilterInput } from '../schema/circuit-filter.input.js'
import { MatchConnection } from '../schema/match.type.js'
import { PathPattern } from '../schema/path-pattern.scalar.js'
import { pathView } from './answer-view.js'
import type { ApiContext } from './api-context.js'
import { circuitConditionFromInput } from './circuit-condition-from-input.js'
import { connectionView } from './connection-view.js'
import { circuitView } from './graph-view.js'

@Resolver()
export class MatchResolver {
  @Query(() => MatchConnection, {
    nullable: true,
    description:
      'One pattern over many circuits, by circuit id and then by path, implied links and attention control links included. A pattern that cannot be read is the error BAD_PATTERN; circuits in which it has no meaning have no match and are counted; one that asks what no circuit has, such as a score, is BAD_INPUT.',
  })
  async match(
    @Arg('pattern', () => PathPattern, { description: 'What a path must be.' }) pattern: string,
    @Arg('circuits', () => CircuitFilterInput, {
      nullable: true,
      description: 'Only in these circuits; default: in all.',
    })
    circuits: CircuitFilterInput | null,
    @Arg('perCircuit', () => Int, {
      defaultValue: 10,
      description: 'At most so many paths of each circuit, the strongest first; 1 to 1,000.',
    })
    perCircuit: number,
    @Arg('first', () => Int, {
      nullable: true,
      description: 'Rows from the start, or after `after`; default 20, at most 1,000 (more is clamped).',
    })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to continue after.' })
    after: string | null,
    @Ctx() { useCases, asking }: ApiContext,
  ): Promise<object> {
    const page = { first: first ?? null, after: after ?? null, last: null, before: null }
    const where = circuitConditionFromInput(circuits)
    const found = await useCases.matchCircuits({ pattern, where, perCircuit, page }, asking)
    const rows = connectionView(found, ({ circuit, open, path, pathCount }) => ({
      circuit: circuitView(circuit),
      path: pathView(open, path),
      pathCount,
    }))
    return { ...rows, skipped: found.skipped }
  }
}
