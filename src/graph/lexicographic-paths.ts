/**
 * The paths of one key group in the order that breaks ties: node sequences compared element by element from the
 * source (a sequence that another one continues comes first), then edge ids. Found on demand.
 *
 * A path is the pair (group, i): its i-th path. Groups of one link, the rule, hold nothing of their own: their i-th
 * path is that link and the i-th path of the group after it. Groups of several links keep a *telling*, the merged
 * order of their ways on, told as far as somebody asked and shared by all groups that lead there.
 */
import { END_LINK, type KeyGroups, ROOT_LINK } from './key-groups.js'

/** One way on from a group: a link and, after it, the paths of another group in order. */
interface Way {
  readonly edge: number
  readonly rest: number
  /** How many of its paths were told. */
  told: number
}

interface Telling {
  /** The told paths: first link, group after it, and which path of that group. */
  readonly edges: number[]
  readonly rests: number[]
  readonly indices: number[]
  done: boolean
  /** Ways whose turn has not come, the last one first. */
  readonly later: Way[]
  /** Ways of the present turn: without a known next path, and a heap of those with one, least first. */
  readonly waiting: Way[]
  readonly ready: Way[]
}

export class LexicographicPaths {
  readonly #groups: KeyGroups
  readonly #transparent: Uint8Array | null
  readonly #places: Uint32Array | null
  readonly #tellings = new Map<number, Telling>()
  /** Where `#step` arrived. */
  #nextGroup = 0
  #nextIndex = 0

  /** Nodes marked 1 in `transparent` are passed over when sequences are compared. */
  constructor(groups: KeyGroups, transparent: Uint8Array | null, places: Uint32Array | null) {
    this.#groups = groups
    this.#transparent = transparent
    this.#places = places
  }

  /** Has the group an i-th path (from 0)? Its own stack: paths may have 100,000 hops. */
  has(group: number, i: number): boolean {
    const wanted = this.#tellingAt(group)
    if (wanted === null) return i === 0
    while (wanted.edges.length <= i && !wanted.done) {
      const stack = [wanted]
      while (stack.length > 0) {
        const missing = this.#tellNext(stack[stack.length - 1]!)
        if (missing === null) stack.pop()
        else stack.push(missing)
      }
    }
    return wanted.edges.length > i
  }

  /** The links of a path that `has` said is there, first to last, END_LINK and ROOT_LINK among them. */
  linksOf(group: number, i: number): number[] {
    const links: number[] = []
    this.#nextGroup = group
    this.#nextIndex = i
    while (this.#nextGroup !== 0) links.push(this.#step(this.#nextGroup, this.#nextIndex))
    return links
  }

  /** The node that a group of paths from the virtual root, or from a node, begins at. */
  sourceOf(group: number, i: number): number {
    if (this.#step(group, i) !== ROOT_LINK) return this.#groups.nodeOf(group)
    return this.#groups.nodeOf(this.#nextGroup)
  }

  /** First link of a told path; where it leads stands in #nextGroup and #nextIndex. */
  #step(group: number, i: number): number {
    const telling = this.#groups.otherLinks(group) === null ? undefined : this.#tellings.get(group)
    if (telling === undefined) {
      this.#nextGroup = this.#groups.restOf(group)
      this.#nextIndex = i
      return this.#groups.linkOf(group)
    }
    this.#nextGroup = telling.rests[i]!
    this.#nextIndex = telling.indices[i]!
    return telling.edges[i]!
  }

  /** Telling of the first group with several links on the way; null when there is none: the group has one path. */
  #tellingAt(group: number): Telling | null {
    let at = group
    while (at !== 0) {
      if (this.#groups.otherLinks(at) !== null) return this.#tellings.get(at) ?? this.#begin(at)
      at = this.#groups.restOf(at)
    }
    return null
  }

  #begin(group: number): Telling {
    const links = [
      { edge: this.#groups.linkOf(group), rest: this.#groups.restOf(group) },
      ...this.#groups.otherLinks(group)!,
    ]
    const ways = links.filter(({ edge }) => edge !== END_LINK).map((link) => ({ ...link, told: 0 }))
    ways.sort((a, b) => this.#placeOf(b.rest) - this.#placeOf(a.rest))
    const ends = ways.length < links.length
    const telling: Telling = {
      // The path that ends here is the shortest, so it comes first.
      edges: ends ? [END_LINK] : [],
      rests: ends ? [0] : [],
      indices: ends ? [0] : [],
      done: false,
      later: ways,
      waiting: [],
      ready: [],
    }
    this.#tellings.set(group, telling)
    return telling
  }

  /** Tells one more path or finds that there is none; gives back a telling that must go on first, or null. */
  #tellNext(telling: Telling): Telling | null {
    const { later, waiting, ready } = telling
    for (;;) {
      if (waiting.length === 0 && ready.length === 0) {
        if (later.length === 0) {
          telling.done = true
          return null
        }
        this.#beginTurn(later, waiting)
      }
      while (waiting.length > 0) {
        const way = waiting[waiting.length - 1]!
        const below = this.#tellingAt(way.rest)
        const known = below === null ? 1 : below.edges.length
        if (known > way.told) this.#push(ready, waiting.pop()!)
        else if (below === null || below.done) waiting.pop()
        else return below
      }
      if (ready.length === 0) continue
      const way = this.#pop(ready)
      telling.edges.push(way.edge)
      telling.rests.push(way.rest)
      telling.indices.push(way.told++)
      waiting.push(way)
      return null
    }
  }

  /** Ways to one node are told together. Behind a transparent node any node may come first: then all ways are. */
  #beginTurn(later: Way[], waiting: Way[]): void {
    const nodeOf = (way: Way): number => this.#groups.nodeOf(way.rest)
    const placeOf = (way: Way): number => this.#placeOf(way.rest)
    const place = placeOf(later[later.length - 1]!)
    const together = this.#transparent !== null && later.some((way) => this.#transparent![nodeOf(way)] === 1)
    while (later.length > 0 && (together || placeOf(later[later.length - 1]!) === place)) {
      waiting.push(later.pop()!)
    }
  }

  #comesBefore(a: Way, b: Way): boolean {
    return (this.#compareNodes(a, b) || a.edge - b.edge || this.#compareEdges(a, b)) < 0
  }

  #compareNodes(a: Way, b: Way): number {
    let [x, i, y, j] = [a.rest, a.told, b.rest, b.told]
    for (;;) {
      while (x !== 0 && this.#transparent?.[this.#groups.nodeOf(x)] === 1) {
        this.#step(x, i)
        x = this.#nextGroup
        i = this.#nextIndex
      }
      while (y !== 0 && this.#transparent?.[this.#groups.nodeOf(y)] === 1) {
        this.#step(y, j)
        y = this.#nextGroup
        j = this.#nextIndex
      }
      if (x === y && (i === j || x === 0)) return 0
      if (x === 0 || y === 0) return x === 0 ? -1 : 1
      const order = this.#placeOf(x) - this.#placeOf(y)
      if (order !== 0) return order
      this.#step(x, i)
      x = this.#nextGroup
      i = this.#nextIndex
      this.#step(y, j)
      y = this.#nextGroup
      j = this.#nextIndex
    }
  }

  #compareEdges(a: Way, b: Way): number {
    let [x, i, y, j] = [a.rest, a.told, b.rest, b.told]
    while (x !== 0 && y !== 0 && (x !== y || i !== j)) {
      const edgeOfX = this.#step(x, i)
      x = this.#nextGroup
      i = this.#nextIndex
      const order = edgeOfX - this.#step(y, j)
      if (order !== 0) return order
      y = this.#nextGroup
      j = this.#nextIndex
    }
    return 0
  }

  /** Where the node of a group stands in the order of nodes. */
  #placeOf(group: number): number {
    const node = this.#groups.nodeOf(group)
    return this.#places === null ? node : this.#places[node]!
  }

  #push(heap: Way[], way: Way): void {
    let i = heap.push(way) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.#comesBefore(way, heap[parent]!)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = way
  }

  #pop(heap: Way[]): Way {
    const least = heap[0]!
    const way = heap.pop()!
    if (heap.length === 0) return least
    let i = 0
    for (;;) {
      let next = 2 * i + 1
      if (next >= heap.length) break
      if (next + 1 < heap.length && this.#comesBefore(heap[next + 1]!, heap[next]!)) next++
      if (!this.#comesBefore(heap[next]!, way)) break
      heap[i] = heap[next]!
      i = next
    }
    heap[i] = way
    return least
  }
}
