/**
 * Which place of the model a node of the file stands for. The id is read, not the packed `feature` number, whose
 * packing changed between versions; the packed number is only checked against it (graph-formats.md §1.2).
 */
import type { NodeAddress, Site } from '../../domain/address.js'
import type { RawNode } from './raw-graph.js'

/** What the importer wants to say about a node. */
export type PlaceRemark =
  | 'PACKED_MISMATCH'
  | 'INCONSISTENT_FIELDS'
  | 'UNKNOWN_ID'
  | 'UNKNOWN_TYPE'
  | 'LEGACY_TYPE'
  | 'VIRTUAL_LOGIT'

export interface NodePlace {
  readonly place: NodeAddress
  readonly remarks: readonly PlaceRemark[]
}

/** Is it a reconstruction error? Errors have no inputs. */
export function isError(featureType: string): boolean {
  return featureType === 'mlp reconstruction error' || featureType === 'lorsa error'
}

export function placeOf(node: RawNode): NodePlace {
  const found = siteOf(node)
  if (found === null)
    return {
      place: { site: { kind: 'node', name: node.nodeId }, position: node.position },
      remarks: [isKnownType(node.featureType) ? 'UNKNOWN_ID' : 'UNKNOWN_TYPE'],
    }
  const remarks: PlaceRemark[] = [...found.remarks]
  if (found.position !== node.position || !layerAgrees(found.site, node)) remarks.push('INCONSISTENT_FIELDS')
  return { place: { site: found.site, position: found.position }, remarks }
}

interface Found {
  readonly site: Site
  readonly position: number
  readonly remarks: readonly PlaceRemark[]
}

const FEATURE_TYPES = ['cross layer transcoder', 'unexplored node', 'lorsa']

function isKnownType(type: string): boolean {
  return FEATURE_TYPES.includes(type) || isError(type) || ['embedding', 'logit', 'bias'].includes(type)
}

function siteOf(node: RawNode): Found | null {
  const id = node.nodeId
  const parts = (pattern: RegExp): number[] | null => {
    const match = pattern.exec(id)
    const numbers = match?.slice(1).map(Number)
    return numbers?.every(Number.isSafeInteger) ? numbers : null
  }
  if (isError(node.featureType)) return errorSite(node, parts)
  switch (node.featureType) {
    case 'cross layer transcoder':
    case 'unexplored node':
    case 'lorsa': {
      const plain = parts(/^(\d+)_(?:cro_|lor_)?(\d+)_(\d+)$/)
      if (plain === null) return null
      const [layer, index, position] = plain as [number, number, number]
      const dictionary = node.featureType === 'lorsa' || id.includes('_lor_') ? 'lorsa' : null
      const remarks: PlaceRemark[] = node.featureType === 'unexplored node' ? ['LEGACY_TYPE'] : []
      if (node.feature !== null && !packs(node.feature, layer, index)) remarks.push('PACKED_MISMATCH')
      return { site: { kind: 'feature', dictionary, layer, index }, position, remarks }
    }
    case 'embedding': {
      const found = parts(/^E_(\d+)_(\d+)$/)
      return found && { site: { kind: 'token', token: found[0]! }, position: found[1]!, remarks: [] }
    }
    case 'logit': {
      const found = parts(/^(\d+)_(\d+)_(\d+)$/)
      if (found === null) return null
      const virtual = virtualTarget(node)
      if (virtual !== null)
        return { site: { kind: 'target', name: virtual }, position: found[2]!, remarks: ['VIRTUAL_LOGIT'] }
      return { site: { kind: 'logit', token: found[1]! }, position: found[2]!, remarks: [] }
    }
    case 'bias': {
      const match = /^(\d+)_bias_(.+)_(\d+)$/.exec(id)
      if (match === null) return null
      const [layer, position] = [Number(match[1]), Number(match[3])]
      return Number.isSafeInteger(layer) && Number.isSafeInteger(position)
        ? { site: { kind: 'bias', layer, part: match[2]! }, position, remarks: [] }
        : null
    }
    default:
      return null
  }
}

/** `0_{layer}_{pos}` up to v0.5.0, `{layer}_-1_{pos}` after it, `{layer}_error_{mlp|attn}_{pos}` in CRM files. */
function errorSite(node: RawNode, parts: (pattern: RegExp) => number[] | null): Found | null {
  const found =
    parts(/^0_(\d+)_(\d+)$/) ?? parts(/^(\d+)_-1_(\d+)$/) ?? parts(/^(\d+)_error(?:_mlp|_attn)?_(\d+)$/)
  if (found === null) return null
  const part = node.featureType === 'lorsa error' || node.nodeId.includes('_error_attn_') ? 'attn' : null
  return { site: { kind: 'error', layer: found[0]!, part }, position: found[1]!, remarks: [] }
}

/**
 * Custom attribution targets carry a virtual id (vocabulary size + position), which no field marks; their token text
 * is an expression such as `logit(x)-logit(y)`, which no vocabulary has.
 */
function virtualTarget(node: RawNode): string | null {
  const text = /^(?:Output|Logit) "(.*)" \(p=[^)]*\)$/s.exec(node.label ?? '')?.[1]
  return text !== undefined && /^logit\(.+\)(?:\s*-\s*logit\(.+\))?$/s.test(text) ? text : null
}

/** Cantor pairing (schema 1), index + layer · 10^k (schema 0), or the bare index (schema 0, scans given as lists). */
function packs(packed: number, layer: number, index: number): boolean {
  if (packed === index) return true
  const [l, i] = [BigInt(layer), BigInt(index)]
  if (Number(((l + i) * (l + i + 1n)) / 2n + i) === packed) return true
  if (layer === 0) return false
  const scale = (packed - index) / layer
  return scale > index && Number.isInteger(Math.log10(scale))
}

/** Layer of the fields beside the id; logits and tokens have layers of their own. */
function layerAgrees(site: Site, node: RawNode): boolean {
  return site.kind === 'feature' || site.kind === 'error' || site.kind === 'bias'
    ? String(site.layer) === node.layer
    : true
}
