/** The circuit and the questions of the event-loop benchmark: every structural question there is, on a large graph. */
import type { Circuit } from '../src/domain/graph-data.js'
import { layeredCircuit } from '../tests/support/layered-circuit.js'

export const CIRCUIT_SEED = 12_345

/** 20 layers of 1,000 features, 54 edges from each: 1.03 M edges. */
export function largeCircuit(): Circuit {
  return layeredCircuit({ layers: 20, width: 1_000, degree: 54, seed: CIRCUIT_SEED })
}

/** GraphQL of a field of a graph, or the path of a download, by the name that the table shows. */
export type Questions = Readonly<Record<string, string>>

const OR_PROBLEM = '... on Problem { code message }'
const answer = (type: string, fields: string): string => `{ ... on ${type} { ${fields} } ${OR_PROBLEM} }`
const paths = (ends: string, first = 100): string =>
  `paths(${ends} first: ${first}) ${answer('PathAnswer', 'totalCount coveredMass paths { nodes { rank product addresses } }')}`
const select = (expression: string): string =>
  `select(expression: ${expression}) { id nodeCount edgeCount edges(first: 5) { nodes { address weight } } }`

/** Asked of any graph. */
const COMMON: Questions = {
  'first nodes': 'nodes(first: 20) { totalCount nodes { address kind layer } }',
  'edges by |weight|':
    'edges(first: 100, orderBy: { by: { field: ABS_WEIGHT }, direction: DESC }) { totalCount nodes { address weight source { address } target { address } } }',
  'edges of a filter, page of 1,000':
    'edges(first: 1000, filter: { weight: { absGte: 0.9 } }) { totalCount pageInfo { endCursor } nodes { id weight } }',
  'nodes by address':
    'nodes(first: 20, orderBy: { by: { field: ADDRESS }, direction: DESC }) { nodes { id } }',
  summary: 'summary { nodeCount edgeCount absWeightQuantiles maxInDegree byLayerAndTap { nodes } }',
  columns: `columns ${answer('GraphColumns', 'edgeCount')}`,
  'columns of a filter': `columns(edges: { weight: { absGte: 0.9 } }) ${answer('GraphColumns', 'edgeCount nodeAddress source target weight')}`,
  'select edges': select('{ edges: { weight: { absGte: 0.5 } } }'),
  'select nodes': select('{ nodes: { layer: { gte: 2 } } }'),
  capabilities: 'capabilities',
}

export const CIRCUIT_QUESTIONS: Questions = {
  ...COMMON,
  paths: paths(''),
  '10,000 paths': paths('', 10_000),
  'paths of a pattern': paths('pattern: "(:token) -> (:feature) ->{1,6} (n:feature {layer: 5})"'),
  flow: `flow ${answer('FlowAnswer', 'pathCount signedTotal')}`,
  'flow through a layer': `flow(via: { where: { layer: { eq: 7 } index: { lt: 100 } } }) ${answer('FlowAnswer', 'pathCount signedTotal')}`,
  influence: `influence ${answer('InfluenceAnswer', 'columns { nodeAddress influence }')}`,
  'select influence': select('{ influence: { nodeThreshold: 0.8, edgeThreshold: 0.9 } }'),
  'select upstream': select('{ upstreamOf: { of: { where: { layer: { eq: 10 } index: { eq: 3 } } } } }'),
  'select between': select(
    '{ between: { from: { where: { layer: { eq: 2 } } }, to: { where: { layer: { eq: 9 } } } } }',
  ),
}

/** Asked of the whole model M. */
export const MODEL_QUESTIONS: Questions = {
  ...COMMON,
  'token → logit paths': paths('from: { attached: "token(5)" } to: { attached: "logit(7)" }'),
  'paths of a pattern': paths(
    'pattern: "(:token {index: 5}) => (:v) -> (:resid_delta) => (:logit {index: 7})"',
  ),
  'paths without ends': paths(''),
  flow: `flow(from: { attached: "token(5)" } to: { attached: "logit(7)-logit(9)" }) ${answer('FlowAnswer', 'pathCount signedTotal')}`,
  influence: `influence(on: [{ node: "7.mlp.resid_delta[5]", weight: 1 }]) ${answer('InfluenceAnswer', 'columns { nodeAddress influence }')}`,
  'select influence': select(
    '{ influence: { nodeThreshold: 0.8, edgeThreshold: 0.9, on: [{ node: "7.mlp.resid_delta[5]", weight: 1 }] } }',
  ),
  'select upstream': select('{ upstreamOf: { of: { addresses: ["3.mlp.post_act[5]"] } } }'),
  'select between': select(
    '{ between: { from: { addresses: ["0.attn.act_in[5]"] }, to: { addresses: ["2.mlp.post_act[9]"] } } }',
  ),
}

/** Questions that run a model, or estimate what a run would give. */
export const CIRCUIT_RUNS: Questions = {
  'estimated run': `run(input: { interventions: [{ address: "feature(3/5)@1", change: { scale: 0 } }] allowEstimate: true }) ${answer('RunAnswer', 'basis')}`,
  'estimated ablation': `ablate(input: { target: { nodes: { where: { layer: { eq: 3 } index: { lt: 50 } } } } background: CIRCUIT sweep: { preset: EACH_NODE } replacements: [{ preset: ZERO }] metrics: [{ direction: "logit(7)" }] allowEstimate: true }) ${answer('AblationAnswer', 'basis')}`,
  'estimated attribution': `attribute(input: { metric: { direction: "logit(7)" } method: { preset: GRADIENT_TIMES_ACTIVATION } allowEstimate: true }) ${answer('AttributionAnswer', 'basis columns { label score }')}`,
}

const PROMPT = '{ tokens: [5, 6, 7, 8, 9, 10, 11, 12] }'
export const MODEL_RUNS: Questions = {
  'run of the model': `run(input: { prompt: ${PROMPT} }) ${answer('RunAnswer', 'basis')}`,
  'ablation in the model': `ablate(input: { target: { nodes: { addresses: ["3.mlp.post_act[5]", "4.attn.v[7]"] } } background: MODEL replacements: [{ preset: ZERO }] on: { prompts: [{ prompt: ${PROMPT}, target: 7 }] } metrics: [{ preset: TARGET_PROBABILITY }] }) ${answer('AblationAnswer', 'basis')}`,
}

export const DOWNLOADS = ['arrow', 'jsonl'] as const
