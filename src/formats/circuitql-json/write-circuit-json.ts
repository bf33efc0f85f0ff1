/** Writes our own circuit file: the full form for any circuit, the short one where a model says the rest. */
import { canonicalJson, type JsonValue } from '../../domain/canonical-json.js'
import { InvalidInput, invariant } from '../../domain/errors.js'
import {
  type Circuit,
  type CircuitNode,
  EDGE_KINDS,
  type EdgeColumns,
  type EdgeKind,
  PORT_CODES,
} from '../../domain/graph-data.js'
import type { SparseModelData } from '../../domain/sparse-model-data.js'
import { circuitOfModel, type KeptNodes, prepareWithPauses } from './circuit-of-model.js'
import { CIRCUIT_JSON_FORMAT, CIRCUIT_JSON_VERSION } from './read-circuit-json.js'

/** Reading it again gives a circuit of the same id, with labels, activations and source ids. */
export function writeCircuitJson(circuit: Circuit): Uint8Array {
  return jsonLines({
    format: CIRCUIT_JSON_FORMAT,
    version: CIRCUIT_JSON_VERSION,
    source: circuit.source,
    edgeMeaning: circuit.edgeMeaning,
    model: { ...circuit.model },
    task: circuit.task && { ...circuit.task },
    prompt: circuit.prompt && {
      text: circuit.prompt.text,
      tokens: circuit.prompt.tokens.map(({ id, text }) => ({ id, text })),
    },
    maskedSites: circuit.maskedSites,
    nodes: circuit.nodes.map(nodeJson),
    edges: edgesJson(circuit),
  })
}

/**
 * The short form: node addresses, from which reader and model derive the edges. Null where the circuit is not exactly
 * what the model's nonzero weights give, or carries labels or other words of its own: then only the full form keeps it.
 */
export async function writeShortCircuitJson(
  circuit: Circuit,
  model: SparseModelData,
): Promise<Uint8Array | null> {
  if (circuit.source !== 'SPARSE_WEIGHTS' || circuit.model.kind !== 'sparse' || circuit.model.id !== model.id)
    return null
  if (
    circuit.nodes.some(
      (node) => node.sourceId !== null || node.label !== null || node.activation !== null || node.isTarget,
    )
  )
    return null
  const nodes = circuit.nodes.map((node) => node.address)
  const kept = { task: circuit.task, maskedSites: circuit.maskedSites, nodes }
  if ((await derivedId(model, kept)) !== circuit.id) return null
  return jsonLines({
    format: CIRCUIT_JSON_FORMAT,
    version: CIRCUIT_JSON_VERSION,
    source: circuit.source,
    model: model.id,
    task: circuit.task && { ...circuit.task },
    maskedSites: circuit.maskedSites,
    nodes,
  })
}

/** Id of what the reader would make of the nodes; null where it would refuse them. */
async function derivedId(model: SparseModelData, kept: KeptNodes): Promise<string | null> {
  try {
    return circuitOfModel(await prepareWithPauses(model), kept).id
  } catch (error) {
    if (error instanceof InvalidInput) return null
    throw error
  }
}

function nodeJson(node: CircuitNode): JsonValue {
  const { address, sourceId, label, activation, probability, isTarget } = node
  return {
    address,
    ...(sourceId === null ? {} : { sourceId }),
    ...(label === null ? {} : { label }),
    ...(activation === null ? {} : { activation }),
    ...(probability === null ? {} : { probability }),
    ...(isTarget ? { isTarget } : {}),
  }
}

function edgesJson(circuit: Circuit): { readonly [key: string]: JsonValue } {
  const { source, target, weight, port, member } = circuit.edges
  return {
    kind: kindOfAll(circuit.edges, circuit.source),
    source: Array.from(source),
    target: Array.from(target),
    weight: Array.from(weight, (value) => (Number.isNaN(value) ? null : value)),
    ...(port.some((code) => code !== 0) ? { port: Array.from(port, (code) => PORT_CODES[code]!) } : {}),
    ...(member.some((flag) => flag === 0) ? { member: Array.from(member) } : {}),
  }
}

function kindOfAll({ kind, count }: EdgeColumns, source: Circuit['source']): EdgeKind {
  if (count === 0)
    return source === 'SPARSE_WEIGHTS' ? 'WEIGHT' : source === 'ATTRIBUTION_GRAPH' ? 'EFFECT' : 'SCORE'
  invariant(
    kind.every((code) => code === kind[0]),
    'the stored edges of one circuit are of one kind',
  )
  return EDGE_KINDS[kind[0]!]!
}

/** Format and version first, then one line per member; a node and an edge column are one line each. */
function jsonLines(file: { readonly [key: string]: JsonValue | null }): Uint8Array {
  const lines = Object.entries(file).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${memberJson(key, value)}`,
  )
  return new TextEncoder().encode(`{\n${lines.join(',\n')}\n}\n`)
}

function memberJson(key: string, value: JsonValue): string {
  if (key === 'nodes' && Array.isArray(value))
    return `[\n${value.map((node) => `    ${canonicalJson(node as JsonValue)}`).join(',\n')}\n  ]`
  if (key !== 'edges') return canonicalJson(value)
  const columns = Object.entries(value as { readonly [name: string]: JsonValue })
  return `{\n${columns.map(([name, column]) => `    ${JSON.stringify(name)}: ${canonicalJson(column)}`).join(',\n')}\n  }`
}
