/** Path questions that were answered in part, so that the next page goes on where the one before stopped. */
import { LRUCache } from 'lru-cache'
import type { GraphData } from '../domain/graph-data.js'
import type { Scores } from '../query/node-filter.js'
import type { PathEnumeration } from './path-enumeration.js'
import type { OpenGraph } from './use-cases.js'

interface Kept {
  readonly enumeration: PathEnumeration
  readonly rootId: string
  /** What it was made of: other data under the same name begins anew. */
  readonly graph: GraphData
  readonly scores: Scores
}

/**
 * Most recently used last, bounded by bytes. Whoever goes on with an enumeration has it alone: a second page of the same
 * question asked meanwhile begins its own, to the same order.
 */
export class PathEnumerations {
  readonly #kept: LRUCache<string, Kept>

  constructor(maxBytes: number) {
    this.#kept = new LRUCache({ maxSize: maxBytes, sizeCalculation: ({ enumeration }) => enumeration.bytes })
  }

  /** The enumeration of a question, if one is kept that has not gone beyond `rank`; it is not kept any more then. */
  take(question: string, { graph }: OpenGraph, scores: Scores, rank: number): PathEnumeration | null {
    const kept = this.#kept.get(question)
    if (kept === undefined || kept.graph !== graph || kept.scores !== scores || kept.enumeration.rank > rank)
      return null
    this.#kept.delete(question)
    return kept.enumeration
  }

  keep(question: string, { graph, rootId }: OpenGraph, scores: Scores, enumeration: PathEnumeration): void {
    this.#kept.set(question, { enumeration, rootId, graph, scores })
  }

  /** Forgets all that was asked of a deleted circuit or model. */
  forget(rootId: string): void {
    for (const [question, kept] of this.#kept.entries())
      if (kept.rootId === rootId) this.#kept.delete(question)
  }
}
