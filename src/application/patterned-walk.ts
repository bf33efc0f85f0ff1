/** The paths of a walk that a pattern matches, as a walk of their own. */
import { InvalidInput, LimitExceeded } from '../domain/errors.js'
import { type AutomatonTests, automatonProductInSteps } from '../graph/automaton-product.js'
import { hopValue } from '../graph/path-hops.js'
import { topologicalOrder } from '../graph/topological-order.js'
import { hopTest, nodeTest } from '../query/pattern/element-test.js'
import { matchBindings } from '../query/pattern/match-bindings.js'
import type { PathPattern } from '../query/pattern/path-pattern.js'
import { MOST_STATES, type PatternAutomaton, patternAutomaton } from '../query/pattern/pattern-automaton.js'
import type { QuestionWalk } from './question-walk.js'

/** In steps. Throws COST_EXCEEDED for a pattern of too many states, NOT_MEANINGFUL for `=>` without a residual stream. */
export function* patternedWalk(walk: QuestionWalk, pattern: PathPattern): Generator<void, QuestionWalk> {
  const automaton = patternAutomaton(pattern)
  if (automaton === null)
    throw new LimitExceeded(
      `the pattern comes to more than ${MOST_STATES} states`,
      { path: 'pattern', hint: 'repeat less: every repetition that is counted is a copy' },
      'COST_EXCEEDED',
    )
  if (!walk.hasStream && crossesStream(pattern))
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      '`=>` goes through the residual stream, which this graph does not have',
      {
        path: 'pattern',
        hint: 'its edges are `->`',
      },
    )
  const tests = testsOf(walk, automaton)
  const product = yield* automatonProductInSteps(walk, automaton, tests, {
    from: walk.saysFrom ? walk.sources : null,
    to: walk.saysTo ? walk.sinks : null,
  })
  const { graph, nodeOf, edgeOf, backward } = product
  yield
  return {
    ...walk,
    graph,
    order: topologicalOrder(graph, (node) => walk.stepOf(nodeOf[node]!).address),
    transparent: product.transparent,
    kind: Uint8Array.from(edgeOf, (edge) => walk.kind[edge]!),
    sources: product.sources,
    sinks: product.sinks,
    places: nodeOf,
    shares: () => {
      const shares = walk.shares()
      return Float64Array.from(edgeOf, (edge) => shares[edge]!)
    },
    stepOf: (node) => walk.stepOf(nodeOf[node]!),
    hopOf: (first, last) => {
      const [a, b] = [edgeOf[first]!, edgeOf[last]!]
      return backward[first] === 1 ? { ...walk.hopOf(b, a), reversed: true } : walk.hopOf(a, b)
    },
    memberOf: (edge) => walk.memberOf(edgeOf[edge]!),
    storedEdgeOf: (edge) => walk.storedEdgeOf(edgeOf[edge]!),
    bindings: (path) =>
      matchBindings(automaton, {
        hops: path.edges.length,
        passes: (guard, place) => tests.passes(guard, nodeOf[path.nodes[place]!]!),
        fits: (hop, place) => {
          const [first, last] = [edgeOf[path.firstEdges[place]!]!, edgeOf[path.edges[place]!]!]
          const against = backward[path.edges[place]!] === 1
          return (
            tests.isBackward(hop) === against &&
            tests.fits(hop, ...(against ? swapped : straight)(first, last))
          )
        },
      }),
    nodeAt: (node) => walk.nodeAt(nodeOf[node]!),
  }
}

const straight = (first: number, last: number): [number, number] => [first, last]
/** Against the edges a hop begins where its last edge ends. */
const swapped = (first: number, last: number): [number, number] => [last, first]

function testsOf(walk: QuestionWalk, { nodes, edges }: PatternAutomaton): AutomatonTests {
  const guards = nodes.map((node) => nodeTest(node, walk.setting))
  const hops = edges.map(hopTest)
  return {
    guards: nodes.length,
    passes: (guard, at) => {
      const node = walk.nodeAt(at)
      return node !== null && guards[guard]!(node)
    },
    hops: edges.length,
    isBackward: (hop) => edges[hop]!.direction === 'BACKWARD',
    fits: (hop, first, last) => {
      const value = hopValue(walk.graph, first, last)
      const { kind, port } = walk.hopOf(first, last)
      const member = first === last ? walk.memberOf(first) : null
      return hops[hop]!({ kind, port, weight: Number.isNaN(value) ? null : value, member })
    },
  }
}

function crossesStream(pattern: PathPattern): boolean {
  switch (pattern.kind) {
    case 'residualHop':
      return true
    case 'sequence':
      return pattern.parts.some(crossesStream)
    case 'alternatives':
      return pattern.options.some(crossesStream)
    case 'repeat':
      return crossesStream(pattern.of)
    case 'node':
    case 'edge':
      return false
    default:
      return pattern satisfies never
  }
}
