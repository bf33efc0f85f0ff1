/** How many paths of a question pass each node and each hop, and how much of their sum (algorithms.md A3). */
import { LimitExceeded } from '../domain/errors.js'
import type { CompactGraph } from './compact-graph.js'
import { countPathsThroughNodes } from './path-count.js'
import {
  absoluteHopMass,
  absoluteNodeMass,
  type PathMass,
  pathMass,
  signedHopMass,
  signedNodeMass,
} from './path-mass.js'
import { ancestorsOf, descendantsOf } from './reachability.js'
import { SCALED_ZERO, type ScaledNumber, scaled, scaledProduct, scaledSum, shifted } from './scaled-number.js'
import type { PathsOfInterest } from './through-set.js'

/** A hop between visible nodes, with its first and last edge (the same one unless it passes transparent points). */
export interface FlowHop {
  readonly from: number
  readonly to: number
  readonly firstEdge: number
  readonly lastEdge: number
}

export interface Mass {
  /** Sum of the signed products of the paths, and of their absolute values. */
  readonly signed: ScaledNumber
  readonly absolute: ScaledNumber
}

/** Hops of one question: beyond it their list is refused. */
export const MOST_HOPS = 5_000_000

export class FlowMass {
  readonly #walked: CompactGraph
  readonly #transparent: Uint8Array | null
  readonly #paths: PathsOfInterest
  readonly #mass: PathMass
  readonly #reached: Uint8Array
  readonly #leading: Uint8Array
  /** Visible nodes on paths, ascending. */
  readonly nodes: readonly number[]
  #hops: readonly FlowHop[] | null = null
  #told = 0
  #counts: ReturnType<typeof countPathsThroughNodes> | null = null

  /** `walked`: the graph that `paths` are paths of. */
  constructor(walked: CompactGraph, transparent: Uint8Array | null, paths: PathsOfInterest) {
    const { graph, order, sources, sinks } = paths
    this.#walked = walked
    this.#transparent = transparent
    this.#paths = paths
    this.#mass = pathMass(graph, order, sources, sinks)
    this.#reached = descendantsOf(graph, sources)
    this.#leading = ancestorsOf(graph, sinks)
    const isOnPath = (copy: number): boolean => this.#reached[copy] === 1 && this.#leading[copy] === 1
    this.nodes = Array.from({ length: walked.nodeCount }, (_, v) => v).filter(
      (v) => transparent?.[v] !== 1 && paths.copiesOf(v).some(isOnPath),
    )
  }

  get total(): Mass {
    return { signed: this.#mass.signedTotal, absolute: this.#mass.absoluteTotal }
  }

  /** Hops on paths, by the nodes at their ends. Throws COST_EXCEEDED for more than MOST_HOPS. */
  get hops(): readonly FlowHop[] {
    this.#hops ??= this.nodes.flatMap((from) => this.#hopsFrom(from))
    return this.#hops
  }

  ofNode(v: number): Mass {
    const copies = this.#paths.copiesOf(v)
    return {
      signed: total(copies.map((copy) => signedNodeMass(this.#mass, copy))),
      absolute: total(copies.map((copy) => absoluteNodeMass(this.#mass, copy))),
    }
  }

  ofHop(hop: FlowHop): Mass {
    const value = this.#valueOf(hop)
    const ways = this.#paths.hopsOf(hop.from, hop.to)
    return {
      signed: total(ways.map(([from, to]) => signedHopMass(this.#mass, from, value, to))),
      absolute: total(ways.map(([from, to]) => absoluteHopMass(this.#mass, from, value, to))),
    }
  }

  /** Share of the absolute total that passes a node, 0…1; null where that total is 0. */
  shareOfNode(v: number): number | null {
    if (this.total.absolute.mantissa === 0) return null
    let share = 0
    for (const copy of this.#paths.copiesOf(v)) share += this.#shareOver(copy, 1, 0, copy)
    return share
  }

  shareOfHop(hop: FlowHop): number | null {
    if (this.total.absolute.mantissa === 0) return null
    const value = this.#valueOf(hop)
    if (value === null) return 0
    let share = 0
    for (const [from, to] of this.#paths.hopsOf(hop.from, hop.to))
      share += this.#shareOver(from, Math.abs(value.mantissa), value.block, to)
    return share
  }

  /** Mantissas lie within 2^±256: neither the product of three nor its quotient by a fourth leaves float64's range. */
  #shareOver(from: number, value: number, valueBlock: number, to: number): number {
    const { forward, backward, absoluteTotal } = this.#mass
    const size = (forward.absolute[from]! * value * backward.absolute[to]!) / absoluteTotal.mantissa
    return shifted(size, forward.block[from]! + valueBlock + backward.block[to]! - absoluteTotal.block)
  }

  countOfNode(v: number): bigint {
    return this.#paths.copiesOf(v).reduce((sum, copy) => sum + this.#countOver(copy, copy), 0n)
  }

  countOfHop({ from, to }: FlowHop): bigint {
    return this.#paths.hopsOf(from, to).reduce((sum, [a, b]) => sum + this.#countOver(a, b), 0n)
  }

  #countOver(from: number, to: number): bigint {
    const { graph, order, sources, sinks } = this.#paths
    this.#counts ??= countPathsThroughNodes(graph, order, sources, sinks)
    return this.#counts.forward[from]! * this.#counts.backward[to]!
  }

  /** Both edges may be so small that their product is not a float64. */
  #valueOf({ firstEdge, lastEdge }: FlowHop): ScaledNumber | null {
    const { weight } = this.#walked
    const [first, last] = [weight[firstEdge]!, weight[lastEdge]!]
    if (Number.isNaN(first) || Number.isNaN(last)) return null
    return firstEdge === lastEdge ? scaled(first) : scaledProduct(scaled(first), scaled(last))
  }

  /** Through transparent points every visible node behind is reached by one way for each first edge. */
  #hopsFrom(from: number): FlowHop[] {
    const { outStart, outEdge, target } = this.#walked
    const found: FlowHop[] = []
    for (let i = outStart[from]!; i < outStart[from + 1]!; i++) {
      const firstEdge = outEdge[i]!
      const open = [firstEdge]
      for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
        const to = target[edge]!
        if (this.#transparent?.[to] === 1)
          for (let j = outStart[to]!; j < outStart[to + 1]!; j++) open.push(outEdge[j]!)
        else if (this.#isOnPath(from, to)) found.push({ from, to, firstEdge, lastEdge: edge })
      }
    }
    this.#told += found.length
    if (this.#told > MOST_HOPS)
      throw new LimitExceeded(
        `the paths of this question use more than ${MOST_HOPS.toLocaleString('en')} links`,
        { hint: 'ask for the mass of nodes, without control links, or of a smaller graph' },
        'COST_EXCEEDED',
      )
    return found.sort((a, b) => a.to - b.to || a.firstEdge - b.firstEdge || a.lastEdge - b.lastEdge)
  }

  #isOnPath(from: number, to: number): boolean {
    return this.#paths.hopsOf(from, to).some(([a, b]) => this.#reached[a] === 1 && this.#leading[b] === 1)
  }
}

function total(parts: readonly ScaledNumber[]): ScaledNumber {
  return parts.reduce(scaledSum, SCALED_ZERO)
}
