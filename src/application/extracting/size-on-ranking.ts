/**
 * How many of a ranking's first channels reach the target loss on the fixed batch: doubled, bisected, and because loss
 * need not fall steadily with size, the sizes just below the one found are looked at as well (algorithms.md E1).
 */
import type { SizePoint } from '../../domain/extraction/extraction-record.js'
import { keeping, type MaskSetting, maskedRuns } from '../faithfulness/masked-runs.js'
import { firstOf, searchedSizes, TASK_LOSS } from '../faithfulness/size-search.js'
import { meanOf } from '../measuring/readings.js'
import type { Watching } from '../ports/model-runner.js'

/** Sizes below the bisected one that are tried too. */
const NEIGHBOURS = 8

export interface FoundSize {
  /** Null where all channels together do not reach the target. */
  readonly nodes: number | null
  readonly loss: number | null
  /** Every size that was tried, ascending. */
  readonly sizes: readonly SizePoint[]
}

export async function sizeOnRanking(
  ranked: readonly { readonly tap: string; readonly index: number }[],
  target: number,
  runs: MaskSetting,
  watching: Watching,
): Promise<FoundSize> {
  const { size, tried } = await searchedSizes(ranked, target, runs, watching)
  const losses = new Map(tried.map((point) => [point.size, point.loss]))
  const below = size === null ? [] : sizesBelow(size).filter((n) => !losses.has(n))
  if (below.length > 0) {
    const masks = below.map((n) => keeping(firstOf(ranked, n)))
    const values = await maskedRuns(masks, [TASK_LOSS], runs, watching)
    for (const [i, n] of below.entries()) losses.set(n, meanOf(values[i]![0]!))
  }
  const sizes = Array.from(losses, ([nodes, loss]) => ({ nodes, loss })).sort((a, b) => a.nodes - b.nodes)
  const found = size === null ? undefined : sizes.find(({ nodes, loss }) => nodes <= size && loss <= target)
  return { nodes: found?.nodes ?? null, loss: found?.loss ?? null, sizes }
}

function sizesBelow(size: number): number[] {
  return Array.from({ length: Math.min(NEIGHBOURS, size) }, (_, i) => size - 1 - i)
}
