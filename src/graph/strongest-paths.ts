/**
 * The strongest paths between two sets of nodes, one after the other in the exact order of language.md §5: rank key
 * (multiplied from the target end with the exponent kept apart), then the node sequence from the source in canonical
 * order, then edge ids. Nothing is sorted afterwards.
 *
 * Cost: O(V + E) to begin; a path then costs O(hops · log degree) and only touched nodes take memory.
 */
import type { CompactGraph } from './compact-graph.js'
import { KeyGroups } from './key-groups.js'
import { LexicographicPaths } from './lexicographic-paths.js'
import { distinctNodes, nodeSet } from './node-set.js'
import { leftOutEdges, type PathRank, PLAIN_KEY, type RankedEdges, rankedEdges } from './path-rank.js'
import { isPlain, log2Abs, type ScaledNumber, scaled, scaledProduct, toFloat } from './scaled-number.js'

export interface StrongestPathsQuestion {
  readonly sources: Iterable<number>
  readonly sinks: Iterable<number>
  readonly rank: PathRank
  /** For SHARE: `rowShares` of the graph. */
  readonly shares?: Float64Array | null
  /** 1 marks points that are no nodes of the answer: not told, no hops, not compared. */
  readonly transparent?: Uint8Array | null
  /** Nodes are compared by these; nodes that are one node of the answer share a place. Default: by their numbers. */
  readonly places?: Uint32Array | null
  /** Paths over an edge of value 0: left out, or told after all others that have a product. */
  readonly zeroProducts?: 'DROP' | 'LAST'
}

/** One path between visible nodes; hop i leads from `nodes[i]` to `nodes[i + 1]`. */
export interface StrongPath {
  readonly nodes: readonly number[]
  /** Last edge of each hop; the only one, unless the hop passes transparent points. */
  readonly edges: readonly number[]
  /** First edge of each hop. */
  readonly firstEdges: readonly number[]
  /** Value of each hop: the product of its edges; null where an edge has none. */
  readonly values: readonly (number | null)[]
  /** Product of the raw edge values; null when an edge on the path has none. */
  readonly scaledProduct: ScaledNumber | null
  /** The same as float64 (0 or infinite beyond its range), and log₂ of its absolute value (null for product 0). */
  readonly product: number | null
  readonly log2AbsProduct: number | null
  /**
   * What it is ranked by: |product|, share or weakest |score|. Null when it has none: the path has no product, or
   * (WEAKEST_SCORE) no edge.
   */
  readonly key: number | null
}

/** Begins a stream of paths. A node in both sets gives the empty path, of product 1. */
export function strongestPaths(
  graph: CompactGraph,
  order: Uint32Array,
  question: StrongestPathsQuestion,
): PathStream {
  return new PathStream(graph, order, question)
}

/** Gives paths on demand; asking again goes on where it stopped. */
export class PathStream {
  readonly #graph: CompactGraph
  readonly #order: Uint32Array
  readonly #sources: Uint32Array
  readonly #sinks: Uint8Array
  readonly #transparent: Uint8Array | null
  readonly #places: Uint32Array | null
  readonly #main: RankedEdges
  readonly #zeroProducts: 'DROP' | 'LAST'
  #leftOut: RankedEdges | null = null
  #groups: KeyGroups
  #paths: LexicographicPaths
  /** The next path to give is path `#pathIndex` of `#group`; group 0 stands before the first. */
  #group = 0
  #pathIndex = 0
  #given = 0
  #tied = false

  constructor(graph: CompactGraph, order: Uint32Array, question: StrongestPathsQuestion) {
    this.#graph = graph
    this.#order = order
    this.#sources = distinctNodes(question.sources)
    this.#sinks = nodeSet(graph.nodeCount, question.sinks)
    this.#transparent = question.transparent ?? null
    this.#places = question.places ?? null
    this.#main = rankedEdges(graph, question.rank, question.shares ?? null)
    this.#zeroProducts = question.zeroProducts ?? 'DROP'
    this.#groups = new KeyGroups(graph, order, this.#sources, this.#sinks, this.#main)
    this.#paths = new LexicographicPaths(this.#groups, this.#transparent, this.#places)
  }

  /** How many paths were given or skipped. */
  get rank(): number {
    return this.#given
  }

  /** The next path, or null when all were given. */
  next(): StrongPath | null {
    if (!this.#find()) return null
    const path = this.#tell()
    this.#take()
    return path
  }

  /** Passes over the next `count` paths; gives back how many there were. */
  skip(count: number): number {
    for (let i = 0; i < count; i++) {
      if (!this.#find()) return i
      this.#take()
    }
    return count
  }

  /** Were all paths given? */
  get exhausted(): boolean {
    return !this.#find()
  }

  /** Has the next path the same key as the last one given? */
  get tieCut(): boolean {
    return this.#find() && this.#tied
  }

  #take(): void {
    this.#pathIndex++
    this.#given++
    this.#tied = true
  }

  /** Goes to the next path that was not given; false when there is none. */
  #find(): boolean {
    for (;;) {
      const toSkip =
        this.#leftOut !== null && this.#group !== 0 && this.#groups.keyOf(this.#group).mantissa >= PLAIN_KEY
      if (this.#group !== 0 && !toSkip && this.#paths.has(this.#group, this.#pathIndex)) return true
      const next = this.#groups.next(this.#group)
      if (next === 0 && !this.#goOnWithLeftOut()) return false
      this.#group = next
      this.#pathIndex = 0
      this.#tied = false
    }
  }

  /** After the last ranked path: those of product 0 and those without a product. */
  #goOnWithLeftOut(): boolean {
    if (this.#leftOut !== null || this.#main.sign !== 0) return false
    this.#leftOut = leftOutEdges(this.#main, this.#zeroProducts)
    if (!this.#leftOut.magnitude.some((value) => value < PLAIN_KEY)) return false
    this.#groups = new KeyGroups(this.#graph, this.#order, this.#sources, this.#sinks, this.#leftOut)
    this.#paths = new LexicographicPaths(this.#groups, this.#transparent, this.#places)
    return true
  }

  #tell(): StrongPath {
    const { weight, target } = this.#graph
    const source = this.#paths.sourceOf(this.#group, this.#pathIndex)
    const all = this.#paths.linksOf(this.#group, this.#pathIndex).filter((link) => link >= 0)
    const nodes: number[] = []
    const edges: number[] = []
    const firstEdges: number[] = []
    const values: (number | null)[] = []
    // A path may begin or end at a point that is no node of the answer.
    if (this.#transparent?.[source] !== 1) nodes.push(source)
    let hop = 1
    let first = -1
    for (const edge of all) {
      if (first < 0) first = edge
      hop *= weight[edge]!
      const node = target[edge]!
      if (this.#transparent?.[node] === 1) continue
      if (nodes.length > 0) {
        edges.push(edge)
        firstEdges.push(first)
        values.push(Number.isNaN(hop) ? null : hop)
      }
      nodes.push(node)
      hop = 1
      first = -1
    }
    const product = this.#productOf(all)
    return {
      nodes,
      edges,
      firstEdges,
      values,
      scaledProduct: product,
      product: product === null ? null : toFloat(product),
      log2AbsProduct: product === null || product.mantissa === 0 ? null : log2Abs(product),
      key: this.#keyOf(product),
    }
  }

  #keyOf(product: ScaledNumber | null): number | null {
    if (this.#leftOut !== null) return product === null ? null : 0
    const key = this.#groups.keyOf(this.#group)
    return key.mantissa === Number.POSITIVE_INFINITY ? null : toFloat(key)
  }

  /** From the target end, as keys are multiplied; the usual factor costs no object. */
  #productOf(edges: readonly number[]): ScaledNumber | null {
    let product = 1
    let blocks = 0
    for (let i = edges.length - 1; i >= 0; i--) {
      const value = this.#graph.weight[edges[i]!]!
      if (Number.isNaN(value)) return null
      const next = product * value
      if (isPlain(Math.abs(value)) && isPlain(Math.abs(next))) product = next
      else {
        const normal = scaledProduct({ mantissa: product, block: blocks }, scaled(value))
        product = normal.mantissa
        blocks = normal.block
      }
    }
    return scaled(product, blocks)
  }
}
