/** What strongest paths are ranked by (language.md §5): which magnitude each edge brings and how magnitudes combine. */
import { InvalidInput } from '../domain/errors.js'
import type { CompactGraph } from './compact-graph.js'

export type PathRank = 'ABSOLUTE_PRODUCT' | 'MOST_POSITIVE' | 'MOST_NEGATIVE' | 'SHARE' | 'WEAKEST_SCORE'

/** PRODUCT: float64 product with its exponent kept apart. WEAKEST: the smaller one; the empty path has +∞. */
export type KeyAlgebra = 'PRODUCT' | 'WEAKEST'

export interface RankedEdges {
  readonly algebra: KeyAlgebra
  /** Its absolute value is the edge's magnitude; NaN keeps the edge out, and in products so does 0. */
  readonly magnitude: Float64Array
  /** Sign that the product of raw edge values must have; 0 when either may be. */
  readonly sign: -1 | 0 | 1
}

/** `shares`: row-normalised absolute values by edge id (`rowShares`), needed by SHARE alone. */
export function rankedEdges(graph: CompactGraph, rank: PathRank, shares: Float64Array | null): RankedEdges {
  if (rank === 'SHARE') {
    if (shares === null) throw new InvalidInput('BAD_INPUT', 'ranking by SHARE needs the shares of the edges')
    return { algebra: 'PRODUCT', magnitude: shares, sign: 0 }
  }
  return {
    algebra: rank === 'WEAKEST_SCORE' ? 'WEAKEST' : 'PRODUCT',
    magnitude: graph.weight,
    sign: rank === 'MOST_POSITIVE' ? 1 : rank === 'MOST_NEGATIVE' ? -1 : 0,
  }
}

const NO_PRODUCT = 0
const ZERO_PRODUCT = 1
const PLAIN = 2

/**
 * The paths that a ranking leaves out, as a ranking of their own: by the weakest class of edge on the path, those of
 * product 0 before those without a product. `plainKey` marks the paths that the main ranking already gave.
 */
export function leftOutEdges(main: RankedEdges, zeroProducts: 'LAST' | 'DROP'): RankedEdges {
  const zeroIsRanked = main.algebra === 'WEAKEST'
  const magnitude = main.magnitude.map((value) => {
    if (Number.isNaN(value)) return NO_PRODUCT
    if (value !== 0 || zeroIsRanked) return PLAIN
    return zeroProducts === 'LAST' ? ZERO_PRODUCT : Number.NaN
  })
  return { algebra: 'WEAKEST', magnitude, sign: 0 }
}

/** Keys of `leftOutEdges` from here up belong to paths of the main ranking. */
export const PLAIN_KEY = PLAIN
