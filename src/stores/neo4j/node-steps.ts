/** A circuit's nodes, each tied to the component (the place in the model) that it stands for. */
import { BLOCKS, printSite, TAPS } from '../../domain/address.js'
import { coordinatesOf } from '../../domain/canonical-order.js'
import type { Circuit, CircuitNode } from '../../domain/graph-data.js'
import { modelKey } from '../../domain/model-identity.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { LoadStep } from './load-step.js'
import { integer, integerOrNull } from './neo4j-database.js'

const NODES_AT_ONCE = 2_000

const CREATE_NODES = `
MATCH (c:Circuit {ns: $ns, id: $id})
UNWIND $rows AS row
CREATE (c)-[:HAS_NODE]->(:CircuitNode {
  ns: $ns, circuitId: $id, ordinal: row[0], address: row[1], kind: row[2], layer: row[3], block: row[4], tap: row[5],
  index: row[6], position: row[7], label: row[8], activation: row[9], probability: row[10], isTarget: row[11],
  sourceId: row[12]})`

// Rows come in the order of the component's key, the one order in which all writers lock components.
const LINK_COMPONENTS = `
UNWIND $rows AS row
MERGE (k:Component {ns: $ns, key: row[0]})
  ON CREATE SET k.modelKey = $modelKey, k.address = row[1], k.kind = row[2], k.layer = row[3], k.block = row[4],
    k.tap = row[5], k.index = row[6]
WITH k, row
MATCH (n:CircuitNode {ns: $ns, circuitId: $id, ordinal: row[7]})
CREATE (n)-[:OF]->(k)`

/** Names a place of a model in one fixed-length text: index keys have a limit, addresses hardly any. */
export function componentKey(model: string, site: string): string {
  return sha256Hex(JSON.stringify([model, site]))
}

export function* nodeSteps({ nodes, model }: Circuit): Generator<LoadStep> {
  const key = modelKey(model)
  for (let from = 0; from < nodes.length; from += NODES_AT_ONCE) {
    const batch = nodes.slice(from, from + NODES_AT_ONCE)
    const components = batch
      .map((node) => componentRow(key, node))
      .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
    yield {
      statements: [
        { text: CREATE_NODES, parameters: { rows: batch.map(nodeRow) } },
        { text: LINK_COMPONENTS, parameters: { rows: components, modelKey: key } },
      ],
      work: 3 * batch.length,
      edgesDone: 0,
    }
  }
}

function nodeRow(node: CircuitNode): readonly unknown[] {
  const { layer, block, tap, index, position } = storedCoordinates(node)
  return [
    integer(node.ordinal),
    node.address,
    node.kind,
    layer,
    block,
    tap,
    index,
    position,
    node.label,
    node.activation,
    node.probability,
    node.isTarget,
    node.sourceId,
  ]
}

function componentRow(model: string, node: CircuitNode): readonly [string, ...unknown[]] {
  const { layer, block, tap, index } = storedCoordinates(node)
  const site = printSite(node.place.site)
  return [componentKey(model, site), site, node.kind, layer, block, tap, index, integer(node.ordinal)]
}

function storedCoordinates({ place }: CircuitNode): Readonly<Record<string, unknown>> {
  const { layer, block, tap, index, position } = coordinatesOf(place)
  return {
    layer: integerOrNull(layer),
    block: block === null ? null : BLOCKS[block],
    tap: tap === null ? null : TAPS[tap],
    index: integerOrNull(index),
    position: integerOrNull(position),
  }
}
