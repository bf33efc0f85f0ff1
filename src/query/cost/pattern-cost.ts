/** How large the product of a graph with a pattern's automaton becomes (algorithms.md A5). */
import type { PatternAutomaton } from '../pattern/pattern-automaton.js'
import type { GraphSize } from './graph-facts.js'

export interface PatternFacts {
  readonly states: number
  /** Ways on along an edge: what sets of states are made of. */
  readonly hops: number
}

export function patternFacts({ states, transitions }: PatternAutomaton): PatternFacts {
  const hops = transitions.reduce((sum, row) => sum + row.filter(({ kind }) => kind === 'hop').length, 0)
  return { states, hops }
}

/**
 * About: each edge once per set of states that is alive before it. Sets are mostly one per hop of the pattern; those of
 * patterns that many hops of which may begin at once are more, so this is an estimate and no bound.
 */
export function productSize({ nodes, edges }: GraphSize, { hops }: PatternFacts): GraphSize {
  return { nodes: nodes * (hops + 1), edges: edges * Math.max(1, hops) }
}
