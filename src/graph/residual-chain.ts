/** The residual stream of one channel as a chain of points (algorithms.md §0.3): O(reads + writes) links, not their product. */

/** Somebody who writes to the channel or reads it, at a phase of the forward pass; nothing is read at its own phase. */
export interface StreamUse {
  readonly node: number
  /** Phases rise along the pass: a write reaches the reads of later phases. */
  readonly phase: number
  readonly writes: boolean
  /** Value of the link: how much is written or read. */
  readonly value: number
  /** Index into EDGE_KINDS. */
  readonly kind: number
}

export interface Link {
  readonly source: number
  readonly target: number
  readonly value: number
  readonly kind: number
}

/**
 * Links of one channel: writer → point, point → next point (value 1), point → reader. Every write reaches every later
 * read by exactly one way. A point gathers all writes since the last read; writes that nobody reads make none.
 * `newPoint` hands out the index of a fresh transparent point, which lies just before a phase.
 */
export function residualChain(
  uses: readonly StreamUse[],
  newPoint: (phase: number) => number,
  pointKind: number,
): readonly Link[] {
  const links: Link[] = []
  let point: number | null = null
  let pending: StreamUse[] = []
  for (const use of [...uses].sort((a, b) => a.phase - b.phase || a.node - b.node)) {
    if (use.writes) {
      pending.push(use)
      continue
    }
    if (pending.length > 0) {
      const next = newPoint(use.phase)
      if (point !== null) links.push({ source: point, target: next, value: 1, kind: pointKind })
      for (const { node, value, kind } of pending) links.push({ source: node, target: next, value, kind })
      point = next
      pending = []
    }
    if (point !== null) links.push({ source: point, target: use.node, value: use.value, kind: use.kind })
  }
  return links
}
