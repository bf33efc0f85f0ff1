/** Order in which every edge points forward: that of the nodes themselves where it does, else Kahn's (1962). */
import { InvalidInput } from '../domain/errors.js'
import type { CompactGraph } from './compact-graph.js'

/**
 * All nodes, sources of edges before their targets; the same graph always gives the same order. O(V + E).
 * Throws `NOT_MEANINGFUL` naming one cycle when there is one: sums over paths do not exist then.
 * `refusal` is how that sentence begins. `likely` is the answer if every edge points forward in it.
 */
export function topologicalOrder(
  graph: CompactGraph,
  nameOf: (node: number) => string = String,
  refusal = 'paths are not finite: the graph has the cycle',
  likely: Uint32Array | null = null,
): Uint32Array {
  const { nodeCount, outStart, outEdge, inStart, target } = graph
  const order = new Uint32Array(nodeCount)
  // Nodes stand by layer, so most graphs are in order already; passes then go through memory in one direction.
  if (pointForward(graph)) return order.map((_, v) => v)
  if (likely !== null && isForward(graph, likely)) return likely
  const waiting = new Uint32Array(nodeCount)
  let found = 0
  for (let v = 0; v < nodeCount; v++) {
    waiting[v] = inStart[v + 1]! - inStart[v]!
    if (waiting[v] === 0) order[found++] = v
  }
  for (let done = 0; done < found; done++) {
    const v = order[done]!
    for (let i = outStart[v]!; i < outStart[v + 1]!; i++) {
      const next = target[outEdge[i]!]!
      if (--waiting[next]! === 0) order[found++] = next
    }
  }
  if (found < nodeCount) throw cycleError(graph, waiting, nameOf, refusal)
  return order
}

function pointForward({ edgeCount, source, target }: CompactGraph): boolean {
  for (let e = 0; e < edgeCount; e++) if (source[e]! >= target[e]!) return false
  return true
}

function isForward({ nodeCount, edgeCount, source, target }: CompactGraph, order: Uint32Array): boolean {
  const place = new Uint32Array(nodeCount)
  for (let i = 0; i < nodeCount; i++) place[order[i]!] = i
  for (let e = 0; e < edgeCount; e++) if (place[source[e]!]! >= place[target[e]!]!) return false
  return true
}

const NAMES_SHOWN = 12

/** Every node that still waits has a predecessor that waits: walking back must come round. */
function cycleError(
  graph: CompactGraph,
  waiting: Uint32Array,
  nameOf: (node: number) => string,
  refusal: string,
): InvalidInput {
  const seenAt = new Map<number, number>()
  const walk: number[] = []
  let v = waiting.findIndex((count) => count > 0)
  while (!seenAt.has(v)) {
    seenAt.set(v, walk.length)
    walk.push(v)
    v = waitingPredecessor(graph, waiting, v)
  }
  const cycle = [...walk.slice(seenAt.get(v)!).reverse()]
  // Told from its smallest node, so that the sentence does not depend on where the walk began.
  const least = cycle.indexOf(cycle.reduce((a, b) => Math.min(a, b)))
  const nodes = [...cycle.slice(least), ...cycle.slice(0, least)]
  const names = nodes.slice(0, NAMES_SHOWN).map(nameOf)
  const text =
    nodes.length > NAMES_SHOWN
      ? `${names.join(' → ')} → … (${nodes.length} nodes)`
      : `${names.join(' → ')} → ${names[0]}`
  return new InvalidInput('NOT_MEANINGFUL', `${refusal} ${text}`)
}

function waitingPredecessor(graph: CompactGraph, waiting: Uint32Array, v: number): number {
  for (let i = graph.inStart[v]!; i < graph.inStart[v + 1]!; i++) {
    const u = graph.source[graph.inEdge[i]!]!
    if (waiting[u]! > 0) return u
  }
  return v
}
