/**
 * The one door through which a graph becomes a circuit: checks it, brings nodes and edges into canonical order and
 * takes the content hash. The order in which nodes and edges arrive leaves no trace.
 */
import { type NodeAddress, type Port, parseAddress } from './address.js'
import { type CanonicalKey, canonicalKey, compareKeys } from './canonical-order.js'
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
import { runToEnd } from './steps.js'

/** What is done between two pauses: some milliseconds. */
const NODES_PER_STEP = 4_096
const EDGES_PER_STEP = 1 << 17

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
 * Throws `BAD_INPUT` naming the first duplicate address, dangling end, self-loop or infinite weight, and `BAD_ADDRESS`
 * for a place that the grammar cannot say (a fractional layer, a name past the length limit).
 * An unscored edge (NaN weight) is refused where weights carry the graph's meaning: WEIGHT, DERIVATIVE and
 * SCALED_CONTRIBUTION.
 */
export function buildGraph(draft: CircuitDraft): GraphData {
  return runToEnd(buildGraphInSteps(draft))
}

/** The same work, pausing now and then, for callers that must not hold their thread. */
export function* buildGraphInSteps(draft: CircuitDraft): Generator<void, GraphData> {
  const keys: CanonicalKey[] = []
  for (const [i, node] of draft.nodes.entries()) {
    keys.push(canonicalKey(node.place))
    if (i % NODES_PER_STEP === 0) yield
  }
  const order = keys.map((_, i) => i).sort((a, b) => compareKeys(keys[a]!, keys[b]!))
  const nodes: CircuitNode[] = []
  const ordinalOf = new Uint32Array(draft.nodes.length)
  for (const [ordinal, from] of order.entries()) {
    const node = toNode(draft.nodes[from]!, keys[from]!.text, ordinal)
    if (ordinal > 0 && nodes[ordinal - 1]!.address === node.address) {
      throw new InvalidInput('BAD_INPUT', `the address ${node.address} stands for two nodes`)
    }
    nodes.push(node)
    ordinalOf[from] = ordinal
    if (ordinal % NODES_PER_STEP === 0) yield
  }
  return {
    source: draft.source,
    edgeMeaning: draft.edgeMeaning,
    model: draft.model,
    task: draft.task,
    prompt: draft.prompt,
    maskedSites: [...new Set(draft.maskedSites)].sort(compareCodePoints),
    nodes,
    edges: yield* sortEdges(draft, nodes, ordinalOf),
  }
}

/** `buildGraph` and its content hash. */
export function buildCircuit(draft: CircuitDraft): Circuit {
  const graph = buildGraph(draft)
  return { ...graph, id: circuitHash(graph) }
}

function toNode(draft: NodeDraft, address: string, ordinal: number): CircuitNode {
  // Payloads keep the text alone: what cannot be read back must not get in.
  parseAddress(address)
  for (const [name, value] of [
    ['activation', draft.activation],
    ['probability', draft.probability],
  ] as const) {
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

function* sortEdges(
  draft: CircuitDraft,
  nodes: readonly CircuitNode[],
  ordinalOf: Uint32Array,
): Generator<void, EdgeColumns> {
  const { source, target, weight, port, member } = draft.edges
  const count = source.length
  const lengths = [source, target, weight, port, member].flatMap((column) => column?.length ?? [])
  if (lengths.some((length) => length !== count)) {
    throw new InvalidInput('BAD_INPUT', `the edge columns have different lengths: ${lengths.join(', ')}`)
  }
  const from = new Uint32Array(count)
  const to = new Uint32Array(count)
  const needsWeight = draft.edgeMeaning !== 'EFFECT_SCORE' && draft.edgeMeaning !== 'UNSIGNED_IMPORTANCE'
  for (let e = 0; e < count; e++) {
    if (e % EDGES_PER_STEP === 0) yield
    const s = source[e]!
    const t = target[e]!
    if (ordinalOf[s] === undefined || ordinalOf[t] === undefined) {
      throw new InvalidInput(
        'BAD_INPUT',
        `edge ${e} points to node ${ordinalOf[s] === undefined ? s : t}, but there are ${nodes.length} nodes`,
      )
    }
    from[e] = ordinalOf[s]
    to[e] = ordinalOf[t]
    const w = weight[e]!
    const isLoop = s === t
    if (isLoop || (!Number.isFinite(w) && (needsWeight || !Number.isNaN(w)))) {
      const name = `${nodes[from[e]!]!.address}->${nodes[to[e]!]!.address}`
      throw new InvalidInput(
        'BAD_INPUT',
        isLoop
          ? `the edge ${name} is a loop from a node to itself`
          : `the weight of ${name} is ${w}, not a finite number`,
      )
    }
  }
  const portCode = port === undefined ? null : Uint8Array.from(port, (p) => PORT_CODES.indexOf(p))
  const order = yield* orderByEnds(from, to, nodes.length)
  yield* sortParallel(order, from, to, (a, b) => {
    const ports = portCode === null ? 0 : portCode[a]! - portCode[b]!
    return ports || compareWeights(weight[a]!, weight[b]!) || (member?.[a] ?? 1) - (member?.[b] ?? 1)
  })
  const sorted = {
    count,
    source: new Uint32Array(count),
    target: new Uint32Array(count),
    weight: new Float64Array(count),
    kind: new Uint8Array(count).fill(EDGE_KINDS.indexOf(draft.edges.kind)),
    port: new Uint8Array(count),
    member: new Uint8Array(count).fill(1),
  }
  for (let i = 0; i < count; i++) {
    if (i % EDGES_PER_STEP === 0) yield
    const e = order[i]!
    sorted.source[i] = from[e]!
    sorted.target[i] = to[e]!
    sorted.weight[i] = weight[e]! + 0
    if (portCode !== null) sorted.port[i] = portCode[e]!
    if (member !== undefined) sorted.member[i] = member[e] ? 1 : 0
  }
  return sorted
}

/** Edge indices by source, then target: two stable counting passes, O(edges + nodes), so that a million edges do not stall the server. */
function* orderByEnds(from: Uint32Array, to: Uint32Array, nodeCount: number): Generator<void, Uint32Array> {
  const byTarget = yield* countingPass(null, to, nodeCount)
  return yield* countingPass(byTarget, from, nodeCount)
}

/** `order` null: as they stand. */
function* countingPass(
  order: Uint32Array | null,
  key: Uint32Array,
  keys: number,
): Generator<void, Uint32Array> {
  const next = new Uint32Array(keys + 1)
  for (let e = 0; e < key.length; e++) {
    if (e % EDGES_PER_STEP === 0) yield
    next[key[e]! + 1]!++
  }
  for (let k = 0; k < keys; k++) next[k + 1]! += next[k]!
  const out = new Uint32Array(key.length)
  for (let i = 0; i < key.length; i++) {
    if (i % EDGES_PER_STEP === 0) yield
    const e = order === null ? i : order[i]!
    out[next[key[e]!]!++] = e
  }
  return out
}

/** Orders each run of edges between the same two nodes. */
function* sortParallel(
  order: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
  compare: (a: number, b: number) => number,
): Generator<void, void> {
  let pause = EDGES_PER_STEP
  for (let start = 0; start < order.length; ) {
    if (start >= pause) {
      pause = start + EDGES_PER_STEP
      yield
    }
    let end = start + 1
    while (
      end < order.length &&
      from[order[end]!] === from[order[start]!] &&
      to[order[end]!] === to[order[start]!]
    )
      end++
    if (end - start > 1) order.subarray(start, end).sort(compare)
    start = end
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
