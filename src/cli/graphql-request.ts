/** A GraphQL question and its answer as they travel, whatever the way. */
export interface GraphQLRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly operationName: string | null
}

export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly { readonly message: string }[]
  readonly extensions?: unknown
}
