import type { CircuitEdgeType } from '../schema/circuit-edge.type.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import type { Port } from '../src/domain/address.js'
import { printGlobalId } from '../src/domain/global-id.js'
import { EDGE_KINDS, type EdgeKind, PORT_CODES } from '../src/domain/graph-data.js'
import { edgeAddress } from '../src/query/edge-address.js'
import { edgeWeight } from '../src/query/edge-filter.js'
import { NodeView } from './node-view.js'

/** An edge as the schema spells it, read from the columns field by field. */
export class EdgeView implements CircuitEdgeType {
  readonly open: OpenGraph
  readonly edge: number

  constructor(open: OpenGraph, edge: number) {
    this.open = open
    this.edge = edge
  }

  get __typename(): 'CircuitEdge' {
    return 'CircuitEdge'
  }
  get id(): string {
    return printGlobalId('edge', this.open.id, this.address)
  }
  get address(): string {
    return edgeAddress(this.open.graph, this.edge)
  }
  get source(): NodeView {
    return new NodeView(this.open, this.open.graph.nodes[this.open.graph.edges.source[this.edge]!]!)
  }
  get target(): NodeView {
    return new NodeView(this.open, this.open.graph.nodes[this.open.graph.edges.target[this.edge]!]!)
  }
  get kind(): EdgeKind {
    return EDGE_KINDS[this.open.graph.edges.kind[this.edge]!]!
  }
  get port(): Port | null {
    return PORT_CODES[this.open.graph.edges.port[this.edge]!]!
  }
  get weight(): number | null {
    return edgeWeight(this.open.graph, this.edge)
  }
  get member(): boolean {
    return this.open.graph.edges.member[this.edge] === 1
  }
  get absWeight(): number | null {
    return this.open.graph.quotient?.absWeight[this.edge] ?? null
  }
  get edgeCount(): number | null {
    return this.open.graph.quotient?.edgesBehind[this.edge] ?? null
  }
}
