/** The order in which effects go: from earlier to later positions and, within a layer, from attention to MLP. */
import type { RawNode } from './node-reader.js'

/** Is it a reconstruction error? Errors have no inputs. */
export function isErrorType(featureType: string): boolean {
  return featureType === 'mlp reconstruction error' || featureType === 'lorsa error'
}

/** Does it stand for something that attention writes? */
export function isAttention(node: Pick<RawNode, 'featureType' | 'nodeId'>): boolean {
  return (
    node.featureType.startsWith('lorsa') ||
    (node.featureType === 'bias' && /_bias_(?:attn|lorsa)_/.test(node.nodeId)) ||
    (isErrorType(node.featureType) && node.nodeId.includes('_error_attn_'))
  )
}

/** Height in the model: tokens below layer 0, attention of a layer below its MLP, logits above all. */
export function heightOf(node: RawNode): number {
  if (node.featureType === 'embedding') return -1
  if (node.featureType === 'logit') return Number.POSITIVE_INFINITY
  const layer = Number(node.layer)
  return (Number.isFinite(layer) ? layer : 0) + (isAttention(node) ? 0 : 0.5)
}

/** Can an effect go from one to the other? */
export type IsForward = (source: number, target: number) => boolean

export function forwardOrder(nodes: readonly RawNode[]): IsForward {
  const height = Float64Array.from(nodes, heightOf)
  const position = Float64Array.from(nodes, (node) => node.position)
  const takesInputs = nodes.map((node) => !isErrorType(node.featureType) && node.featureType !== 'embedding')
  return (source, target) =>
    takesInputs[target]! && position[source]! <= position[target]! && height[source]! < height[target]!
}
