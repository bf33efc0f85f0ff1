/** The stored weights at one channel of a model, found without a list of all edges. */
import { maskableSites, type Stretch, weightStretches } from './model-graph.js'
import type { PreparedModel } from './prepared-model.js'
import { placeOf } from './sparse-matrix.js'

export interface ChannelWeight {
  /** Released name of the site at the other end. */
  readonly tap: string
  readonly index: number
  readonly weight: number
}

/** Weights into the channel, by source; none for a tap that no weight leads into. */
export function weightsInto(model: PreparedModel, tap: string, index: number): readonly ChannelWeight[] {
  const sites = maskableSites(model.config)
  return weightStretches(model).flatMap((stretch) => {
    const { matrix, source, targetWidth } = stretch
    const part = targetPart(stretch, sites, tap)
    if (part < 0 || index >= targetWidth) return []
    const found: ChannelWeight[] = []
    for (let column = 0; column < matrix.columns; column++) {
      const place = placeOf(matrix, part * targetWidth + index, column)
      if (place >= 0) found.push({ tap: sites[source]!.tap, index: column, weight: matrix.value[place]! })
    }
    return found
  })
}

/** Weights out of the channel, by target site, then target; v stands for the attended value. */
export function weightsOutOf(model: PreparedModel, tap: string, index: number): readonly ChannelWeight[] {
  const sites = maskableSites(model.config)
  return weightStretches(model).flatMap(({ matrix, source, targets, targetWidth }) => {
    if (sites[source]!.tap !== tap || index >= matrix.columns) return []
    const places = Array.from(
      { length: matrix.columnStart[index + 1]! - matrix.columnStart[index]! },
      (_, n) => matrix.columnStart[index]! + n,
    )
    return places.map((p) => {
      const part = Math.trunc(matrix.row[p]! / targetWidth)
      return {
        tap: sites[targets[part]!]!.tap,
        index: matrix.row[p]! - part * targetWidth,
        weight: matrix.value[p]!,
      }
    })
  })
}

function targetPart({ targets }: Stretch, sites: ReturnType<typeof maskableSites>, tap: string): number {
  return targets.findIndex((site) => sites[site]!.tap === tap)
}
