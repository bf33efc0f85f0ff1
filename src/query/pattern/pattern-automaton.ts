/**
 * A pattern as a nondeterministic automaton (Thompson 1968): hops move it along edges, guards let it pass at a node.
 * Transitions of a state stand in the order in which a match prefers them: leftmost alternative, greedy quantifier.
 */
import type { EdgePattern, NodePattern, PathPattern } from './path-pattern.js'

export interface PatternAutomaton {
  readonly states: number
  readonly start: number
  readonly end: number
  readonly transitions: readonly (readonly Transition[])[]
  /** What guards and hops ask, by their numbers. */
  readonly nodes: readonly NodePattern[]
  readonly edges: readonly EdgePattern[]
}

export type Transition =
  /** Without a hop; `node` is the guard, null for none. */
  | { readonly kind: 'pass'; readonly node: number | null; readonly to: number }
  | { readonly kind: 'hop'; readonly edge: number; readonly to: number }

/** Copies of repeated parts count. */
export const MOST_STATES = 2_000

/** Null where the pattern would have more than `MOST_STATES` states. */
export function patternAutomaton(pattern: PathPattern): PatternAutomaton | null {
  const building = new Building()
  const start = building.state()
  const end = building.add(pattern, start)
  return end === null ? null : building.automaton(start, end)
}

const WRITES: NodePattern = {
  kind: 'node',
  variable: null,
  labels: ['resid_delta', 'embed'],
  where: null,
}
const READS: NodePattern = { ...WRITES, labels: ['act_in', 'final_resid'] }
const STEP: EdgePattern = { kind: 'edge', direction: 'FORWARD', variable: null, labels: [], where: null }

/** `=>` in full: the weight before the write and the one behind the read are absent where A or B is that end itself. */
const RESIDUAL_HOP: PathPattern = {
  kind: 'sequence',
  parts: [
    { kind: 'repeat', of: { ...STEP, labels: ['WEIGHT', 'EMBEDDING'] }, least: 0, most: 1 },
    WRITES,
    { ...STEP, labels: ['RESIDUAL'] },
    READS,
    { kind: 'repeat', of: { ...STEP, labels: ['WEIGHT', 'UNEMBEDDING'] }, least: 0, most: 1 },
  ],
}

class Building {
  readonly #transitions: Transition[][] = []
  readonly #nodes: NodePattern[] = []
  readonly #edges: EdgePattern[] = []
  readonly #numbers = new Map<object, number>()

  state(): number {
    this.#transitions.push([])
    return this.#transitions.length - 1
  }

  automaton(start: number, end: number): PatternAutomaton {
    return {
      states: this.#transitions.length,
      start,
      end,
      transitions: this.#transitions,
      nodes: this.#nodes,
      edges: this.#edges,
    }
  }

  /** The state behind the pattern; null where there are too many. */
  add(pattern: PathPattern, from: number): number | null {
    if (this.#transitions.length > MOST_STATES) return null
    switch (pattern.kind) {
      case 'node':
        return this.#to(from, { kind: 'pass', node: this.#number(pattern, this.#nodes) })
      case 'edge':
        return this.#to(from, { kind: 'hop', edge: this.#number(pattern, this.#edges) })
      case 'residualHop':
        return this.add(RESIDUAL_HOP, from)
      case 'sequence': {
        let at: number | null = from
        for (const part of pattern.parts) at = at === null ? null : this.add(part, at)
        return at
      }
      case 'alternatives': {
        const ends = pattern.options.map((option) => this.add(option, this.#to(from, PASS)))
        const end = this.state()
        for (const one of ends) {
          if (one === null) return null
          this.#transitions[one]!.push({ ...PASS, to: end })
        }
        return end
      }
      case 'repeat':
        return this.#repeat(pattern, from)
      default:
        return pattern satisfies never
    }
  }

  #repeat({ of, least, most }: Extract<PathPattern, { kind: 'repeat' }>, from: number): number | null {
    let at: number | null = from
    for (let i = 0; i < least && at !== null; i++) at = this.add(of, at)
    if (at === null) return null
    if (most === null) {
      // A round is entered before it is left, so that the greedy choice stands first.
      const again = this.#to(at, PASS)
      const inside = this.#to(again, PASS)
      const done = this.add(of, inside)
      if (done === null) return null
      this.#transitions[done]!.push({ ...PASS, to: again })
      return this.#to(again, PASS)
    }
    const leaving: number[] = []
    for (let i = least; i < most && at !== null; i++) {
      leaving.push(at)
      at = this.add(of, this.#to(at, PASS))
    }
    if (at === null) return null
    const end = this.#to(at, PASS)
    for (const state of leaving) this.#transitions[state]!.push({ ...PASS, to: end })
    return end
  }

  #to(
    from: number,
    transition: { kind: 'pass'; node: number | null } | { kind: 'hop'; edge: number },
  ): number {
    const to = this.state()
    this.#transitions[from]!.push({ ...transition, to })
    return to
  }

  /** Copies of one part ask the same. */
  #number<T extends object>(part: T, all: T[]): number {
    const known = this.#numbers.get(part)
    if (known !== undefined) return known
    this.#numbers.set(part, all.length)
    return all.push(part) - 1
  }
}

const PASS = { kind: 'pass', node: null } as const
