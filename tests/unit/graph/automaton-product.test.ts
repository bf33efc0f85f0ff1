/** Products of graphs with automata against every path written down and matched by hand. */
import fc from 'fast-check'
import {
  type AutomatonTests,
  automatonProduct,
  type WalkedGraph,
} from '../../../src/graph/automaton-product.js'
import { countPaths } from '../../../src/graph/path-count.js'
import { strongestPaths } from '../../../src/graph/strongest-paths.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import type { PathPattern } from '../../../src/query/pattern/path-pattern.js'
import { patternAutomaton } from '../../../src/query/pattern/pattern-automaton.js'
import { compareSequences, type EdgeRow, graphOf, keyOf, seeded } from './brute-force.js'

/** Labels stand for predicates here: guards look at a node's number, hops at the edges they lead along. */
type Small =
  | { kind: 'node'; guard: number }
  | { kind: 'edge'; hop: number; back: boolean }
  | { kind: 'sequence'; parts: Small[] }
  | { kind: 'alternatives'; options: Small[] }
  | { kind: 'repeat'; of: Small; least: number; most: number | null }

const GUARDS: readonly ((node: number) => boolean)[] = [
  () => true,
  (node) => node % 2 === 0,
  (node) => node % 3 !== 1,
]

interface Hop {
  readonly first: number
  readonly last: number
  readonly back: boolean
}

const hopFits = (w: WalkedGraph, hop: number, { first, last }: Omit<Hop, 'back'>): boolean =>
  [true, w.kind[first] === 1, w.graph.weight[last]! > 0][hop]!

const small = (backwards: boolean): fc.Arbitrary<Small> =>
  fc.letrec<{ small: Small }>((tie) => ({
    small: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.nat(2).map((guard): Small => ({ kind: 'node', guard })),
      fc
        .tuple(fc.nat(2), fc.boolean())
        .map(([hop, back]): Small => ({ kind: 'edge', hop, back: backwards && back })),
      fc
        .array(tie('small'), { minLength: 2, maxLength: 4 })
        .map((parts): Small => ({ kind: 'sequence', parts })),
      fc
        .array(tie('small'), { minLength: 2, maxLength: 3 })
        .map((options): Small => ({ kind: 'alternatives', options })),
      fc.tuple(tie('small'), fc.nat(2), fc.option(fc.nat(2))).map(
        ([of, least, more]): Small => ({
          kind: 'repeat',
          of,
          least,
          // Back and forth without an end there would be paths without number.
          most: more === null ? (backwards ? least + 1 : null) : least + more,
        }),
      ),
    ),
  })).small

/** In the words of patterns: equal labels are one pattern object, so that guards and hops have numbers. */
function asPattern(tree: Small): {
  pattern: PathPattern
  guardOf: Map<object, number>
  hopOf: Map<object, Small & { kind: 'edge' }>
} {
  const guardOf = new Map<object, number>()
  const hopOf = new Map<object, Small & { kind: 'edge' }>()
  const build = (one: Small): PathPattern => {
    switch (one.kind) {
      case 'node': {
        const node: PathPattern = { kind: 'node', variable: null, labels: [], where: null }
        guardOf.set(node, one.guard)
        return node
      }
      case 'edge': {
        const direction = one.back ? 'BACKWARD' : 'FORWARD'
        const edge: PathPattern = { kind: 'edge', direction, variable: null, labels: [], where: null }
        hopOf.set(edge, one)
        return edge
      }
      case 'sequence':
        return { kind: 'sequence', parts: one.parts.map(build) }
      case 'alternatives':
        return { kind: 'alternatives', options: one.options.map(build) }
      default:
        return { kind: 'repeat', of: build(one.of), least: one.least, most: one.most }
    }
  }
  return { pattern: build(tree), guardOf, hopOf }
}

interface Walked {
  /** Visible. */
  readonly nodes: readonly number[]
  readonly hops: readonly Hop[]
  readonly edges: readonly number[]
}

/** Places in a path where a match that begins at `from` can end. */
function matchEnds(w: WalkedGraph, tree: Small, path: Walked, from: number): Set<number> {
  switch (tree.kind) {
    case 'node':
      return new Set(GUARDS[tree.guard]!(path.nodes[from]!) ? [from] : [])
    case 'edge': {
      const hop = path.hops[from]
      return new Set(
        hop !== undefined && hop.back === tree.back && hopFits(w, tree.hop, hop) ? [from + 1] : [],
      )
    }
    case 'sequence': {
      let ends = new Set([from])
      for (const part of tree.parts)
        ends = new Set([...ends].flatMap((end) => [...matchEnds(w, part, path, end)]))
      return ends
    }
    case 'alternatives':
      return new Set(tree.options.flatMap((option) => [...matchEnds(w, option, path, from)]))
    default: {
      const ends = new Set<number>()
      let round = new Set([from])
      // More rounds than there are places lead nowhere new.
      const rounds = tree.most ?? tree.least + path.nodes.length
      for (let i = 0; i <= rounds; i++) {
        if (i >= tree.least) for (const end of round) ends.add(end)
        round = new Set([...round].flatMap((end) => [...matchEnds(w, tree.of, path, end)]))
      }
      return ends
    }
  }
}

function longest(tree: Small): number {
  switch (tree.kind) {
    case 'node':
      return 0
    case 'edge':
      return 1
    case 'sequence':
      return tree.parts.reduce((sum, part) => sum + longest(part), 0)
    case 'alternatives':
      return Math.max(...tree.options.map(longest))
    default:
      return longest(tree.of) * (tree.most ?? 99)
  }
}

/** Every path from every visible node, up to `most` hops. */
function everyPath({ graph, transparent }: WalkedGraph, backwards: boolean, most: number): Walked[] {
  const found: Walked[] = []
  const step = (path: Walked, at: number, begun: Omit<Hop, 'last'> | null): void => {
    if (begun === null) {
      found.push(path)
      if (path.hops.length === most) return
    }
    for (let e = 0; e < graph.edgeCount; e++)
      for (const back of backwards ? [false, true] : [false]) {
        if (begun !== null && begun.back !== back) continue
        if ((back ? graph.target : graph.source)[e] !== at) continue
        const to = (back ? graph.source : graph.target)[e]!
        const edges = [...path.edges, e]
        const hop = begun ?? { first: e, back }
        if (transparent?.[to] === 1) step({ ...path, edges }, to, hop)
        else {
          const ends = back ? { first: e, last: hop.first } : { first: hop.first, last: e }
          step({ nodes: [...path.nodes, to], hops: [...path.hops, { ...ends, back }], edges }, to, null)
        }
      }
  }
  for (let v = 0; v < graph.nodeCount; v++)
    if (transparent?.[v] !== 1) step({ nodes: [v], hops: [], edges: [] }, v, null)
  return found
}

function world(seed: number, hidden: boolean): WalkedGraph {
  const random = seeded(seed)
  const n = 2 + Math.floor(random() * 5)
  const place = Array.from({ length: n }, (_, i) => i).sort(() => random() - 0.5)
  const edges: EdgeRow[] = []
  for (let i = 0; i < 1.7 * n; i++) {
    const [a, b] = [Math.floor(random() * n), Math.floor(random() * n)]
    if (a !== b)
      edges.push([place[Math.min(a, b)]!, place[Math.max(a, b)]!, [1, -1, 2, 0.5][Math.floor(random() * 4)]!])
  }
  return {
    graph: graphOf(n, edges),
    transparent: hidden ? Uint8Array.from({ length: n }, () => (random() < 0.3 ? 1 : 0)) : null,
    kind: Uint8Array.from(edges, () => Math.floor(random() * 2)),
  }
}

function testsOf(
  w: WalkedGraph,
  automaton: NonNullable<ReturnType<typeof patternAutomaton>>,
  { guardOf, hopOf }: ReturnType<typeof asPattern>,
): AutomatonTests {
  return {
    guards: automaton.nodes.length,
    passes: (guard, node) => GUARDS[guardOf.get(automaton.nodes[guard]!)!]!(node),
    hops: automaton.edges.length,
    isBackward: (hop) => hopOf.get(automaton.edges[hop]!)!.back,
    fits: (hop, first, last) => hopFits(w, hopOf.get(automaton.edges[hop]!)!.hop, { first, last }),
  }
}

describe.each([
  ['forward', false, false],
  ['forward over transparent points', false, true],
  ['back and forth', true, false],
  ['back and forth over transparent points', true, true],
])('patterns that go %s', (_, backwards, hidden) => {
  it('match each path once, with its product, in the exact order', () => {
    let matched = 0
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), small(backwards), (seed, tree) => {
        if (backwards && longest(tree) > 4) return
        const w = world(seed, hidden)
        const expected = everyPath(w, backwards, backwards ? longest(tree) : Number.POSITIVE_INFINITY)
          .filter((path) => matchEnds(w, tree, path, 0).has(path.nodes.length - 1))
          .map((path) => ({ path, key: keyOf(path, w.graph.weight.map(Math.abs))! }))
          .sort(
            (a, b) =>
              b.key[0] - a.key[0] ||
              b.key[1] - a.key[1] ||
              compareSequences(a.path.nodes, b.path.nodes) ||
              compareSequences(a.path.edges, b.path.edges),
          )
        const built = asPattern(tree)
        const automaton = patternAutomaton(built.pattern)!
        const product = automatonProduct(w, automaton, testsOf(w, automaton, built), { from: null, to: null })
        const order = topologicalOrder(product.graph)
        const { total } = countPaths(product.graph, order, product.sources, product.sinks)
        expect(total).toBe(BigInt(expected.length))
        const stream = strongestPaths(product.graph, order, {
          sources: product.sources,
          sinks: product.sinks,
          rank: 'ABSOLUTE_PRODUCT',
          transparent: product.transparent,
          places: product.nodeOf,
        })
        for (const { path } of expected) {
          const next = stream.next()!
          expect(next.nodes.map((node) => product.nodeOf[node])).toEqual(path.nodes)
          expect(next.product).toBe(path.edges.reduceRight((value, e) => value * w.graph.weight[e]!, 1))
          expect(next.edges.map((e) => product.edgeOf[e])).toEqual(
            path.hops.map(({ first, last, back }) => (back ? first : last)),
          )
          expect(next.edges.map((e) => product.backward[e] === 1)).toEqual(path.hops.map(({ back }) => back))
        }
        expect(stream.next()).toBeNull()
        matched += expected.length
      }),
      { numRuns: 1_500 },
    )
    expect(matched).toBeGreaterThan(1_000)
  })
})

describe('ends', () => {
  it('are where paths may begin and end', () => {
    const w: WalkedGraph = {
      graph: graphOf(4, [
        [0, 1, 1],
        [1, 2, 1],
        [2, 3, 1],
      ]),
      transparent: null,
      kind: new Uint8Array(3),
    }
    const edge: PathPattern = { kind: 'edge', direction: 'FORWARD', variable: null, labels: [], where: null }
    const automaton = patternAutomaton({ kind: 'repeat', of: edge, least: 0, most: null })!
    const tests: AutomatonTests = {
      guards: 0,
      passes: () => true,
      hops: 1,
      isBackward: () => false,
      fits: () => true,
    }
    const count = (from: number[] | null, to: number[] | null): bigint => {
      const { graph, sources, sinks } = automatonProduct(w, automaton, tests, { from, to })
      return countPaths(graph, topologicalOrder(graph), sources, sinks).total
    }
    expect(count(null, null)).toBe(10n)
    expect(count([0], null)).toBe(4n)
    expect(count(null, [3])).toBe(4n)
    expect(count([1], [2])).toBe(1n)
    expect(count([3], [0])).toBe(0n)
  })
})
