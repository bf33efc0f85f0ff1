/**
 * Which channels a variant computes, where it replaces nearly everything else: what a compiled circuit is made of.
 * Whether a variant is compiled depends on the variant and the model alone, so that its numbers never depend on what
 * else is asked or on how many threads answer.
 */
import type { Gates } from '../../domain/experiment/measurement.js'
import type { ModelConfig } from '../../domain/sparse-model-data.js'
import { maskableSites } from '../../model/model-graph.js'
import type { TapPart, VariantPlan } from '../tap-plan.js'

/** Ascending channels by tap that are computed at some position; a tap without any is absent. */
export type KeptChannels = ReadonlyMap<string, Uint32Array>

/** Of all channels, at most this share may be kept: beyond it little is saved. */
const LARGEST_SHARE = 1 / 8

/** Kept channels of the variant; null where it is run masked instead. */
export function keptChannels(config: ModelConfig, gates: Gates, plan: VariantPlan): KeptChannels | null {
  if (plan.links.length > 0 || !canCompile(config, gates)) return null
  const sites = maskableSites(config)
  const places = sites.reduce((sum, { width }) => sum + width, 0)
  const known = new Set([...sites.map(({ tap }) => tap), 'final_resid'])
  for (const tap of plan.taps.keys()) if (!known.has(tap)) return null
  const kept = new Map<string, Uint32Array>()
  let size = 0
  for (const { tap, width } of sites) {
    const left = unreplaced(plan.taps.get(tap) ?? [], width)
    size += left.length
    if (size > LARGEST_SHARE * places) return null
    if (left.length > 0) kept.set(tap, left)
  }
  const atEnd = plan.taps.get('final_resid')
  if (atEnd !== undefined) kept.set('final_resid', unreplaced(atEnd, config.dModel))
  return kept
}

/** Gates that are held fast, and streams that change between writes, need the whole run. */
function canCompile({ residualActivation, topKSites }: ModelConfig, gates: Gates): boolean {
  return (
    gates.norms === 'LIVE' &&
    gates.attention === 'LIVE' &&
    gates.topK === 'LIVE' &&
    residualActivation === 'identity' &&
    !topKSites.some((site) => site.startsWith('resid_post'))
  )
}

/** Sweeps name the same large set in every variant, so what it leaves is found once. */
const leftBy = new WeakMap<Uint32Array, { readonly width: number; readonly left: Uint32Array }>()

function unreplaced(parts: readonly TapPart[], width: number): Uint32Array {
  const everywhere = parts.filter(({ positions }) => positions === null)
  const largest = everywhere.reduce<TapPart | null>(
    (most, part) => (most === null || part.channels.length > most.channels.length ? part : most),
    null,
  )
  if (largest === null) return Uint32Array.from({ length: width }, (_, i) => i)
  let left = leftOver(largest.channels, width)
  for (const { channels } of everywhere)
    if (channels !== largest.channels) {
      const gone = new Set(channels)
      left = left.filter((channel) => !gone.has(channel))
    }
  return left
}

function leftOver(channels: Uint32Array, width: number): Uint32Array {
  const known = leftBy.get(channels)
  if (known?.width === width) return known.left
  const gone = new Uint8Array(width)
  for (const channel of channels) gone[channel] = 1
  const left = new Uint32Array(width - gone.reduce((n, g) => n + g, 0))
  let count = 0
  for (let i = 0; i < width; i++) if (gone[i] === 0) left[count++] = i
  leftBy.set(channels, { width, left })
  return left
}
