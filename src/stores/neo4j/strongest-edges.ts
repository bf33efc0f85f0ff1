/** Which edges become relationships: all of them up to a limit, beyond it the strongest. */
import type { EdgeColumns } from '../../domain/graph-data.js'

/** Ordinals of at most `limit` edges, ascending; by |weight|, the earlier edge first, unscored ones last. */
export function strongestEdges({ count, weight }: EdgeColumns, limit: number): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, edge) => edge)
  if (count <= limit) return all
  const strength = Float64Array.from(weight, (w) => (Number.isNaN(w) ? -1 : Math.abs(w)))
  return all
    .sort((a, b) => strength[b]! - strength[a]! || a - b)
    .slice(0, limit)
    .sort()
}
