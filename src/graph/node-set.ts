/** Sets of nodes as one byte per node. */

/** 1 for members, 0 for the others; members may repeat. */
export function nodeSet(nodeCount: number, members: Iterable<number>): Uint8Array {
  const set = new Uint8Array(nodeCount)
  for (const node of members) set[node] = 1
  return set
}

/** Ascending. */
export function membersOf(set: Uint8Array): number[] {
  const members: number[] = []
  for (let v = 0; v < set.length; v++) if (set[v] === 1) members.push(v)
  return members
}

/** Without repetition, ascending: the order in which sets of ends are counted and summed. */
export function distinctNodes(nodes: Iterable<number>): Uint32Array {
  return Uint32Array.from(new Set(nodes)).sort()
}
