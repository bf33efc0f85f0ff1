/** A GraphQL request and its answer without a transport. */
import type { GraphQLFormattedError } from 'graphql'

export interface GraphQLRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly operationName: string | null
  /** `{plan: true}`: tell what the queries would take, and ask nothing. */
  readonly extensions?: unknown
}

export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLFormattedError[]
  readonly extensions?: unknown
}
