/** Small attribution graph files for tests: nodes as the tool writes them, and the way in and out. */
import type { CircuitNode } from '../../../../src/domain/graph-data.js'
import type { Annotation, CircuitRecord } from '../../../../src/domain/records.js'
import {
  type AttributionContext,
  readAttributionGraph,
} from '../../../../src/formats/circuit-tracer/read-attribution-graph.js'
import { writeAttributionGraph } from '../../../../src/formats/circuit-tracer/write-attribution-graph.js'
import { bytesFile } from '../../../../src/formats/source-file.js'

export const context: AttributionContext = {
  owner: 'ann',
  importedAt: '2026-01-02T03:04:05.000Z',
  name: null,
}

export interface FileNode {
  node_id: string
  feature_type: string
  layer: string | number
  ctx_idx: number
  [field: string]: unknown
}
export interface FileLink {
  source: string
  target: string
  weight: unknown
  [field: string]: unknown
}

export function cantor(layer: number, index: number): number {
  return ((layer + index) * (layer + index + 1)) / 2 + index
}

export function feature(layer: number, index: number, position: number, more: object = {}): FileNode {
  return {
    node_id: `${layer}_${index}_${position}`,
    feature: cantor(layer, index),
    layer: String(layer),
    ctx_idx: position,
    feature_type: 'cross layer transcoder',
    jsNodeId: `${layer}_${index}-0`,
    clerp: '',
    influence: 0.5,
    activation: 1.5,
    ...more,
  }
}

export function error(layer: number, position: number, id = `0_${layer}_${position}`): FileNode {
  return {
    node_id: id,
    feature: -1,
    layer: String(layer),
    ctx_idx: position,
    feature_type: 'mlp reconstruction error',
    jsNodeId: `${layer}_${position}-0`,
    clerp: '',
    influence: 0.9,
    activation: null,
  }
}

export function token(vocabulary: number, position: number): FileNode {
  return {
    node_id: `E_${vocabulary}_${position}`,
    feature: position,
    layer: 'E',
    ctx_idx: position,
    feature_type: 'embedding',
    jsNodeId: `E_${vocabulary}-${position}`,
    clerp: '',
    influence: 0.1,
  }
}

export function logit(layer: number, vocabulary: number, position: number, more: object = {}): FileNode {
  return {
    node_id: `${layer}_${vocabulary}_${position}`,
    feature: vocabulary,
    layer: String(layer),
    ctx_idx: position,
    feature_type: 'logit',
    token_prob: 0.25,
    is_target_logit: false,
    jsNodeId: `L_${vocabulary}-${position}`,
    clerp: 'Output "x" (p=0.250)',
    influence: null,
    ...more,
  }
}

export function link(source: FileNode | string, target: FileNode | string, weight: unknown = 1): FileLink {
  const idOf = (end: FileNode | string): string => (typeof end === 'string' ? end : end.node_id)
  return { source: idOf(source), target: idOf(target), weight }
}

export function graphFile(
  nodes: readonly FileNode[],
  links: readonly FileLink[],
  metadata: object = {},
  qParams: object = {},
): object {
  return {
    metadata: {
      slug: 'a-slug',
      scan: 'gemma-2-2b',
      schema_version: 1,
      prompt_tokens: ['a', 'b'],
      prompt: 'ab',
      ...metadata,
    },
    qParams,
    nodes,
    links,
  }
}

/** Imports an object, a text or bytes as a file. */
export function imported(
  file: object | string | Uint8Array,
  more: Partial<AttributionContext> = {},
): Promise<CircuitRecord> {
  const bytes =
    file instanceof Uint8Array ? file : Buffer.from(typeof file === 'string' ? file : JSON.stringify(file))
  return readAttributionGraph(bytesFile('graph.json', bytes), { ...context, ...more })
}

/** The text that export gives. */
export async function exported(
  record: Pick<CircuitRecord, 'circuit' | 'residue'>,
  annotations?: readonly Annotation[],
): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of writeAttributionGraph(record.circuit, record.residue, annotations))
    chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export function codesOf({ importRecord }: CircuitRecord): string[] {
  return importRecord.findings.map(({ code }) => code)
}

export function nodeOf({ circuit }: CircuitRecord, address: string): CircuitNode {
  const node = circuit.nodes.find((one) => one.address === address)
  if (node === undefined)
    throw new Error(`no ${address} among ${circuit.nodes.map((one) => one.address).join(', ')}`)
  return node
}

/** Edges as `source->target=weight`, sorted. */
export function edgesOf({ circuit: { nodes, edges } }: CircuitRecord): string[] {
  return Array.from(
    { length: edges.count },
    (_, e) => `${nodes[edges.source[e]!]!.address}->${nodes[edges.target[e]!]!.address}=${edges.weight[e]}`,
  ).sort()
}
