/** Small hand-made graphs for tests. */

import type { OpenGraph } from '../../src/application/use-cases.js'
import { parseAddress } from '../../src/domain/address.js'
import { buildCircuit, type CircuitDraft } from '../../src/domain/build-circuit.js'
import type { Circuit } from '../../src/domain/graph-data.js'

export interface TinyNode {
  readonly address: string
  readonly activation?: number | null
  readonly probability?: number | null
  readonly label?: string | null
}

/** An attribution graph from addresses and `[source, target, weight]` triples over them. */
export function attributionGraph(
  nodes: readonly (string | TinyNode)[],
  edges: readonly (readonly [string, string, number])[],
  changes: Partial<CircuitDraft> = {},
): Circuit {
  const drafts = nodes.map((node) => (typeof node === 'string' ? { address: node } : node))
  const at = new Map(drafts.map((node, i) => [node.address, i]))
  return buildCircuit({
    source: 'ATTRIBUTION_GRAPH',
    edgeMeaning: 'SCALED_CONTRIBUTION',
    model: { kind: 'foreign', name: 'tiny', dictionary: null },
    task: null,
    prompt: { text: 'a b c', tokens: ['a', ' b', ' c'].map((text, id) => ({ id, text })) },
    maskedSites: [],
    nodes: drafts.map(({ address, ...rest }) => ({ place: parseAddress(address), ...rest })),
    edges: {
      source: edges.map(([s]) => at.get(s)!),
      target: edges.map(([, t]) => at.get(t)!),
      weight: edges.map(([, , w]) => w),
      kind: 'EFFECT',
    },
    ...changes,
  })
}

export function opened(circuit: Circuit): OpenGraph {
  return {
    type: 'circuit',
    id: circuit.id,
    rootType: 'circuit',
    rootId: circuit.id,
    expression: null,
    graph: circuit,
  }
}
