import type { CircuitNodeType } from '../schema/circuit-node.type.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { coordinatesOf } from '../src/domain/canonical-order.js'
import { printGlobalId } from '../src/domain/global-id.js'
import type { CircuitNode, NodeKind } from '../src/domain/graph-data.js'
import { blockName, nodeText, tapName } from '../src/query/node-filter.js'

/** A node as the schema spells it: getters, so that a field nobody asked for costs nothing. */
export class NodeView implements CircuitNodeType {
  readonly open: OpenGraph
  readonly node: CircuitNode

  constructor(open: OpenGraph, node: CircuitNode) {
    this.open = open
    this.node = node
  }

  get __typename(): 'CircuitNode' {
    return 'CircuitNode'
  }
  get id(): string {
    return printGlobalId('node', this.open.id, this.node.address)
  }
  get address(): string {
    return this.node.address
  }
  get kind(): NodeKind {
    return this.node.kind
  }
  get position(): number | null {
    return this.node.place.position
  }
  get layer(): number | null {
    return coordinatesOf(this.node.place).layer
  }
  get block(): string | null {
    return blockName(this.node)
  }
  get tap(): string | null {
    return tapName(this.node)
  }
  get index(): number | null {
    return coordinatesOf(this.node.place).index
  }
  get tokenId(): number | null {
    const { site } = this.node.place
    return (site.kind === 'token' || site.kind === 'logit') && typeof site.token === 'number'
      ? site.token
      : null
  }
  get text(): string | null {
    return nodeText(this.node, this.open.graph)
  }
  get label(): string | null {
    return this.node.label
  }
  get sourceId(): string | null {
    return this.node.sourceId
  }
  get activation(): number | null {
    return this.node.activation
  }
  get probability(): number | null {
    return this.node.probability
  }
  get isTarget(): boolean {
    return this.node.isTarget
  }
  get nodesBehind(): number | null {
    return this.open.graph.quotient?.nodesBehind[this.node.ordinal] ?? null
  }
  get innerEdges(): number | null {
    return this.open.graph.quotient?.innerEdges[this.node.ordinal] ?? null
  }
}
