/** What cannot be asked of a graph whose nodes were merged (language.md §4, collapse). */
import { InvalidInput } from '../domain/errors.js'
import type { OpenGraph } from './open-graph.js'

/** Gives the graph back; throws NOT_MEANINGFUL for a collapsed one: its nodes are no parts that a model has or a prompt moves. */
export function uncollapsed(open: OpenGraph, what: string): OpenGraph {
  if (open.graph.quotient === undefined) return open
  throw new InvalidInput(
    'NOT_MEANINGFUL',
    `${what} needs the parts of the model themselves, and this graph is collapsed by ${open.graph.quotient.by}`,
    { hint: 'ask the graph that it was collapsed from' },
  )
}

/** Why sums over paths are not given; null where they are. */
export function noPathSums({ graph }: OpenGraph): string | null {
  return graph.quotient === undefined
    ? null
    : 'collapsing does not preserve sums over paths: paths meet in a group that do not meet in the graph behind it'
}
