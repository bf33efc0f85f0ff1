/**
 * Which nodes a link joins. Links name ids, and one id can stand for a feature of layer 0 and for an error
 * (graph-formats.md §1.4): such a link is read by what is legal, errors having no inputs and effects going to later
 * layers and positions; where both readings are legal the first such link of a pair is the feature's, the next the
 * error's, because that is the order in which the tool writes them.
 */

import { isError } from './node-place.js'
import { bad, type RawGraph, type RawNode } from './raw-graph.js'

export interface LinkEnds {
  /** Indices into the file's nodes. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  /** Ids that stand for several nodes. */
  readonly sharedIds: readonly string[]
  /** Links whose end was decided by what is legal, and by the order of the file. */
  readonly decidedByLaw: number
  readonly decidedByOrder: number
  /** Were the links named by jsNodeId instead of node_id? */
  readonly byJsNodeId: boolean
}

/** Throws BAD_FILE naming the first link whose end is not a node of the file. */
export function linkEnds(graph: RawGraph, name: string): LinkEnds {
  const { nodes, links } = graph
  const byNodeId = candidates(nodes, (node) => node.nodeId)
  const missing = links.ids.find((id) => !byNodeId.has(id))
  const byJsNodeId = missing === undefined ? null : candidates(nodes, (node) => node.jsNodeId)
  const useJs = byJsNodeId !== null && links.ids.every((id) => byJsNodeId.has(id))
  if (missing !== undefined && !useJs) {
    const link = links.source.findIndex(
      (source, i) => links.ids[source] === missing || links.ids[links.target[i]!] === missing,
    )
    const [from, to] = [links.ids[links.source[link]!], links.ids[links.target[link]!]]
    throw bad(
      name,
      `the link ${from} -> ${to} names ${missing}, which is no node of the file`,
      `links[${link}]`,
    )
  }
  const choices = useJs ? byJsNodeId : byNodeId
  const perId = links.ids.map((id) => choices.get(id)!)
  const source = new Uint32Array(links.count)
  const target = new Uint32Array(links.count)
  const seen = new Map<string, number>()
  let decidedByLaw = 0
  let decidedByOrder = 0
  for (let i = 0; i < links.count; i++) {
    const from = perId[links.source[i]!]!
    const to = perId[links.target[i]!]!
    if (from.length === 1 && to.length === 1) {
      source[i] = from[0]!
      target[i] = to[0]!
      continue
    }
    const legal = from.flatMap((s) =>
      to.filter((t) => isLegal(nodes[s]!, nodes[t]!)).map((t) => [s, t] as const),
    )
    const readings = legal.length > 0 ? legal : [[from[0]!, to[0]!] as const]
    const pair = `${links.source[i]} ${links.target[i]}`
    const before = seen.get(pair) ?? 0
    seen.set(pair, before + 1)
    if (legal.length === 1) decidedByLaw++
    else decidedByOrder++
    const [s, t] = readings[Math.min(before, readings.length - 1)]!
    source[i] = s
    target[i] = t
  }
  const sharedIds = [...choices].filter(([, found]) => found.length > 1).map(([id]) => id)
  return { source, target, sharedIds, decidedByLaw, decidedByOrder, byJsNodeId: useJs }
}

/** Nodes by id, features before errors. */
function candidates(
  nodes: readonly RawNode[],
  idOf: (node: RawNode) => string | null,
): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const [i, node] of nodes.entries()) {
    const id = idOf(node)
    if (id === null) continue
    const known = found.get(id)
    if (known === undefined) found.set(id, [i])
    else if (isError(node.featureType)) known.push(i)
    else known.unshift(i)
  }
  return found
}

function isLegal(source: RawNode, target: RawNode): boolean {
  if (isError(target.featureType) || source.position > target.position) return false
  return depthOf(source) < depthOf(target)
}

/** Tokens below layer 0, logits above all. */
function depthOf(node: RawNode): number {
  if (node.featureType === 'embedding') return -1
  if (node.featureType === 'logit') return Number.POSITIVE_INFINITY
  const layer = Number(node.layer)
  return Number.isFinite(layer) ? layer : 0
}
