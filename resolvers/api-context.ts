import type { GraphQLResolveInfo } from 'graphql'
import type { Asking, UseCases } from '../src/application/use-cases.js'
import type { Loaders } from './loaders.js'

/** What the server allows; told by `meta.limits`. All are counts, bytes or milliseconds. */
export interface ApiLimits {
  readonly costFields: number
  readonly costWork: number
  readonly depth: number
  readonly listDepth: number
  readonly aliases: number
  readonly directives: number
  readonly tokens: number
  readonly inputDepth: number
  readonly inputNodes: number
  readonly bodyBytes: number
  readonly uploadBytes: number
  readonly questionTimeoutMs: number
}

/** Lists whose JSON text is known: no value of them is looked at again on the way to the client. */
export interface WrittenLists {
  /** Gives back what stands in the list's place until the answer is told. `text` is UTF-8, `place` a place in the answer. */
  list(place: ResponsePath, text: Uint8Array): readonly never[]
}

/** A place in the answer, the innermost first. */
export type ResponsePath = GraphQLResolveInfo['path']

/** Made anew for every request. */
export interface ApiContext {
  readonly useCases: UseCases
  readonly asking: Asking
  /** Name under which writes are recorded. */
  readonly owner: string
  readonly loaders: Loaders
  readonly written: WrittenLists
  readonly limits: ApiLimits
  /** Version of the server. */
  readonly version: string
}
