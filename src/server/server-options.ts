import type { GraphQLSchema } from 'graphql'
import type { UseCases } from '../application/use-cases.js'
import type { QuestionPool } from './question-pool.js'

/** The settings that the server itself obeys; sizes in bytes, times in milliseconds. */
export interface ServerSettings {
  readonly port: number
  readonly host: string
  /** Empty: writes need no token. */
  readonly tokens: readonly { readonly name: string; readonly token: string }[]
  readonly maxUploadBytes: number
  readonly maxCostFields: number
  /** Largest work of one field, in visits and multiply-adds. */
  readonly maxWork: number
  readonly questionTimeoutMs: number
}

export interface ServerLog {
  info(message: string): void
  /** `error` is for people who run the server; nothing of it reaches a client. */
  error(message: string, error?: unknown): void
}

export interface HttpServerOptions {
  readonly settings: ServerSettings
  readonly useCases: UseCases
  readonly schema: GraphQLSchema
  /** Version of the server, told by `meta` and the metrics. */
  readonly version: string
  /** Text of the queries that the browser page opens with. */
  readonly exampleQueries: string
  readonly log: ServerLog
  /** Threads for queries over graphs; default: none, all is answered in this one. */
  readonly questions?: QuestionPool
}
