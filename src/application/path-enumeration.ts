/** The paths of one question in their order, told as far as somebody asked, with what is true of all of them. */
import { CoveredMass } from '../graph/covered-mass.js'
import { countPaths } from '../graph/path-count.js'
import { type PathTotals, pathTotals } from '../graph/path-totals.js'
import { type PathStream, type StrongPath, strongestPaths } from '../graph/strongest-paths.js'
import type { QuestionWalk } from './question-walk.js'
import type { PathRank } from './questions.js'

/** The walk keeps the nodes themselves; edges are columns of the walk and of the search. */
const BYTES_PER_NODE = 400
const BYTES_PER_EDGE = 60
/** What a told hop may leave behind in the lists of the search. */
const BYTES_PER_HOP = 200

export class PathEnumeration {
  readonly walk: QuestionWalk
  /** Null where sums of products have no meaning. */
  readonly totals: PathTotals | null
  readonly count: bigint
  /** Paths that the links leave out; null where none can be. */
  readonly hidden: string | null
  readonly #stream: PathStream
  readonly #covered: CoveredMass | null
  #last: StrongPath | null = null
  #hops = 0

  constructor(
    walk: QuestionWalk,
    rank: PathRank,
    { hidden, sums }: { readonly hidden: string | null; readonly sums: boolean },
  ) {
    const { graph, order, sources, sinks, transparent, places } = walk
    this.walk = walk
    this.hidden = hidden
    this.count = countPaths(graph, order, sources, sinks).total
    this.totals = sums ? pathTotals(graph, order, sources, sinks) : null
    this.#covered = this.totals === null ? null : new CoveredMass(this.totals.absolute)
    this.#stream = strongestPaths(graph, order, {
      sources,
      sinks,
      rank,
      shares: rank === 'SHARE' ? walk.shares() : null,
      transparent,
      places,
      zeroProducts: 'LAST',
    })
  }

  /** How many paths were told. */
  get rank(): number {
    return this.#stream.rank
  }

  /** Rank key of the path told last, as text; null before the first and for paths without a key. */
  get lastKey(): string | null {
    return this.#last === null || this.#last.key === null ? null : String(this.#last.key)
  }

  /** Σ abs(product) of the told paths ÷ Σ over all; null where nothing has a product other than 0. */
  get coveredMass(): number | null {
    return this.#covered?.share ?? null
  }

  get exhausted(): boolean {
    return this.#stream.exhausted
  }

  get tieCut(): boolean {
    return this.#stream.tieCut
  }

  /** Rough size in memory. */
  get bytes(): number {
    const { nodeCount, edgeCount } = this.walk.graph
    return 1_000 + nodeCount * BYTES_PER_NODE + edgeCount * BYTES_PER_EDGE + this.#hops * BYTES_PER_HOP
  }

  next(): StrongPath | null {
    const path = this.#stream.next()
    if (path === null) return null
    if (path.scaledProduct) this.#covered?.add(path.scaledProduct)
    this.#hops += 1 + path.edges.length
    this.#last = path
    return path
  }
}
