/**
 * The canonical serialisation of a circuit, over which its id is taken (language.md §1): a header and one line of
 * canonical JSON per node, then the edge columns as little-endian bytes in canonical order. It covers format version,
 * source, model, task or prompt tokens, masked sites, nodes (address, kind, logit probability) and edges (ends, kind,
 * port, weight bits, membership). Labels, activations, scores, file metadata and times stay outside.
 */
import { canonicalJson, type JsonValue } from './canonical-json.js'
import { EDGE_KINDS, type GraphData } from './graph-data.js'
import { littleEndianBytes } from './little-endian.js'
import { sha256Hex } from './sha256.js'

export const CIRCUIT_FORMAT_VERSION = 1

/** 64 lower-case hex digits; the graph must already be in canonical order. */
export function circuitHash(graph: GraphData): string {
  return sha256Hex(...canonicalChunks(graph))
}

/** The bytes that are hashed, in order. */
export function canonicalChunks(graph: GraphData): (Uint8Array | string)[] {
  const header: JsonValue = {
    format: 'circuitql/circuit',
    formatVersion: CIRCUIT_FORMAT_VERSION,
    source: graph.source,
    edgeMeaning: graph.edgeMeaning,
    model: { ...graph.model },
    task: graph.task === null ? null : { ...graph.task },
    promptTokens: graph.prompt === null ? null : graph.prompt.tokens.map((token) => [token.id, token.text]),
    maskedSites: graph.maskedSites,
    edgeKinds: EDGE_KINDS,
    nodeCount: graph.nodes.length,
    edgeCount: graph.edges.count,
  }
  const nodes = graph.nodes.map((node) => canonicalJson([node.address, node.kind, node.probability]))
  const { source, target, weight, kind, port, member } = graph.edges
  return [
    `${canonicalJson(header)}\n`,
    `${nodes.join('\n')}\n`,
    ...[source, target, weight, kind, port, member].map(littleEndianBytes),
  ]
}
