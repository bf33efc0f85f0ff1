/**
 * Which nodes a link joins. Links name ids, and one id can stand for a feature of layer 0 and for an error
 * (graph-formats.md §1.4). Such a link is read, in this order:
 * 1. by what is legal: effects go to later layers and positions, errors have no inputs;
 * 2. where several readings are legal and the links stand in the tool's order (by target, then source, both as the
 *    nodes stand), by the reading that keeps this order;
 * 3. else the first link of such a pair is the feature's and the next the error's, as the tool would write them.
 */
import { badGraph } from './bad-graph.js'
import { forwardOrder, isErrorType } from './forward-order.js'
import { inTurns } from './in-turns.js'
import type { RawNode } from './node-reader.js'
import type { RawGraph } from './raw-graph.js'

export interface LinkEnds {
  /** Indices into the file's nodes. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  /** Ids of links that stand for several nodes. */
  readonly sharedIds: readonly string[]
  /** Links whose end was decided by what is legal, and by the order of the file. */
  readonly decidedByLaw: number
  readonly decidedByOrder: number
  /** Links against the order of layers and positions, or into a token or error; and the first of them. */
  readonly backward: number
  readonly firstBackward: number
  /** Were the links named by jsNodeId instead of node_id? */
  readonly byJsNodeId: boolean
}

type Reading = readonly [source: number, target: number]

/** Throws BAD_FILE naming the first link whose end is not a node of the file. */
export async function linkEnds(graph: RawGraph, name: string, signal?: AbortSignal): Promise<LinkEnds> {
  const { nodes, links } = graph
  const { perId, byJsNodeId } = nodesPerId(graph, name)
  const isForward = forwardOrder(nodes)
  const source = new Uint32Array(links.count)
  const target = new Uint32Array(links.count)
  const open: number[] = []
  let backward = 0
  let firstBackward = -1
  const read = (i: number): void => {
    const from = perId[links.source[i]!]!
    const to = perId[links.target[i]!]!
    source[i] = from[0]!
    target[i] = to[0]!
    if (from.length > 1 || to.length > 1) open.push(i)
    else if (!isForward(source[i]!, target[i]!)) {
      if (backward++ === 0) firstBackward = i
    }
  }
  await inTurns(
    links.count,
    (from, to) => {
      for (let i = from; i < to; i++) read(i)
    },
    signal,
  )
  const decide =
    open.length > 0 && inToolOrder(source, target, open) ? keepingOrder(source, target, open) : null
  const timesSeen = new Map<string, number>()
  let decidedByLaw = 0
  for (const i of open) {
    const all = perId[links.source[i]!]!.flatMap((s) => perId[links.target[i]!]!.map((t): Reading => [s, t]))
    const legal = all.filter(([s, t]) => isForward(s, t))
    const readings = legal.length > 0 ? legal : all
    const pair = `${links.source[i]} ${links.target[i]}`
    const before = timesSeen.get(pair) ?? 0
    timesSeen.set(pair, before + 1)
    if (legal.length === 1) decidedByLaw++
    else if (legal.length === 0 && backward++ === 0) firstBackward = i
    const fitting = readings.length > 1 && decide !== null ? readings.filter((one) => decide(i, one)) : []
    const [s, t] = fitting.length === 1 ? fitting[0]! : readings[Math.min(before, readings.length - 1)]!
    source[i] = s
    target[i] = t
  }
  const sharedIds = links.ids.filter((_, id) => perId[id]!.length > 1)
  return {
    source,
    target,
    sharedIds,
    decidedByLaw,
    decidedByOrder: open.length - decidedByLaw,
    backward,
    firstBackward,
    byJsNodeId,
  }
}

/** The nodes behind each id that links use, by node_id or, where that fails and it does not, by jsNodeId. */
function nodesPerId(
  { nodes, links }: RawGraph,
  name: string,
): { perId: readonly (readonly number[])[]; byJsNodeId: boolean } {
  const byNodeId = candidates(nodes, (node) => node.nodeId)
  const missing = links.ids.findIndex((id) => !byNodeId.has(id))
  if (missing < 0) return { perId: links.ids.map((id) => byNodeId.get(id)!), byJsNodeId: false }
  const byJsNodeId = candidates(nodes, (node) => node.jsNodeId)
  if (links.ids.every((id) => byJsNodeId.has(id)))
    return { perId: links.ids.map((id) => byJsNodeId.get(id)!), byJsNodeId: true }
  const link = links.source.findIndex((source, i) => source === missing || links.target[i] === missing)
  throw badGraph(
    name,
    `the link ${links.ids[links.source[link]!]} -> ${links.ids[links.target[link]!]} names ${links.ids[missing]}, which is no node of the file`,
    `links[${link}]`,
  )
}

/** Nodes by id in the order of the file, but features before errors. */
function candidates(
  nodes: readonly RawNode[],
  idOf: (node: RawNode) => string | null,
): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const wantsErrors of [false, true]) {
    for (const [i, node] of nodes.entries()) {
      const id = idOf(node)
      if (id === null || isErrorType(node.featureType) !== wantsErrors) continue
      const known = found.get(id)
      if (known === undefined) found.set(id, [i])
      else known.push(i)
    }
  }
  return found
}

/** Do the links that have one reading stand by target, then source? */
function inToolOrder(source: Uint32Array, target: Uint32Array, open: readonly number[]): boolean {
  const isOpen = new Set(open)
  let last = -1
  for (let i = 0; i < source.length; i++) {
    if (isOpen.has(i)) continue
    if (last >= 0 && compare(source, target, last, source[i]!, target[i]!) >= 0) return false
    last = i
  }
  return true
}

/** Does a reading of an open link stand between the last decided link and the next one that has one reading? */
function keepingOrder(
  source: Uint32Array,
  target: Uint32Array,
  open: readonly number[],
): (link: number, reading: Reading) => boolean {
  const isOpen = new Set(open)
  return (link, [s, t]) => {
    let next = link + 1
    while (isOpen.has(next)) next++
    return (
      (link === 0 || compare(source, target, link - 1, s, t) < 0) &&
      (next >= source.length || compare(source, target, next, s, t) > 0)
    )
  }
}

/** Sign of (link's target, source) − (t, s). */
function compare(source: Uint32Array, target: Uint32Array, link: number, s: number, t: number): number {
  return target[link]! - t || source[link]! - s
}
