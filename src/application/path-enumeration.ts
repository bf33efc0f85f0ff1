/** The paths of one question in their order, told as far as somebody asked, with what is true of all of them. */
import { CoveredMass } from '../graph/covered-mass.js'
import { countPaths } from '../graph/path-count.js'
import { type PathTotals, pathTotals } from '../graph/path-totals.js'
import type { ScaledNumber } from '../graph/scaled-number.js'
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
  readonly #stream: PathStream
  readonly #covered = new CoveredMass()
  #count: bigint | null = null
  #totals: PathTotals | null = null
  #hidden: Promise<string | null> | null = null
  #last: StrongPath | null = null
  #hops = 0

  constructor(walk: QuestionWalk, rank: PathRank) {
    const { graph, order, sources, sinks, transparent, places } = walk
    this.walk = walk
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

  /** How many paths there are. `spend` is told where the count is made, the first time; likewise below. */
  count(spend: () => void): bigint {
    if (this.#count === null) {
      spend()
      const { graph, order, sources, sinks } = this.walk
      this.#count = countPaths(graph, order, sources, sinks).total
    }
    return this.#count
  }

  /** Sums over all paths. */
  totals(spend: () => void): PathTotals {
    if (this.#totals === null) {
      spend()
      const { graph, order, sources, sinks } = this.walk
      this.#totals = pathTotals(graph, order, sources, sinks)
    }
    return this.#totals
  }

  /** Paths that the links leave out; null where none can be. A count that failed is made again. */
  hidden(count: () => Promise<string | null>): Promise<string | null> {
    this.#hidden ??= count().catch((error: unknown) => {
      this.#hidden = null
      throw error
    })
    return this.#hidden
  }

  /** What of a total the paths told so far hold: Σ abs(product) ÷ it; null where that is 0. */
  coveredMass(): (total: ScaledNumber) => number | null {
    const covered = this.#covered.now()
    return (total) => covered.shareOf(total)
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
    if (path.scaledProduct !== null) this.#covered.add(path.scaledProduct)
    this.#hops += 1 + path.edges.length
    this.#last = path
    return path
  }
}
