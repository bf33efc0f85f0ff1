/**
 * For every node, the distinct rank keys of its paths to the sinks, strongest first, found on demand: lazy k-best
 * over outgoing edges (Huang & Chiang 2005, "Better k-best parsing", algorithm 3; on graphs the recursive enumeration
 * of Jiménez & Marzal 1999), on *groups* of equal keys instead of single paths. Rounding lets different keys of a
 * child meet in one product; a group holds every (edge, group of the child) that gives its key, so that the paths
 * inside can be told in their exact order. Combining with an edge is monotone, which is what exactness needs.
 *
 * One pass over the edges finds the best key of every node. After that only what the asked-for paths touch is built:
 * each node has a heap of slots, one per outgoing edge, a slot standing for the next group of the edge's target.
 *
 * More than 300 lines: heaps, slots and groups share the typed arrays that keep 10,000 paths free of small objects.
 */
import type { CompactGraph } from './compact-graph.js'
import type { RankedEdges } from './path-rank.js'
import { GROW, HIGH, isPlain, LOW, type ScaledNumber, SHRINK, scaled } from './scaled-number.js'
import { valueTraits } from './value-traits.js'

/** The path ends here: the node is a sink. */
export const END_LINK = -1
/** From the virtual root to a source. */
export const ROOT_LINK = -2

/** A first step of a group's paths; `rest` is the group of the paths after it, 0 where the path ends. */
export interface GroupLink {
  readonly edge: number
  readonly rest: number
}

/** Block of a node from which no ranked path leads to a sink. */
const NO_PATH = -0x80000000
const NO_STATE = -1
const NOTHING_MISSING = -1
/** Columns begin this long. */
const FIRST_SLOTS = 4_096
const FIRST_GROUPS = 1_024

export class KeyGroups {
  readonly #graph: CompactGraph
  readonly #weakest: boolean
  /** Magnitudes in normal form; blocks are null when all are 0. 0 or NaN: the edge is not ranked. */
  readonly #mantissa: Float64Array
  readonly #edgeBlock: Int32Array | null
  /** 1 when signs are told apart: state = node · signs + (1 when the product from here is negative). */
  readonly #signs: 1 | 2
  readonly #sources: Uint32Array
  readonly #wanted: 0 | 1
  readonly #sinks: Uint8Array
  readonly #root: number

  readonly #bestMantissa: Float64Array
  readonly #bestBlock: Int32Array

  /**
   * Slots of a state: the first is "ends here", the others its outgoing edges. The root's slots are its sources. A state
   * gets its slots when it is first used, one after the other in these columns, which grow.
   */
  #slotMantissa = new Float64Array(FIRST_SLOTS)
  #slotBlock = new Int32Array(FIRST_SLOTS)
  /** The group of the child that came before the one the slot stands for; 0: it stands for the first. */
  #slotPrevious = new Uint32Array(FIRST_SLOTS)
  #heap = new Uint32Array(FIRST_SLOTS)
  #slots = 0
  /** First slot of a state, and its slots in the heap; the latter is -1 before the first use. */
  readonly #base: Uint32Array
  readonly #heapSize: Int32Array
  /** First and last finished group of a state, and the group that is being gathered; 0: none. */
  readonly #first: Uint32Array
  readonly #last: Uint32Array
  readonly #open: Uint32Array

  /** Columns of the groups by id, which grow; id 0 is none. */
  #groups = 1
  #node = new Uint32Array(FIRST_GROUPS)
  #keyMantissas = new Float64Array(FIRST_GROUPS)
  #keyBlocks = new Int32Array(FIRST_GROUPS)
  #link = new Int32Array(FIRST_GROUPS)
  #rest = new Uint32Array(FIRST_GROUPS)
  /** The next group of the same state, once it is finished. */
  #following = new Uint32Array(FIRST_GROUPS)
  /** Links beyond the first, for the few groups that have them. */
  readonly #more = new Map<number, GroupLink[]>()

  constructor(
    graph: CompactGraph,
    order: Uint32Array,
    sources: Uint32Array,
    sinks: Uint8Array,
    ranked: RankedEdges,
  ) {
    this.#graph = graph
    this.#weakest = ranked.algebra === 'WEAKEST'
    this.#signs = ranked.sign === 0 ? 1 : 2
    this.#wanted = ranked.sign === -1 ? 1 : 0
    this.#sources = sources
    this.#sinks = sinks
    const { mantissa, block } = this.#weakest
      ? { mantissa: ranked.magnitude, block: null }
      : normalForms(ranked.magnitude)
    this.#mantissa = mantissa
    this.#edgeBlock = block
    const states = graph.nodeCount * this.#signs
    this.#root = states
    this.#bestMantissa = new Float64Array(states)
    this.#bestBlock = new Int32Array(states).fill(NO_PATH)
    this.#findBest(order)
    this.#base = new Uint32Array(states + 1)
    this.#heapSize = new Int32Array(states + 1).fill(-1)
    this.#first = new Uint32Array(states + 1)
    this.#last = new Uint32Array(states + 1)
    this.#open = new Uint32Array(states + 1)
  }

  /** The strongest group of paths from any source (`after` 0), or the one after a given one; 0 when there is none. */
  next(after: number): number {
    const known = after === 0 ? this.#first[this.#root]! : this.#following[after]!
    return known !== 0 || !this.#extend(this.#root) ? known : this.#last[this.#root]!
  }

  /** Where the paths of a group begin; the virtual root before all sources is `nodeCount`. */
  nodeOf(group: number): number {
    return this.#node[group]!
  }

  keyOf(group: number): ScaledNumber {
    return { mantissa: this.#keyMantissas[group]!, block: this.#keyBlocks[group]! }
  }

  /** First link of the group's paths, an edge id, END_LINK or ROOT_LINK; the only one unless `otherLinks` has more. */
  linkOf(group: number): number {
    return this.#link[group]!
  }

  /** The paths after that first link, as a group; 0 where the path ends. */
  restOf(group: number): number {
    return this.#rest[group]!
  }

  otherLinks(group: number): readonly GroupLink[] | null {
    return this.#more.size === 0 ? null : (this.#more.get(group) ?? null)
  }

  /** Best key of every state, sinks first. O(V + E). */
  #findBest(order: Uint32Array): void {
    const isUsual = !this.#weakest && this.#edgeBlock === null && this.#signs === 1
    const done = isUsual ? this.#findBestInBlock0(order) : 0
    this.#findOtherBest(order, order.length - done)
  }

  /** Plain products without signs, until one leaves block 0; gives back how many nodes are done. */
  #findBestInBlock0(order: Uint32Array): number {
    const { outStart, outEdge, target } = this.#graph
    const best = this.#bestMantissa
    const mantissa = this.#mantissa
    for (let left = order.length - 1; left >= 0; left--) {
      const v = order[left]!
      const end = outStart[v + 1]!
      let m = this.#sinks[v]!
      for (let i = outStart[v]!; i < end; i++) {
        const edge = outEdge[i]!
        const key = Math.abs(mantissa[edge]!) * best[target[edge]!]!
        if (key > m) m = key
      }
      if (m === 0) continue
      if (!isPlain(m)) return order.length - 1 - left
      best[v] = m
      this.#bestBlock[v] = 0
    }
    return order.length
  }

  /** The first `left` nodes of the order, the last one first. */
  #findOtherBest(order: Uint32Array, left: number): void {
    const { outStart, outEdge, target, weight } = this.#graph
    const best = this.#bestMantissa
    const bestBlock = this.#bestBlock
    const mantissa = this.#mantissa
    const edgeBlock = this.#edgeBlock
    const signs = this.#signs
    const plain = !this.#weakest && edgeBlock === null
    for (let at = left - 1; at >= 0; at--) {
      const v = order[at]!
      for (let sign = 0; sign < signs; sign++) {
        let m = 0
        let b = NO_PATH
        if (sign === 0 && this.#sinks[v] === 1) {
          m = this.#weakest ? Number.POSITIVE_INFINITY : 1
          b = 0
        }
        for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
          const edge = outEdge[i]!
          const child = signs === 1 ? target[edge]! : target[edge]! * 2 + (sign ^ (weight[edge]! < 0 ? 1 : 0))
          const childBlock = bestBlock[child]!
          if (childBlock === NO_PATH) continue
          // The usual case at once; NaN, 0 and keys that leave their block fail the test.
          const key = Math.abs(mantissa[edge]!) * best[child]!
          if (plain && key >= LOW && key < HIGH) {
            if (childBlock > b || (childBlock === b && key > m)) {
              m = key
              b = childBlock
            }
            continue
          }
          if (!this.#isRanked(edge)) continue
          this.#combine(edge, best[child]!, childBlock)
          if (this.#keyBlock > b || (this.#keyBlock === b && this.#keyMantissa > m)) {
            m = this.#keyMantissa
            b = this.#keyBlock
          }
        }
        best[v * signs + sign] = m
        bestBlock[v * signs + sign] = b
      }
    }
  }

  #isRanked(edge: number): boolean {
    const m = Math.abs(this.#mantissa[edge]!)
    return this.#weakest ? m >= 0 : m > 0
  }

  /** Result of `#combine`, in two fields so that the hot loop makes no objects. */
  #keyMantissa = 0
  #keyBlock = 0

  /** Key of the edge followed by a rest with the given key. */
  #combine(edge: number, mantissa: number, block: number): void {
    if (this.#weakest) {
      this.#keyMantissa = Math.min(Math.abs(this.#mantissa[edge]!), mantissa)
      this.#keyBlock = 0
      return
    }
    let m = Math.abs(this.#mantissa[edge]!) * mantissa
    let b = this.#edgeBlock === null ? block : block + this.#edgeBlock[edge]!
    if (m >= HIGH) {
      m *= SHRINK
      b++
    } else if (m < LOW) {
      m *= GROW
      b--
    }
    this.#keyMantissa = m
    this.#keyBlock = b
  }

  /** The link of the k-th slot of a state. */
  #linkAt(state: number, k: number): number {
    if (state === this.#root) return ROOT_LINK
    if (k === 0) return END_LINK
    return this.#graph.outEdge[this.#graph.outStart[this.#signs === 1 ? state : state >> 1]! + k - 1]!
  }

  /** The state that the k-th slot leads to (k ≥ 1). */
  #child(state: number, k: number, link: number): number {
    if (state === this.#root) return this.#sources[k - 1]! * this.#signs + this.#wanted
    const next = this.#graph.target[link]!
    if (this.#signs === 1) return next
    return next * 2 + ((state & 1) ^ (this.#graph.weight[link]! < 0 ? 1 : 0))
  }

  #prepare(state: number): void {
    if (this.#heapSize[state] !== -1) return
    const { outStart } = this.#graph
    const v = this.#signs === 1 ? state : state >> 1
    const count = state === this.#root ? this.#sources.length : outStart[v + 1]! - outStart[v]!
    const base = this.#slotsFor(count + 1)
    this.#base[state] = base
    let size = 0
    const endsHere = state !== this.#root && this.#sinks[v] === 1 && (this.#signs === 1 || (state & 1) === 0)
    if (endsHere) {
      this.#slotMantissa[base] = this.#weakest ? Number.POSITIVE_INFINITY : 1
      this.#slotBlock[base] = 0
      this.#heap[base + size++] = base
    }
    for (let k = 1; k <= count; k++) {
      const edge = this.#linkAt(state, k)
      const child = this.#child(state, k, edge)
      if (this.#bestBlock[child] === NO_PATH) continue
      this.#keyMantissa = this.#bestMantissa[child]!
      this.#keyBlock = this.#bestBlock[child]!
      if (edge !== ROOT_LINK) {
        if (!this.#isRanked(edge)) continue
        this.#combine(edge, this.#keyMantissa, this.#keyBlock)
      }
      this.#slotMantissa[base + k] = this.#keyMantissa
      this.#slotBlock[base + k] = this.#keyBlock
      this.#heap[base + size++] = base + k
    }
    this.#heapSize[state] = size
    for (let i = (size >> 1) - 1; i >= 0; i--) this.#sift(base, size, i)
  }

  /** Room for the slots of a state; gives back the first. */
  #slotsFor(count: number): number {
    const first = this.#slots
    this.#slots += count
    if (this.#slots > this.#heap.length) {
      const length = Math.max(this.#slots, 2 * this.#heap.length)
      this.#slotMantissa = grown(this.#slotMantissa, length)
      this.#slotBlock = grown(this.#slotBlock, length)
      this.#slotPrevious = grown(this.#slotPrevious, length)
      this.#heap = grown(this.#heap, length)
    }
    return first
  }

  /** Finds the next group of a state; false when there is none. Its own stack: chains may be very long. */
  #extend(wanted: number): boolean {
    this.#prepare(wanted)
    if (this.#heapSize[wanted] === 0) return false
    const stack = [wanted]
    while (stack.length > 0) {
      const state = stack[stack.length - 1]!
      this.#prepare(state)
      const missing = this.#gather(state)
      if (missing !== NOTHING_MISSING) {
        stack.push(missing)
        continue
      }
      const group = this.#open[state]!
      if (this.#first[state] === 0) this.#first[state] = group
      else this.#following[this.#last[state]!] = group
      this.#last[state] = group
      this.#open[state] = 0
      stack.pop()
    }
    return true
  }

  /** Moves every slot with the top key into the open group; gives back a state whose next group must exist first. */
  #gather(state: number): number {
    const base = this.#base[state]!
    let size = this.#heapSize[state]!
    let open = this.#open[state]!
    while (size > 0) {
      const slot = this.#heap[base]!
      const mantissa = this.#slotMantissa[slot]!
      const block = this.#slotBlock[slot]!
      if (open !== 0 && (mantissa !== this.#keyMantissas[open] || block !== this.#keyBlocks[open])) break
      const k = slot - base
      const edge = this.#linkAt(state, k)
      const child = edge === END_LINK ? NO_STATE : this.#child(state, k, edge)
      const rest = child === NO_STATE ? 0 : this.#groupAfter(child, this.#slotPrevious[slot]!)
      if (child !== NO_STATE && rest === 0) return child
      if (open === 0) {
        open = this.#openGroup(state, mantissa, block, edge, rest)
      } else {
        const more = this.#more.get(open)
        if (more === undefined) this.#more.set(open, [{ edge, rest }])
        else more.push({ edge, rest })
      }
      if (child === NO_STATE || !this.#advance(slot, edge, child, rest)) {
        this.#heap[base] = this.#heap[base + --size]!
        this.#heapSize[state] = size
      }
      this.#sift(base, size, 0)
    }
    return NOTHING_MISSING
  }

  #groupAfter(state: number, previous: number): number {
    return previous === 0 ? this.#first[state]! : this.#following[previous]!
  }

  #openGroup(state: number, mantissa: number, block: number, edge: number, rest: number): number {
    const id = this.#groups++
    if (id === this.#node.length) this.#growGroups(2 * id)
    this.#node[id] = state === this.#root ? this.#graph.nodeCount : this.#signs === 1 ? state : state >> 1
    this.#keyMantissas[id] = mantissa
    this.#keyBlocks[id] = block
    this.#link[id] = edge
    this.#rest[id] = rest
    this.#open[state] = id
    return id
  }

  #growGroups(length: number): void {
    this.#node = grown(this.#node, length)
    this.#keyMantissas = grown(this.#keyMantissas, length)
    this.#keyBlocks = grown(this.#keyBlocks, length)
    this.#link = grown(this.#link, length)
    this.#rest = grown(this.#rest, length)
    this.#following = grown(this.#following, length)
  }

  /** Puts a slot on the group after `rest` of its child: one that is known, or the one that tops the child's heap. */
  #advance(slot: number, edge: number, child: number, rest: number): boolean {
    const known = this.#following[rest]!
    let mantissa: number
    let block: number
    if (known !== 0) {
      mantissa = this.#keyMantissas[known]!
      block = this.#keyBlocks[known]!
    } else {
      if (this.#heapSize[child] === 0) return false
      const top = this.#heap[this.#base[child]!]!
      mantissa = this.#slotMantissa[top]!
      block = this.#slotBlock[top]!
    }
    if (edge !== ROOT_LINK) {
      this.#combine(edge, mantissa, block)
      mantissa = this.#keyMantissa
      block = this.#keyBlock
    }
    this.#slotMantissa[slot] = mantissa
    this.#slotBlock[slot] = block
    this.#slotPrevious[slot] = rest
    return true
  }

  #sift(base: number, size: number, from: number): void {
    const heap = this.#heap
    const mantissa = this.#slotMantissa
    const block = this.#slotBlock
    let i = from
    if (i >= size) return
    const slot = heap[base + i]!
    const m = mantissa[slot]!
    const b = block[slot]!
    for (;;) {
      let next = 2 * i + 1
      if (next >= size) break
      let below = heap[base + next]!
      if (next + 1 < size) {
        const other = heap[base + next + 1]!
        if (
          block[other]! > block[below]! ||
          (block[other] === block[below] && mantissa[other]! > mantissa[below]!)
        ) {
          next++
          below = other
        }
      }
      if (b > block[below]! || (b === block[below] && m >= mantissa[below]!)) break
      heap[base + i] = below
      i = next
    }
    heap[base + i] = slot
  }
}

function grown<Column extends Float64Array | Int32Array | Uint32Array>(
  column: Column,
  length: number,
): Column {
  const longer = new (column.constructor as new (length: number) => Column)(length)
  longer.set(column)
  return longer
}

/** Mantissas and, where some value needs one, blocks. */
function normalForms(magnitude: Float64Array): { mantissa: Float64Array; block: Int32Array | null } {
  if (valueTraits(magnitude).plain) return { mantissa: magnitude, block: null }
  const mantissa = magnitude.slice()
  const block = new Int32Array(magnitude.length)
  for (let e = 0; e < magnitude.length; e++) {
    const size = Math.abs(magnitude[e]!)
    if (staysAsItIs(size)) continue
    const normal = scaled(size)
    mantissa[e] = normal.mantissa
    block[e] = normal.block
  }
  return { mantissa, block }
}

/** 0 and NaN are never multiplied. */
function staysAsItIs(size: number): boolean {
  return !(size > 0) || isPlain(size)
}
