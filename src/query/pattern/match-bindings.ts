/**
 * What the variables of a pattern stand for in one path that it matches. Where several readings fit, the leftmost
 * alternative and the greedy quantifier win: the automaton's transitions stand in that order, and the first reading
 * found depth-first is taken. A place and state that led nowhere once is not tried again.
 */
import type { PatternAutomaton } from './pattern-automaton.js'

/** Nodes and hops of a path by number: hop i leads from node i to node i + 1. */
export interface MatchedPath {
  readonly hops: number
  /** Does guard `guard` let the node at this place pass? */
  readonly passes: (guard: number, place: number) => boolean
  /** Does the hop from this place fit? */
  readonly fits: (edge: number, place: number) => boolean
}

export interface Binding {
  readonly variable: string
  /** Places of nodes or of hops in the path, in order: one, unless the variable stands under a quantifier. */
  readonly kind: 'NODES' | 'HOPS'
  readonly places: readonly number[]
}

/**
 * Nodes in their order in the pattern, then edges; a variable under a quantifier or alternative that is not used is bound
 * to nothing, and so is one in a round that goes nowhere.
 */
export function matchBindings(automaton: PatternAutomaton, path: MatchedPath): readonly Binding[] {
  const bound = new Map<string, Binding & { readonly places: number[] }>()
  for (const kind of ['NODES', 'HOPS'] as const)
    for (const { variable } of kind === 'NODES' ? automaton.nodes : automaton.edges)
      if (variable !== null && !bound.has(variable)) bound.set(variable, { variable, kind, places: [] })
  for (const { element, place } of reading(automaton, path)) bound.get(element)?.places.push(place)
  return [...bound.values()]
}

interface Step {
  readonly state: number
  readonly place: number
  /** The next transition to try. */
  next: number
  /** Variable that the transition into this step binds, and where. */
  readonly binds: { readonly element: string; readonly place: number } | null
}

/** Its own stack: paths may have many hops. Throws where the path is not matched. */
function reading(
  { states, start, end, transitions, nodes, edges }: PatternAutomaton,
  { hops, passes, fits }: MatchedPath,
): readonly { readonly element: string; readonly place: number }[] {
  const tried = new Set<number>([start])
  const stack: Step[] = [{ state: start, place: 0, next: 0, binds: null }]
  while (stack.length > 0) {
    const step = stack.at(-1)!
    if (step.state === end && step.place === hops) return stack.flatMap(({ binds }) => binds ?? [])
    const transition = transitions[step.state]![step.next++]
    if (transition === undefined) {
      stack.pop()
      continue
    }
    const isHop = transition.kind === 'hop'
    const may = isHop
      ? step.place < hops && fits(transition.edge, step.place)
      : transition.node === null || passes(transition.node, step.place)
    const place = isHop ? step.place + 1 : step.place
    const key = place * states + transition.to
    if (!may || tried.has(key)) continue
    tried.add(key)
    const asked = isHop ? edges[transition.edge]! : transition.node === null ? null : nodes[transition.node]!
    const element = asked?.variable ?? null
    const binds = element === null ? null : { element, place: step.place }
    stack.push({ state: transition.to, place, next: 0, binds })
  }
  throw new Error('invariant broken: a path of the product is matched by the pattern')
}
