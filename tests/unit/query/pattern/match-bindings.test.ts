/** Variables of a match: leftmost alternative, greedy quantifier, lists under quantifiers. */
import { matchBindings } from '../../../../src/query/pattern/match-bindings.js'
import { parsePattern } from '../../../../src/query/pattern/parse-pattern.js'
import { patternAutomaton } from '../../../../src/query/pattern/pattern-automaton.js'

/** On a path of `hops` hops whose node number i has index i; edges fit by direction alone. */
function bound(text: string, hops: number): Record<string, readonly number[]> {
  const parsed = parsePattern(text)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  const automaton = patternAutomaton(parsed.pattern)!
  const passes = (guard: number, place: number): boolean => {
    const { where } = automaton.nodes[guard]!
    return where?.kind !== 'in' || where.values.includes(place)
  }
  const bindings = matchBindings(automaton, { hops, passes, fits: () => true })
  return Object.fromEntries(bindings.map(({ variable, places }) => [variable, places]))
}

describe('variables of a match', () => {
  it.each<[string, number, Record<string, readonly number[]>]>([
    ['(a)', 0, { a: [0] }],
    ['(a)-[e]->(b)', 1, { a: [0], b: [1], e: [0] }],
    ['(a) (-[e]->(x))* (b)', 3, { a: [0], x: [1, 2, 3], b: [3], e: [0, 1, 2] }],
    ['(a) ->* (m) ->* (b)', 3, { a: [0], m: [3], b: [3] }],
    ['(a) ->* (m WHERE index IN [1, 2]) ->* (b)', 3, { a: [0], m: [2], b: [3] }],
    ['(a) ->? (m) ->* (b)', 3, { a: [0], m: [1], b: [3] }],
    ['((a) | (b)) -> ()', 1, { a: [0], b: [] }],
    ['(a WHERE index IN [1]) -> () | (b) -> ()', 1, { a: [], b: [0] }],
    ['((x) -> (y)){2}', 2, { x: [0, 1], y: [1, 2] }],
    // Rounds that go nowhere are none.
    ['(a) ((x)*)* -> (b)', 1, { a: [0], x: [], b: [1] }],
    ['(a) (-> (x) | -> (y WHERE index IN [2]))* (b)', 2, { a: [0], x: [1, 2], y: [], b: [2] }],
  ])('%s over %d hops', (text, hops, expected) => {
    expect(bound(text, hops)).toEqual(expected)
  })

  it('are found on long paths that could be read in very many ways', () => {
    const { a, b } = bound('(() ->* ())* (a) (->* ->*)* (b)', 2_000)
    expect([a, b]).toEqual([[2_000], [2_000]])
  })
})
