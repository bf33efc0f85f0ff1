/** A node as a channel of a sparse model that is at hand, whatever graph shows it. */
import type { Site } from '../../domain/address.js'
import { InvalidInput } from '../../domain/errors.js'
import type { CircuitNode } from '../../domain/graph-data.js'
import type { ModelLibrary, ModelStructure } from '../ports/model-library.js'
import type { OpenGraph } from '../use-cases.js'
import { tapOfSite } from './channel-mask.js'

export interface ModelChannel {
  readonly modelId: string
  readonly structure: ModelStructure
  readonly tap: string
  readonly index: number
  /** Channels of the tap. */
  readonly width: number
}

/** Released tap name and index of any place whose value a run can record; null for others. */
export function recordedTapOf(site: Site): { readonly tap: string; readonly index: number } | null {
  if (site.kind === 'stream') return { tap: `${site.layer}.${site.point}`, index: site.index }
  if (site.kind === 'embed') return { tap: 'embed', index: site.index }
  return tapOfSite(site)
}

/** Throws NOT_MEANINGFUL for a node that is no channel of a sparse model; `what` says what was asked of it. */
export async function modelChannel(
  { graph }: OpenGraph,
  node: CircuitNode,
  what: string,
  library: ModelLibrary,
): Promise<ModelChannel> {
  const place = recordedTapOf(node.place.site)
  if (place === null || graph.model.kind !== 'sparse' || graph.source !== 'SPARSE_WEIGHTS')
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${node.address} is not a channel of a sparse model, so that it has no ${what} here`,
      { hint: 'the edges of its graph say what it is connected to' },
    )
  const structure = await library.structure(graph.model.id)
  return { modelId: graph.model.id, structure, ...place, width: widthOf(place.tap, structure) }
}

/** Channels of a tap that a run can record; 0 for one that the model does not have. */
export function widthOf(tap: string, { maskableSites, dModel, layers }: ModelStructure): number {
  const like = tap.endsWith('.attn.y') ? tap.replace(/y$/, 'v') : tap
  const layer = /^(\d+)\.resid_(?:in|mid)$/.exec(tap)?.[1]
  const streams = layer === undefined ? tap === 'embed' || tap === 'final_resid' : Number(layer) < layers
  return maskableSites.find((site) => site.tap === like)?.width ?? (streams ? dModel : 0)
}
