/** Nodes as circuit-tracer writes them today (graph-formats.md §1.2), for graphs that came from no such file. */
import { coordinatesOf } from '../../domain/canonical-order.js'
import type { CircuitNode } from '../../domain/graph-data.js'
import { cantorPair } from './packed-feature.js'

export type FreshNode = Readonly<Record<string, unknown>> & { readonly node_id: string }

/** Beyond every vocabulary: custom targets have virtual ids. */
const VIRTUAL_IDS_FROM = 10_000_000

/** One per node, in order, with ids of its own; an address that has no form in the format is the id itself. */
export function freshNodes(nodes: readonly CircuitNode[]): FreshNode[] {
  const layers = nodes.map(({ place: { site } }) => ('layer' in site ? site.layer : 0))
  const logitLayer = layers.reduce((highest, layer) => Math.max(highest, layer), 0) + 2
  const used = new Set<string>()
  const shapes = nodes.map((node) => shapeOf(node, logitLayer))
  for (const shape of shapes) if (shape !== null) used.add(shape.id)
  return nodes.map((node, n) => freshNode(node, shapes[n] ?? otherShape(node, used)))
}

function freshNode(
  node: CircuitNode,
  { id, featureType, layer, feature, jsNodeId, token }: Shape,
): FreshNode {
  return {
    node_id: id,
    feature,
    layer,
    ctx_idx: node.place.position ?? 0,
    feature_type: featureType,
    token_prob: node.probability ?? 0,
    is_target_logit: node.isTarget,
    run_idx: 0,
    reverse_ctx_idx: 0,
    jsNodeId: jsNodeId ?? id,
    clerp: node.label ?? '',
    influence: null,
    activation: node.activation,
    ...(token === undefined ? {} : { token }),
  }
}

interface Shape {
  readonly id: string
  readonly featureType: string
  readonly layer: string
  readonly feature: number | null
  readonly jsNodeId?: string
  readonly token?: string
}

/** Null where the format has no form for the place. */
function shapeOf({ place: { site, position }, ordinal }: CircuitNode, logitLayer: number): Shape | null {
  if (position === null) return null
  const layer = 'layer' in site ? site.layer : 0
  if (layer < 0) return null
  const plain = { layer: String(layer), feature: null }
  switch (site.kind) {
    case 'feature': {
      const jsNodeId = `${layer}_${site.index}-0`
      const feature = cantorPair(layer, site.index)
      const common = { layer: String(layer), feature, jsNodeId }
      if (site.dictionary === 'lorsa')
        return { ...common, id: `${layer}_lor_${site.index}_${position}`, featureType: 'lorsa' }
      return site.dictionary === null
        ? { ...common, id: `${layer}_${site.index}_${position}`, featureType: 'cross layer transcoder' }
        : null
    }
    case 'error': {
      if (site.part === 'attn')
        return { ...plain, id: `${layer}_error_attn_${position}`, featureType: 'lorsa error' }
      const jsNodeId = `${layer}_${position}-0`
      const id = `${layer}_-1_${position}`
      return site.part === null
        ? { ...plain, id, feature: -1, featureType: 'mlp reconstruction error', jsNodeId }
        : null
    }
    case 'token': {
      if (typeof site.token !== 'number') return null
      const id = `E_${site.token}_${position}`
      const jsNodeId = `E_${site.token}-${position}`
      return { id, featureType: 'embedding', layer: 'E', feature: position, jsNodeId }
    }
    case 'logit':
      return typeof site.token === 'number' ? logitShape(site.token, position, logitLayer) : null
    case 'target':
      return { ...logitShape(VIRTUAL_IDS_FROM + ordinal, position, logitLayer), token: site.name }
    case 'bias':
      return { ...plain, id: `${layer}_bias_${site.part}_${position}`, featureType: 'bias' }
    default:
      return null
  }
}

function logitShape(vocabularyId: number, position: number, layer: number): Shape {
  return {
    id: `${layer}_${vocabularyId}_${position}`,
    featureType: 'logit',
    layer: String(layer),
    feature: vocabularyId,
    jsNodeId: `L_${vocabularyId}-${position}`,
  }
}

/** Named by its source id or by its whole address, whatever no other node has. */
function otherShape({ place, kind, address, ordinal }: CircuitNode, used: Set<string>): Shape {
  const { site } = place
  const wanted = [...(site.kind === 'node' ? [site.name] : []), address, `${address}#${ordinal}`]
  const id = wanted.find((one) => !used.has(one))!
  used.add(id)
  const layer = String(coordinatesOf(place).layer ?? 0)
  return { id, featureType: kind === 'LOGIT' ? 'logit' : 'unknown', layer, feature: null }
}
