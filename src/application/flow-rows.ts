/** Nodes and links of a flow with what passes them, told one by one when a page asks for them. */
import { type FlowHop, FlowMass, type Mass } from '../graph/flow-mass.js'
import { hopValue } from '../graph/path-hops.js'
import { scaledRatio, toFloat } from '../graph/scaled-number.js'
import type { PathsOfInterest } from '../graph/through-set.js'
import type { FlowEdgeRow, FlowList, FlowMasses, FlowNodeRow, MassRow } from './answers.js'
import type { QuestionWalk } from './question-walk.js'

/** `multiplies`: have all paths a product? Otherwise they are only counted. */
export function flowRows(walk: QuestionWalk, paths: PathsOfInterest, multiplies: boolean): FlowMasses {
  const mass = new FlowMass(walk.graph, walk.transparent, paths)
  const { total } = mass
  const rowOf = ({ signed, absolute }: Mass, share: number | null, count: () => bigint): MassRow => ({
    get pathCount() {
      return count().toString()
    },
    signedMass: multiplies ? toFloat(signed) : null,
    absoluteMass: multiplies ? toFloat(absolute) : null,
    signedBetweenness: multiplies && total.signed.mantissa !== 0 ? scaledRatio(signed, total.signed) : null,
    absoluteBetweenness: share,
  })
  const shareOfNode = (v: number): number | null => (multiplies ? mass.shareOfNode(v) : null)
  const shareOfHop = (hop: FlowHop): number | null => (multiplies ? mass.shareOfHop(hop) : null)
  const nodeRow = (v: number): FlowNodeRow =>
    withMass(
      { step: walk.stepOf(v) },
      rowOf(mass.ofNode(v), shareOfNode(v), () => mass.countOfNode(v)),
    )
  const edgeRow = (hop: FlowHop): FlowEdgeRow => {
    const value = hopValue(walk.graph, hop.firstEdge, hop.lastEdge)
    const link = { ...walk.hopOf(hop.firstEdge, hop.lastEdge), weight: Number.isNaN(value) ? null : value }
    const ends = { source: walk.stepOf(hop.from), target: walk.stepOf(hop.to) }
    return withMass(
      { ...ends, hop: link },
      rowOf(mass.ofHop(hop), shareOfHop(hop), () => mass.countOfHop(hop)),
    )
  }
  return {
    nodes: listOf(mass.nodes, shareOfNode, nodeRow),
    edges: () => listOf(mass.hops, shareOfHop, edgeRow),
  }
}

/** Counts stay getters: they cost exact arithmetic at every node. */
function withMass<Told extends object>(told: Told, mass: MassRow): Told & MassRow {
  return Object.assign(mass, told)
}

function listOf<Item, Row>(
  items: readonly Item[],
  strength: (item: Item) => number | null,
  row: (item: Item) => Row,
): FlowList<Row> {
  return { count: items.length, strength: (i) => strength(items[i]!), row: (i) => row(items[i]!) }
}
