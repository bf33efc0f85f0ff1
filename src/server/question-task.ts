/** What goes into a thread that answers queries over graphs, and what comes out: plain data. */
import type { GraphQLAnswer, GraphQLRequest } from './graphql-request.js'

export interface QuestionTask {
  readonly request: GraphQLRequest
  /** One shared cell: anything but 0 stops the work. */
  readonly stop: Int32Array
}

/** The whole answer as JSON text, or the answer itself where there is no data. */
export type QuestionOutcome =
  | { readonly text: string; readonly hasErrors: boolean }
  | { readonly answer: GraphQLAnswer }

/** Name of the channel that tells which circuits and models are gone; messages are their hashes. */
export const FORGOTTEN = 'circuitql-forgotten'
