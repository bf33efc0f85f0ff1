/** Which edges become relationships: all of them up to a limit, beyond it the strongest. */
import type { EdgeColumns } from '../../domain/graph-data.js'

/** Ordinals of at most `limit` edges, ascending; by |weight|, the earlier edge first, unscored ones last. */
export function strongestEdges({ count, weight }: EdgeColumns, limit: number): Uint32Array {
  if (count <= limit) return Uint32Array.from({ length: count }, (_, edge) => edge)
  const strength = weight.map((w) => (Number.isNaN(w) ? -1 : Math.abs(w)))
  // Typed arrays sort natively without a comparison function, ten times faster than ordinals by strength would.
  const weakest = strength.slice().sort()[count - limit]!
  let ties = limit
  for (const s of strength) if (s > weakest) ties -= 1
  const kept = new Uint32Array(limit)
  let at = 0
  for (let edge = 0; at < limit && edge < count; edge++) {
    if (strength[edge]! < weakest || (strength[edge] === weakest && ties-- <= 0)) continue
    kept[at++] = edge
  }
  return kept
}
