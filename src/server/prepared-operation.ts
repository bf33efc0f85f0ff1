/** A request's text as an operation that may be tried: parsed, validated and chosen by name, with Apollo's codes. */
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { ApiLimits } from '../../resolvers/api-context.js'
import { MAX_VALIDATION_ERRORS } from './api-limits.js'

export interface OperationRequest {
  readonly query: unknown
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly operationName?: string | null
}

export type PreparedOperation =
  | { readonly errors: readonly GraphQLError[] }
  | {
      readonly document: DocumentNode
      readonly operation: OperationDefinitionNode
      readonly variables: Readonly<Record<string, unknown>>
    }

export function prepareOperation(
  schema: GraphQLSchema,
  { query, variables, operationName }: OperationRequest,
  limits: ApiLimits,
): PreparedOperation {
  const text = String(query)
  const valid = knownDocuments(schema)
  let document = valid.get(text)
  if (document === undefined) {
    try {
      document = parse(text, { maxTokens: limits.tokens })
    } catch (error) {
      return { errors: [coded(asGraphQLError(error), 'GRAPHQL_PARSE_FAILED')] }
    }
    const errors = validate(schema, document, undefined, { maxErrors: MAX_VALIDATION_ERRORS })
    if (errors.length > 0) return { errors: errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) }
    valid.set(text, document)
  }
  const operation = getOperationAST(document, operationName)
  if (!operation) {
    const unclear = new GraphQLError('name one operation of the document')
    return { errors: [coded(unclear, 'OPERATION_RESOLUTION_FAILURE')] }
  }
  return { document, operation, variables: variables ?? {} }
}

/** Programs ask the same again and again: validating takes longer than answering from memory. By schema, then text. */
const KNOWN = new WeakMap<GraphQLSchema, LRUCache<string, DocumentNode>>()

function knownDocuments(schema: GraphQLSchema): LRUCache<string, DocumentNode> {
  const known = KNOWN.get(schema)
  if (known !== undefined) return known
  const fresh = new LRUCache<string, DocumentNode>({
    maxSize: KNOWN_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  })
  KNOWN.set(schema, fresh)
  return fresh
}

/** Characters of all documents that are known; their trees take some fifty times as much. */
const KNOWN_CHARACTERS = 1 << 18

export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  return new GraphQLError(cause.message, { originalError: cause })
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { source, positions, originalError } = error
  return new GraphQLError(error.message, { source, positions, originalError, extensions: { code } })
}
