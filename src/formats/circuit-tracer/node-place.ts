/**
 * Which place of the model a node of the file stands for. The id is read, not the packed `feature` number, whose
 * packing changed between versions; that number is only checked against it (graph-formats.md §1.2).
 */
import type { NodeAddress, Site } from '../../domain/address.js'
import { isAttention, isErrorType } from './forward-order.js'
import type { RawNode } from './node-reader.js'
import { packsTo } from './packed-feature.js'
import { virtualTarget } from './virtual-target.js'

/** What is worth saying about a node; see `findings.ts`. */
export type PlaceRemark =
  | 'PACKED_MISMATCH'
  | 'INCONSISTENT_FIELDS'
  | 'UNKNOWN_ID'
  | 'UNKNOWN_TYPE'
  | 'LEGACY_TYPE'
  | 'VIRTUAL_LOGIT'
  | 'SHARED_PLACE'

export interface NodePlace {
  readonly place: NodeAddress
  readonly remarks: readonly PlaceRemark[]
}

const LEGACY_FEATURE = 'unexplored node'
const KNOWN_TYPES = ['cross layer transcoder', LEGACY_FEATURE, 'lorsa', 'embedding', 'logit', 'bias']

/** `scan` is the model's name, by which virtual logits are told. */
export function placeOf(node: RawNode, scan: string): NodePlace {
  const found = readId(node, scan)
  if (found === null) {
    const isKnown = KNOWN_TYPES.includes(node.featureType) || isErrorType(node.featureType)
    return { place: idPlace(node), remarks: [isKnown ? 'UNKNOWN_ID' : 'UNKNOWN_TYPE'] }
  }
  const { site, position } = found
  const remarks: PlaceRemark[] = []
  if (node.featureType === LEGACY_FEATURE) remarks.push('LEGACY_TYPE')
  if (site.kind === 'target') remarks.push('VIRTUAL_LOGIT')
  if (site.kind === 'feature' && node.feature !== null && !packsTo(node.feature, site.layer, site.index))
    remarks.push('PACKED_MISMATCH')
  if (position !== node.position || ('layer' in site && String(site.layer) !== node.layer))
    remarks.push('INCONSISTENT_FIELDS')
  return { place: { site, position }, remarks }
}

/** The last resort: the id itself is the name. */
export function idPlace(node: RawNode): NodeAddress {
  return { site: { kind: 'node', name: node.nodeId }, position: node.position }
}

interface Found {
  readonly site: Site
  readonly position: number
}

function readId(node: RawNode, scan: string): Found | null {
  const { featureType } = node
  if (isErrorType(featureType)) return readError(node)
  switch (featureType) {
    case 'cross layer transcoder':
    case LEGACY_FEATURE:
    case 'lorsa': {
      const found = numbersIn(node.nodeId, /^(\d+)_(?:cro_|lor_)?(\d+)_(\d+)$/)
      if (found === null) return null
      const dictionary = featureType === 'lorsa' || node.nodeId.includes('_lor_') ? 'lorsa' : null
      return {
        site: { kind: 'feature', dictionary, layer: found[0]!, index: found[1]! },
        position: found[2]!,
      }
    }
    case 'embedding': {
      const found = numbersIn(node.nodeId, /^E_(\d+)_(\d+)$/)
      return found && { site: { kind: 'token', token: found[0]! }, position: found[1]! }
    }
    case 'logit': {
      const found = numbersIn(node.nodeId, /^(\d+)_(\d+)_(\d+)$/)
      if (found === null) return null
      const target = virtualTarget(node, found[1]!, scan)
      return {
        site: target === null ? { kind: 'logit', token: found[1]! } : { kind: 'target', name: target },
        position: found[2]!,
      }
    }
    case 'bias':
      return readBias(node)
    default:
      return null
  }
}

/** `0_{layer}_{pos}` up to v0.5.0, `{layer}_-1_{pos}` after it, `{layer}_error_{mlp|attn}_{pos}` in CRM files. */
function readError(node: RawNode): Found | null {
  const found =
    numbersIn(node.nodeId, /^0_(\d+)_(\d+)$/) ??
    numbersIn(node.nodeId, /^(\d+)_-1_(\d+)$/) ??
    numbersIn(node.nodeId, /^(\d+)_error(?:_mlp|_attn)?_(\d+)$/)
  if (found === null) return null
  const part = isAttention(node) ? 'attn' : null
  return { site: { kind: 'error', layer: found[0]!, part }, position: found[1]! }
}

function readBias({ nodeId }: RawNode): Found | null {
  const part = /^\d+_bias_(.+)_\d+$/s.exec(nodeId)?.[1]
  const found = numbersIn(nodeId, /^(\d+)_bias_.+_(\d+)$/s)
  return part === undefined || found === null
    ? null
    : { site: { kind: 'bias', layer: found[0]!, part }, position: found[1]! }
}

/** The groups of the pattern as whole numbers; null when the text does not fit or a number is beyond 2^53. */
function numbersIn(text: string, pattern: RegExp): number[] | null {
  const numbers = pattern.exec(text)?.slice(1).map(Number)
  return numbers?.every(Number.isSafeInteger) ? numbers : null
}
