/**
 * The one door through which a graph becomes a circuit: checks it, brings nodes and edges into canonical order and
 * takes the content hash. The order in which nodes and edges arrive leaves no trace.
 */
import { type NodeAddress, type Port, printAddress } from './address.js'
import { compareAddresses } from './canonical-order.js'
import { circuitHash } from './circuit-hash.js'
import { compareCodePoints } from './code-point-order.js'
import { InvalidInput } from './errors.js'
import {
  type Circuit,
  type CircuitNode,
  EDGE_KINDS,
  type EdgeColumns,
  type EdgeKind,
  type GraphData,
  nodeKindOf,
  PORT_CODES,
} from './graph-data.js'

export interface NodeDraft {
  readonly place: NodeAddress
  readonly sourceId?: string | null
  readonly label?: string | null
  readonly activation?: number | null
  readonly probability?: number | null
  readonly isTarget?: boolean
}

/** Edges of a draft name their ends by index into the draft's nodes. */
export interface EdgeDraftColumns {
  readonly source: ArrayLike<number>
  readonly target: ArrayLike<number>
  /** NaN for unscored. */
  readonly weight: ArrayLike<number>
  readonly kind: EdgeKind
  readonly port?: readonly (Port | null)[]
  readonly member?: ArrayLike<number>
}

export type CircuitDraft = Omit<GraphData, 'nodes' | 'edges'> & {
  readonly nodes: readonly NodeDraft[]
  readonly edges: EdgeDraftColumns
}

/**
 * Throws `BAD_INPUT` naming the first duplicate address, dangling end, self-loop or infinite weight.
 * An unscored edge (NaN weight) is refused where weights carry the graph's meaning: WEIGHT, DERIVATIVE and
 * SCALED_CONTRIBUTION.
 */
export function buildCircuit(draft: CircuitDraft): Circuit {
  const order = draft.nodes.map((_, i) => i).sort((a, b) => compareAddresses(draft.nodes[a]!.place, draft.nodes[b]!.place))
  const nodes: CircuitNode[] = []
  const ordinalOf = new Uint32Array(draft.nodes.length)
  for (const [ordinal, from] of order.entries()) {
    const node = toNode(draft.nodes[from]!, ordinal)
    if (ordinal > 0 && nodes[ordinal - 1]!.address === node.address) {
      throw new InvalidInput('BAD_INPUT', `the address ${node.address} stands for two nodes`)
    }
    nodes.push(node)
    ordinalOf[from] = ordinal
  }
  const graph: GraphData = {
    source: draft.source,
    edgeMeaning: draft.edgeMeaning,
    model: draft.model,
    task: draft.task,
    prompt: draft.prompt,
    maskedSites: [...new Set(draft.maskedSites)].sort(compareCodePoints),
    nodes,
    edges: sortEdges(draft, nodes, ordinalOf),
  }
  return { ...graph, id: circuitHash(graph) }
}

function toNode(draft: NodeDraft, ordinal: number): CircuitNode {
  const address = printAddress(draft.place)
  for (const [name, value] of [['activation', draft.activation], ['probability', draft.probability]] as const) {
    if (value !== null && value !== undefined && !Number.isFinite(value)) {
      throw new InvalidInput('BAD_INPUT', `the ${name} of ${address} is ${value}, not a finite number`)
    }
  }
  return {
    ordinal,
    address,
    place: draft.place,
    kind: nodeKindOf(draft.place.site),
    sourceId: draft.sourceId ?? null,
    label: draft.label ?? null,
    activation: plainZero(draft.activation ?? null),
    probability: plainZero(draft.probability ?? null),
    isTarget: draft.isTarget ?? false,
  }
}

function sortEdges(draft: CircuitDraft, nodes: readonly CircuitNode[], ordinalOf: Uint32Array): EdgeColumns {
  const { source, target, weight, port, member } = draft.edges
  const count = source.length
  if (target.length !== count || weight.length !== count) {
    throw new InvalidInput('BAD_INPUT', `the edge columns have lengths ${count}, ${target.length} and ${weight.length}`)
  }
  const from = new Uint32Array(count)
  const to = new Uint32Array(count)
  const needsWeight = draft.edgeMeaning !== 'EFFECT_SCORE' && draft.edgeMeaning !== 'UNSIGNED_IMPORTANCE'
  for (let e = 0; e < count; e++) {
    const s = source[e]!
    const t = target[e]!
    if (s >= nodes.length || t >= nodes.length || s < 0 || t < 0) {
      throw new InvalidInput('BAD_INPUT', `edge ${e} points to node ${s >= nodes.length || s < 0 ? s : t}, but there are ${nodes.length} nodes`)
    }
    from[e] = ordinalOf[s]!
    to[e] = ordinalOf[t]!
    const name = (): string => `${nodes[from[e]!]!.address}->${nodes[to[e]!]!.address}`
    if (from[e] === to[e]) throw new InvalidInput('BAD_INPUT', `the edge ${name()} is a loop from a node to itself`)
    if (!Number.isFinite(weight[e]!) && (needsWeight || !Number.isNaN(weight[e]!))) {
      throw new InvalidInput('BAD_INPUT', `the weight of ${name()} is ${weight[e]}, not a finite number`)
    }
  }
  const portCode = port === undefined ? null : Uint8Array.from(port, (p) => PORT_CODES.indexOf(p))
  const order = new Uint32Array(count).map((_, i) => i)
  order.sort(
    (a, b) =>
      from[a]! - from[b]! || to[a]! - to[b]! || (portCode === null ? 0 : portCode[a]! - portCode[b]!) || compareWeights(weight[a]!, weight[b]!) ||
      (member?.[a] ?? 1) - (member?.[b] ?? 1),
  )
  return {
    count,
    source: order.map((e) => from[e]!),
    target: order.map((e) => to[e]!),
    weight: Float64Array.from(order, (e) => weight[e]! + 0),
    kind: new Uint8Array(count).fill(EDGE_KINDS.indexOf(draft.edges.kind)),
    port: Uint8Array.from(order, (e) => portCode?.[e] ?? 0),
    member: Uint8Array.from(order, (e) => (member === undefined || member[e] ? 1 : 0)),
  }
}

/** −0 becomes 0, so that one value has one spelling. */
function plainZero(value: number | null): number | null {
  return value === null ? null : value + 0
}

/** Unscored (NaN) edges stand last among parallel ones. */
function compareWeights(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a - b
}
