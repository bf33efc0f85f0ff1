/** Use cases over one small attribution graph, made of the application's own parts. */
import { askBottlenecks } from '../../../src/application/ask-bottlenecks.js'
import { askFlow } from '../../../src/application/ask-flow.js'
import { askInfluence } from '../../../src/application/ask-influence.js'
import { askPaths } from '../../../src/application/ask-paths.js'
import { ColumnTexts } from '../../../src/application/column-texts.js'
import { listEdges } from '../../../src/application/list-edges.js'
import { listNodes } from '../../../src/application/list-nodes.js'
import { pageOf } from '../../../src/application/paging.js'
import { PathEnumerations } from '../../../src/application/path-enumerations.js'
import type { ModelLibrary } from '../../../src/application/ports/model-library.js'
import { readColumns } from '../../../src/application/read-columns.js'
import { summariseGraph } from '../../../src/application/summarise-graph.js'
import type { UseCases } from '../../../src/application/use-cases.js'
import { NotFound, Unavailable } from '../../../src/domain/errors.js'
import { modelKey } from '../../../src/domain/model-identity.js'
import type { Annotation, CircuitSummary } from '../../../src/domain/records.js'
import { attributionGraph, opened } from '../../support/tiny-graph.js'

/** token → feature → logit twice, once with a minus sign, and one direct edge. */
export const CIRCUIT = attributionGraph(
  [
    'token(0)@0',
    { address: 'feature(0/7)@1', activation: 2, label: 'a "quoted" label' },
    { address: 'feature(1/9000000000)@1', activation: 0.5 },
    { address: 'logit(5)@1', probability: 0.75 },
  ],
  [
    ['token(0)@0', 'feature(0/7)@1', 4],
    ['token(0)@0', 'feature(1/9000000000)@1', 1],
    ['feature(0/7)@1', 'logit(5)@1', 0.5],
    ['feature(1/9000000000)@1', 'logit(5)@1', -3],
    ['token(0)@0', 'logit(5)@1', 0.25],
  ],
)
const OPEN = opened(CIRCUIT)
const SCORES = new Map([['size', [1, null, 3, 4]]])
const TEXTS = new ColumnTexts(1 << 20)
const CLOCK = { now: () => '2026-11-23T06:00:00.000Z', elapsed: () => 0 }

/** An attribution graph asks nothing of the library of sparse models. */
const DEPS = { clock: CLOCK, library: {} as ModelLibrary, enumerations: new PathEnumerations(1e6) }

const SUMMARY: CircuitSummary = {
  id: CIRCUIT.id,
  names: ['tiny'],
  source: CIRCUIT.source,
  edgeMeaning: CIRCUIT.edgeMeaning,
  modelKey: modelKey(CIRCUIT.model),
  taskName: null,
  promptText: 'a b c',
  nodeCount: CIRCUIT.nodes.length,
  edgeCount: CIRCUIT.edges.count,
  createdAt: CLOCK.now(),
  relationshipsComplete: true,
}
const SUPERNODE: Annotation = {
  id: 's1',
  version: 2,
  kind: 'SUPERNODE',
  circuitId: CIRCUIT.id,
  owner: 'local',
  title: 'both features',
  text: null,
  members: ['feature(0/7)@1', 'feature(1/9000000000)@1'],
  settings: null,
  updatedAt: CLOCK.now(),
}

export const TINY_CATALOGUE: Partial<UseCases> = {
  findCircuits: async ({ page }) => pageOf([SUMMARY], page, 'circuits'),
  resolveCircuit: async (ref) => (ref.kind === 'id' && ref.id !== CIRCUIT.id ? null : SUMMARY),
  circuitSummaries: async (ids) => ids.map((id) => (id === CIRCUIT.id ? SUMMARY : null)),
  openCircuit: async (id) => {
    if (id !== CIRCUIT.id) throw new NotFound(`there is no circuit ${id}`)
    return OPEN
  },
  openSubcircuit: async (id) => {
    throw new NotFound(`there is no subcircuit ${id}`)
  },
  importsOf: async () => [],
  scoreSetsOf: async () => [],
  annotationsOf: async () => [SUPERNODE],
  annotation: async (id) => (id === SUPERNODE.id ? SUPERNODE : null),
  capabilities: () => ['POSITIONS', 'PRODUCTS'],
  scores: async () => SCORES,
  nodes: async (open, question) => listNodes(open, question, SCORES),
  edges: async (open, question) => listEdges(open, question, SCORES),
  summary: async (open) => summariseGraph(open.graph, [...SCORES.keys()]),
  columns: async (open, question, asking) =>
    readColumns(open, question, SCORES, asking, { clock: CLOCK, texts: TEXTS }),
  askInfluence: async (open, question) => askInfluence(open, question, CLOCK),
  askPaths: async (open, question, asking) => askPaths(open, question, SCORES, asking, DEPS),
  askBottlenecks: async (open, question, asking) => askBottlenecks(open, question, SCORES, asking, DEPS),
  askFlow: async (open, question, asking) => askFlow(open, question, SCORES, asking, DEPS),
  run: async () => {
    throw new Unavailable(
      'this question runs a model, and tiny cannot be run here',
      { hint: 'import it' },
      'MODEL_NOT_AT_HAND',
    )
  },
}
