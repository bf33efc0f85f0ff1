/**
 * The canonical order of nodes (language.md §2): position, layer, block, tap, index, then the address text by code
 * point; null last. Hashes, ties, payloads and every floating-point sum follow it.
 */
import { BLOCKS, type NodeAddress, printAddress, type Site, TAPS } from './address.js'
import { compareCodePoints } from './code-point-order.js'

/** The sortable parts of a place; null where the kind has no such part. */
export interface Coordinates {
  readonly position: number | null
  readonly layer: number | null
  readonly block: number | null
  readonly tap: number | null
  readonly index: number | null
}

export function coordinatesOf(address: NodeAddress): Coordinates {
  const { site, position } = address
  return { position, layer: layerOf(site), block: blockOf(site), tap: tapOf(site), index: indexOf(site) }
}

export function compareAddresses(a: NodeAddress, b: NodeAddress): number {
  return compareKeys(canonicalKey(a), canonicalKey(b))
}

/** What canonical order compares, taken once per address so that sorting many stays cheap. */
export interface CanonicalKey extends Coordinates {
  readonly text: string
}

export function canonicalKey(address: NodeAddress): CanonicalKey {
  return { ...coordinatesOf(address), text: printAddress(address) }
}

export function compareKeys(a: CanonicalKey, b: CanonicalKey): number {
  return (
    nullLast(a.position, b.position) ||
    nullLast(a.layer, b.layer) ||
    nullLast(a.block, b.block) ||
    nullLast(a.tap, b.tap) ||
    nullLast(a.index, b.index) ||
    compareCodePoints(a.text, b.text)
  )
}

/** Ascending; null stands last. */
export function nullLast(a: number | null, b: number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return a - b
}

export function layerOf(site: Site): number | null {
  if (site.kind === 'rms') return layerOf(site.site)
  return 'layer' in site ? site.layer : null
}

export function indexOf(site: Site): number | null {
  if (site.kind === 'rms') return indexOf(site.site)
  if ('index' in site) return site.index
  return (site.kind === 'token' || site.kind === 'logit') && typeof site.token === 'number'
    ? site.token
    : null
}

function blockOf(site: Site): number | null {
  if (site.kind === 'rms') return blockOf(site.site)
  if (site.kind === 'channel') return BLOCKS.indexOf(site.block)
  return site.kind === 'pattern' || (site.kind === 'stream' && site.point === 'attn.y') ? 0 : null
}

function tapOf(site: Site): number | null {
  if (site.kind === 'rms') return tapOf(site.site)
  return site.kind === 'channel' ? TAPS.indexOf(site.tap) : null
}
