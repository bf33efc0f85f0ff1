/** What goes into a thread that works on graphs, and what comes out: plain data. */
import type { BulkFormat } from '../application/ports/format-library.js'
import type { AnswerText } from './answer-text.js'
import type { GraphQLAnswer, GraphQLRequest } from './graphql-request.js'

/** A part of a download, from a row on. */
export interface PartWork {
  readonly kind: 'part'
  readonly globalId: string
  readonly format: BulkFormat
  readonly row: number
}

export type QuestionWork = { readonly kind: 'query'; readonly request: GraphQLRequest } | PartWork

export interface QuestionTask {
  readonly work: QuestionWork
  /** One shared cell: anything but 0 stops the work. */
  readonly stop: Int32Array
}

/** The whole answer as JSON text, or the answer itself where there is no data. */
export type QuestionOutcome =
  | { readonly text: AnswerText; readonly hasErrors: boolean }
  | { readonly answer: GraphQLAnswer }

/** Name of the channel that tells which circuits and models are gone; messages are their hashes. */
export const FORGOTTEN = 'circuitql-forgotten'
