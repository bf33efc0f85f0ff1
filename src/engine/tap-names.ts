/** The named activation sites of a model (sparse-models.md §7.3) and where each stands in the forward pass. */
import { InvalidInput } from '../domain/errors.js'
import type { ModelConfig } from '../domain/sparse-model-data.js'
import { inputWidth } from '../model/tensor-table.js'

export interface TapPlace {
  /** Channels per position; null for attention patterns, which are [heads, query, key]. */
  readonly width: number | null
  /**
   * Sublayer that computes it: 2·layer for attention, 2·layer + 1 for the MLP, −1 for `embed`, 2·layers for
   * `final_resid`. A run that differs from another only from sublayer s on may start there.
   */
  readonly sublayer: number
}

const cache = new WeakMap<ModelConfig, ReadonlyMap<string, TapPlace>>()

/** Every tap by released name, in forward order. */
export function tapPlaces(config: ModelConfig): ReadonlyMap<string, TapPlace> {
  const known = cache.get(config)
  if (known !== undefined) return known
  const { dModel, dMlp, layers } = config
  const input = inputWidth(config)
  const channels = config.heads * config.dHead
  const places = new Map<string, TapPlace>([['embed', { width: dModel, sublayer: -1 }]])
  for (let i = 0; i < layers; i++) {
    const attention = (tap: string, width: number | null) =>
      places.set(`${i}.${tap}`, { width, sublayer: 2 * i })
    const mlp = (tap: string, width: number) => places.set(`${i}.${tap}`, { width, sublayer: 2 * i + 1 })
    attention('resid_in', dModel)
    attention('attn.act_in', input)
    attention('attn.q', channels)
    attention('attn.k', channels)
    attention('attn.v', channels)
    attention('attn.pattern', null)
    attention('attn.y', channels)
    attention('attn.resid_delta', dModel)
    mlp('resid_mid', dModel)
    mlp('mlp.act_in', input)
    mlp('mlp.post_act', dMlp)
    mlp('mlp.resid_delta', dModel)
  }
  places.set('final_resid', { width: dModel, sublayer: 2 * layers })
  cache.set(config, places)
  return places
}

/** Throws BAD_INPUT naming a tap that the model does not have. */
export function tapPlace(config: ModelConfig, tap: string): TapPlace {
  const place = tapPlaces(config).get(tap)
  if (place === undefined) {
    throw new InvalidInput(
      'BAD_INPUT',
      `${JSON.stringify(tap)} is not a tap of a model with ${config.layers} layers`,
      {
        hint: 'taps are spelled as released: embed, 0.resid_in, 0.attn.act_in, 0.attn.q, 0.attn.pattern, 0.mlp.post_act, final_resid …',
      },
    )
  }
  return place
}
