/**
 * The paths of a graph that an automaton accepts, as a graph of their own (algorithms.md A5). A node of the product is a
 * node with the set of states that the automaton can be in there (Rabin & Scott 1959, made only where paths lead), so that
 * each path of the graph is one path of the product: what is counted or summed there counts and sums each path once.
 *
 * Transparent points carry links and are no nodes: an automaton moves when a hop has ended at a node.
 */
import { LimitExceeded } from '../domain/errors.js'
import { type CompactGraph, compactGraph } from './compact-graph.js'

export interface PathAutomaton {
  readonly states: number
  readonly start: number
  readonly end: number
  readonly transitions: readonly (readonly (
    | { readonly kind: 'pass'; readonly node: number | null; readonly to: number }
    | { readonly kind: 'hop'; readonly edge: number; readonly to: number }
  )[])[]
}

/** What guards and hops of the automaton ask, by their numbers. */
export interface AutomatonTests {
  readonly guards: number
  readonly passes: (guard: number, node: number) => boolean
  readonly hops: number
  /** Against the direction of the edges? */
  readonly isBackward: (hop: number) => boolean
  /** A hop leads along `firstEdge`, over transparent points if the two differ, and along `lastEdge`. */
  readonly fits: (hop: number, firstEdge: number, lastEdge: number) => boolean
}

export interface WalkedGraph {
  readonly graph: CompactGraph
  readonly transparent: Uint8Array | null
  /** Edges of one kind and weight are alike behind a transparent point. */
  readonly kind: Uint8Array
}

export interface AutomatonProduct {
  readonly graph: CompactGraph
  readonly transparent: Uint8Array | null
  /** Node of the walked graph by node of the product, ascending. */
  readonly nodeOf: Uint32Array
  /** Edge of the walked graph by edge of the product, ascending. */
  readonly edgeOf: Uint32Array
  /** 1 where a path goes against the edge. */
  readonly backward: Uint8Array
  readonly sources: readonly number[]
  readonly sinks: readonly number[]
}

/** Edges of a product: beyond it a question is refused. */
const MOST_EDGES = 20_000_000

/** Paths begin and end at the given nodes; null: wherever the automaton lets them. Throws COST_EXCEEDED. */
export function automatonProduct(
  walk: WalkedGraph,
  automaton: PathAutomaton,
  tests: AutomatonTests,
  ends: { readonly from: readonly number[] | null; readonly to: readonly number[] | null },
): AutomatonProduct {
  const steps = automatonProductInSteps(walk, automaton, tests, ends)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The same, in steps of a few milliseconds. */
export function automatonProductInSteps(
  walk: WalkedGraph,
  automaton: PathAutomaton,
  tests: AutomatonTests,
  ends: { readonly from: readonly number[] | null; readonly to: readonly number[] | null },
): Generator<void, AutomatonProduct> {
  return new ProductWalk(walk, automaton, tests).build(ends)
}

class ProductWalk {
  readonly #walk: WalkedGraph
  readonly #sets: StateSets
  readonly #classes: HopClasses
  readonly #visible: number

  // Product nodes as they are found.
  readonly #nodes: number[] = []
  readonly #setOf: number[] = []
  /** How a hop that is under way began: an edge that stands for all that are alike; −1 at visible nodes. */
  readonly #begunBy: number[] = []
  readonly #indexOf = new Map<string, number>()
  // Product edges.
  readonly #from: number[] = []
  readonly #to: number[] = []
  readonly #edge: number[] = []
  readonly #against: number[] = []

  constructor(walk: WalkedGraph, automaton: PathAutomaton, tests: AutomatonTests) {
    this.#walk = walk
    this.#sets = new StateSets(automaton, tests)
    this.#classes = new HopClasses(walk, tests)
    this.#visible = walk.graph.nodeCount
  }

  *build({
    from,
    to,
  }: {
    readonly from: readonly number[] | null
    readonly to: readonly number[] | null
  }): Generator<void, AutomatonProduct> {
    const { transparent } = this.#walk
    const starts = from ?? range(this.#visible).filter((node) => transparent?.[node] !== 1)
    const sources = starts.flatMap((node) => {
      const set = this.#sets.begin(node)
      return set === null ? [] : [this.#indexAt(node, set, NO_EDGE)]
    })
    for (let next = 0; next < this.#nodes.length; next++) {
      this.#expand(next, 'FORWARD')
      if (this.#classes.anyBackward) this.#expand(next, 'BACKWARD')
      if (this.#edge.length > MOST_EDGES)
        throw new LimitExceeded(
          `the pattern leads over more than ${MOST_EDGES.toLocaleString('en')} edges of this graph`,
          { hint: 'say more of its nodes, or select a smaller graph first' },
          'COST_EXCEEDED',
        )
      if (next % NODES_PER_STEP === 0) yield
    }
    yield
    const isEnd = to === null ? null : new Set(to)
    const sinks = range(this.#nodes.length).filter(
      (i) =>
        this.#begunBy[i] === NO_EDGE &&
        this.#sets.accepts(this.#setOf[i]!) &&
        (isEnd === null || isEnd.has(this.#nodes[i]!)),
    )
    return this.#inOrder(sources, sinks)
  }

  #expand(at: number, direction: 'FORWARD' | 'BACKWARD'): void {
    const { graph, transparent } = this.#walk
    const forward = direction === 'FORWARD'
    const node = this.#nodes[at]!
    const begunBy = this.#begunBy[at]!
    if (begunBy !== NO_EDGE && this.#classes.isBackwardHop(begunBy) === forward) return
    const [start, list, far] = forward
      ? [graph.outStart, graph.outEdge, graph.target]
      : [graph.inStart, graph.inEdge, graph.source]
    const set = this.#setOf[at]!
    for (let i = start[node]!; i < start[node + 1]!; i++) {
      const edge = list[i]!
      const other = far[edge]!
      if (transparent?.[other] === 1) {
        const begun = begunBy === NO_EDGE ? this.#classes.begin(edge, direction) : begunBy
        if (this.#sets.canHop(set, direction, this.#classes))
          this.#connect(at, this.#indexAt(other, set, begun), edge, !forward)
        continue
      }
      const first = begunBy === NO_EDGE ? edge : this.#classes.edgeOf(begunBy)
      const hop = forward
        ? this.#classes.of(first, edge, direction)
        : this.#classes.of(edge, first, direction)
      const after = this.#sets.after(set, hop, other, this.#classes)
      if (after !== null) this.#connect(at, this.#indexAt(other, after, NO_EDGE), edge, !forward)
    }
  }

  #connect(from: number, to: number, edge: number, against: boolean): void {
    this.#from.push(from)
    this.#to.push(to)
    this.#edge.push(edge)
    this.#against.push(against ? 1 : 0)
  }

  #indexAt(node: number, set: number, begunBy: number): number {
    const key = `${node} ${set} ${begunBy}`
    const known = this.#indexOf.get(key)
    if (known !== undefined) return known
    const index = this.#nodes.length
    this.#nodes.push(node)
    this.#setOf.push(set)
    this.#begunBy.push(begunBy)
    this.#indexOf.set(key, index)
    return index
  }

  /** Nodes and edges in the order of the walked graph, which ties follow. */
  #inOrder(sources: readonly number[], sinks: readonly number[]): AutomatonProduct {
    const nodes = range(this.#nodes.length).sort((a, b) => this.#nodes[a]! - this.#nodes[b]! || a - b)
    const placeOf = new Uint32Array(nodes.length)
    nodes.forEach((node, place) => {
      placeOf[node] = place
    })
    const edges = range(this.#edge.length).sort((a, b) => this.#edge[a]! - this.#edge[b]! || a - b)
    const { graph, transparent } = this.#walk
    const edgeOf = Uint32Array.from(edges, (e) => this.#edge[e]!)
    return {
      graph: compactGraph(
        nodes.length,
        Uint32Array.from(edges, (e) => placeOf[this.#from[e]!]!),
        Uint32Array.from(edges, (e) => placeOf[this.#to[e]!]!),
        Float64Array.from(edgeOf, (edge) => graph.weight[edge]!),
      ),
      transparent: transparent === null ? null : Uint8Array.from(nodes, (i) => transparent[this.#nodes[i]!]!),
      nodeOf: Uint32Array.from(nodes, (i) => this.#nodes[i]!),
      edgeOf,
      backward: Uint8Array.from(edges, (e) => this.#against[e]!),
      sources: ascending(sources.map((i) => placeOf[i]!)),
      sinks: ascending(sinks.map((i) => placeOf[i]!)),
    }
  }
}

const NO_EDGE = -1
const NODES_PER_STEP = 64

/** Sets of states by number, and where they lead; nodes and hops count by what they let pass. */
class StateSets {
  readonly #automaton: PathAutomaton
  readonly #tests: AutomatonTests
  readonly #members: (readonly number[])[] = []
  readonly #numbers = new Map<string, number>()
  readonly #classOfNode = new Map<number, number>()
  readonly #nodeClasses: (readonly boolean[])[] = []
  readonly #nodeClassNumbers = new Map<string, number>()
  readonly #closed = new Map<string, number | null>()
  readonly #moved = new Map<string, number | null>()

  constructor(automaton: PathAutomaton, tests: AutomatonTests) {
    this.#automaton = automaton
    this.#tests = tests
  }

  /** The states at a node where a path begins; null for none that goes on or ends there. */
  begin(node: number): number | null {
    return this.#close(this.#numberOf([this.#automaton.start]), node)
  }

  accepts(set: number): boolean {
    return this.#members[set]!.includes(this.#automaton.end)
  }

  /** May any hop of this direction begin? */
  canHop(set: number, direction: 'FORWARD' | 'BACKWARD', classes: HopClasses): boolean {
    return this.#members[set]!.some((state) =>
      this.#automaton.transitions[state]!.some(
        (one) => one.kind === 'hop' && classes.goes(one.edge, direction),
      ),
    )
  }

  /** The states behind a hop that ends at `node`; null for none. */
  after(set: number, hop: number, node: number, classes: HopClasses): number | null {
    const key = `${set} ${hop}`
    let moved = this.#moved.get(key)
    if (moved === undefined) {
      const states = new Set<number>()
      for (const state of this.#members[set]!)
        for (const one of this.#automaton.transitions[state]!)
          if (one.kind === 'hop' && classes.fits(hop, one.edge)) states.add(one.to)
      moved = states.size === 0 ? null : this.#numberOf([...states])
      this.#moved.set(key, moved)
    }
    return moved === null ? null : this.#close(moved, node)
  }

  /** With all states that guards of the node let it pass to. States that nothing leads on from are left out. */
  #close(set: number, node: number): number | null {
    const classOf = this.#nodeClass(node)
    const key = `${set} ${classOf}`
    const known = this.#closed.get(key)
    if (known !== undefined) return known
    const passes = this.#nodeClasses[classOf]!
    const { transitions, end } = this.#automaton
    const seen = new Set(this.#members[set]!)
    for (const state of seen)
      for (const one of transitions[state]!)
        if (one.kind === 'pass' && (one.node === null || passes[one.node] === true)) seen.add(one.to)
    const useful = [...seen].filter(
      (state) => state === end || transitions[state]!.some(({ kind }) => kind === 'hop'),
    )
    const closed = useful.length === 0 ? null : this.#numberOf(useful)
    this.#closed.set(key, closed)
    return closed
  }

  #nodeClass(node: number): number {
    const known = this.#classOfNode.get(node)
    if (known !== undefined) return known
    const passes = range(this.#tests.guards).map((guard) => this.#tests.passes(guard, node))
    const key = passes.map(Number).join('')
    const number = this.#nodeClassNumbers.get(key) ?? this.#nodeClasses.push(passes) - 1
    this.#nodeClassNumbers.set(key, number)
    this.#classOfNode.set(node, number)
    return number
  }

  #numberOf(states: readonly number[]): number {
    const members = ascending(states)
    const key = members.join()
    const number = this.#numbers.get(key) ?? this.#members.push(members) - 1
    this.#numbers.set(key, number)
    return number
  }
}

/** Hops by which tests of the automaton they fit. */
class HopClasses {
  readonly #walk: WalkedGraph
  readonly #tests: AutomatonTests
  readonly #fits: (readonly boolean[])[] = []
  readonly #numbers = new Map<string, number>()
  readonly #direct = { FORWARD: new Map<number, number>(), BACKWARD: new Map<number, number>() }
  readonly #over = new Map<string, number>()
  readonly #begun: { readonly edge: number; readonly backward: boolean }[] = []
  readonly #begunNumbers = new Map<string, number>()
  readonly anyBackward: boolean

  constructor(walk: WalkedGraph, tests: AutomatonTests) {
    this.#walk = walk
    this.#tests = tests
    this.anyBackward = range(tests.hops).some((hop) => tests.isBackward(hop))
  }

  goes(hop: number, direction: 'FORWARD' | 'BACKWARD'): boolean {
    return this.#tests.isBackward(hop) === (direction === 'BACKWARD')
  }

  fits(classOf: number, hop: number): boolean {
    return this.#fits[classOf]![hop]!
  }

  of(first: number, last: number, direction: 'FORWARD' | 'BACKWARD'): number {
    if (first === last) {
      const known = this.#direct[direction].get(first)
      if (known !== undefined) return known
      const found = this.#classOf(first, last, direction)
      this.#direct[direction].set(first, found)
      return found
    }
    const key = `${direction} ${this.#alike(first)} ${this.#alike(last)}`
    const known = this.#over.get(key)
    if (known !== undefined) return known
    const found = this.#classOf(first, last, direction)
    this.#over.set(key, found)
    return found
  }

  /** A number for a hop that begins along this edge, the same for all that are alike. */
  begin(edge: number, direction: 'FORWARD' | 'BACKWARD'): number {
    const key = `${direction} ${this.#alike(edge)}`
    const number =
      this.#begunNumbers.get(key) ?? this.#begun.push({ edge, backward: direction === 'BACKWARD' }) - 1
    this.#begunNumbers.set(key, number)
    return number
  }

  edgeOf(begun: number): number {
    return this.#begun[begun]!.edge
  }

  isBackwardHop(begun: number): boolean {
    return this.#begun[begun]!.backward
  }

  #alike(edge: number): string {
    return `${this.#walk.kind[edge]} ${this.#walk.graph.weight[edge]}`
  }

  #classOf(first: number, last: number, direction: 'FORWARD' | 'BACKWARD'): number {
    const fits = range(this.#tests.hops).map(
      (hop) => this.goes(hop, direction) && this.#tests.fits(hop, first, last),
    )
    const key = fits.map(Number).join('')
    const number = this.#numbers.get(key) ?? this.#fits.push(fits) - 1
    this.#numbers.set(key, number)
    return number
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}
