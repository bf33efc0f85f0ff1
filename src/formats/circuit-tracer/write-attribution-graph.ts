/** A circuit as an attribution graph file: the file it came from where its residue is known, else a fresh one of schema 1. */
import { printAddress } from '../../domain/address.js'
import { coordinatesOf } from '../../domain/canonical-order.js'
import { InvalidInput } from '../../domain/errors.js'
import type { Circuit, CircuitNode } from '../../domain/graph-data.js'
import { decodeResidue, type Residue } from './residue.js'

const LINKS_PER_CHUNK = 10_000

/** Gives the text in pieces, so that a large graph is never one string. Throws NOT_MEANINGFUL for other kinds of graph. */
export async function* writeAttributionGraph(
  circuit: Circuit,
  residue: Uint8Array | null,
): AsyncGenerator<Uint8Array> {
  if (circuit.source !== 'ATTRIBUTION_GRAPH') {
    throw new InvalidInput('NOT_MEANINGFUL', `a ${circuit.source} circuit is not an attribution graph`)
  }
  const encoder = new TextEncoder()
  const pieces = residue === null ? freshFile(circuit) : originalFile(circuit, decodeResidue(residue))
  for (const piece of pieces) yield encoder.encode(piece)
}

function* originalFile(circuit: Circuit, residue: Residue): Generator<string> {
  const negativeZeros = new Set(residue.negativeZeros)
  const extras = new Map(residue.linkExtras)
  const link = (i: number): string => {
    const weight = circuit.edges.weight[residue.linkEdge[i]!]!
    const fields = {
      source: residue.linkIds[residue.linkSource[i]!],
      target: residue.linkIds[residue.linkTarget[i]!],
      weight,
      ...extras.get(i),
    }
    return negativeZeros.has(i)
      ? JSON.stringify(fields).replace('"weight":0', '"weight":-0.0')
      : JSON.stringify(fields)
  }
  yield '{'
  for (const [i, key] of residue.keys.entries()) {
    yield `${i === 0 ? '' : ','}\n${JSON.stringify(key)}: `
    if (key === 'nodes') yield* list(residue.nodes.length, (n) => JSON.stringify(residue.nodes[n]))
    else if (key === 'links') yield* list(residue.linkEdge.length, link)
    else yield JSON.stringify(residue.members[key])
  }
  yield '\n}\n'
}

function* freshFile(circuit: Circuit): Generator<string> {
  const { nodes, edges, model, prompt } = circuit
  const ids = nodes.map((node) => node.sourceId ?? node.address)
  const name = model.kind === 'foreign' ? model.name : model.id
  const metadata = {
    slug: `circuit-${circuit.id.slice(0, 12)}`,
    scan: name,
    schema_version: 1,
    prompt_tokens: prompt?.tokens.map((token) => token.text) ?? [],
    prompt: prompt?.text ?? '',
    ...(model.kind === 'foreign' && model.dictionary !== null
      ? { info: { transcoder_set: model.dictionary } }
      : {}),
  }
  yield `{\n"metadata": ${JSON.stringify(metadata)},\n"qParams": {},\n"nodes": `
  yield* list(nodes.length, (n) => JSON.stringify(freshNode(nodes[n]!, ids[n]!)))
  yield ',\n"links": '
  yield* list(edges.count, (e) =>
    JSON.stringify({ source: ids[edges.source[e]!], target: ids[edges.target[e]!], weight: edges.weight[e] }),
  )
  yield '\n}\n'
}

function freshNode(node: CircuitNode, id: string): Record<string, unknown> {
  const { layer } = coordinatesOf(node.place)
  return {
    node_id: id,
    feature: featureNumber(node),
    layer: node.kind === 'TOKEN' ? 'E' : String(layer ?? ''),
    ctx_idx: node.place.position ?? 0,
    feature_type: featureType(node),
    jsNodeId: `${id}-0`,
    clerp: node.label ?? '',
    activation: node.activation,
    influence: null,
    ...(node.probability === null ? {} : { token_prob: node.probability, is_target_logit: node.isTarget }),
  }
}

function featureType(node: CircuitNode): string {
  const { site } = node.place
  switch (node.kind) {
    case 'FEATURE':
      return site.kind === 'feature' && site.dictionary === 'lorsa' ? 'lorsa' : 'cross layer transcoder'
    case 'ERROR':
      return site.kind === 'error' && site.part === 'attn' ? 'lorsa error' : 'mlp reconstruction error'
    case 'TOKEN':
      return 'embedding'
    case 'LOGIT':
    case 'TARGET':
      return 'logit'
    case 'BIAS':
      return 'bias'
    default:
      return printAddress({ ...node.place, position: null })
  }
}

/** Cantor pairing of layer and index; null beyond 2^53 and for what is no feature. */
function featureNumber({ place: { site } }: CircuitNode): number | null {
  if (site.kind === 'logit' && typeof site.token === 'number') return site.token
  if (site.kind !== 'feature') return null
  const sum = site.layer + site.index
  const packed = (sum * (sum + 1)) / 2 + site.index
  return Number.isSafeInteger(packed) ? packed : null
}

function* list(length: number, item: (i: number) => string): Generator<string> {
  yield '['
  for (let at = 0; at < length; at += LINKS_PER_CHUNK) {
    const part: string[] = []
    for (let i = at; i < Math.min(length, at + LINKS_PER_CHUNK); i++) part.push(item(i))
    yield `${at === 0 ? '\n' : ',\n'}${part.join(',\n')}`
  }
  yield '\n]'
}
