/** The checks that stand between a valid operation and its execution, the same on every route. */
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { ApiLimits } from '../../resolvers/api-context.js'
import { InvalidInput } from '../domain/errors.js'
import { checkCost, estimateCost } from './cost-limit.js'
import { checkOperationLimits } from './operation-limits.js'

export interface OperationToCheck {
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>>
  readonly limits: ApiLimits
  readonly mayWrite: boolean
  /** Is it planned, and not carried out? */
  readonly planned: boolean
}

/** Gives back the estimated cost; throws UNAUTHENTICATED, LIMIT_EXCEEDED or COST_EXCEEDED. */
export function checkOperation({
  schema,
  document,
  operation,
  variables,
  limits,
  mayWrite,
  planned,
}: OperationToCheck): number {
  if (operation.operation === 'mutation' && !mayWrite) {
    throw new InvalidInput('UNAUTHENTICATED', 'writing needs a bearer token of this server', {
      hint: 'send the header Authorization: Bearer <token>',
    })
  }
  if (planned && operation.operation !== 'query')
    throw new InvalidInput('BAD_INPUT', `a plan is made of queries, not of a ${operation.operation}`, {
      path: 'extensions.plan',
    })
  checkOperationLimits(schema, document, operation, variables, limits)
  const cost = estimateCost(schema, document, operation, variables)
  checkCost(cost, limits.costFields)
  return cost
}
