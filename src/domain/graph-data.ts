/**
 * A graph as plain readonly data: nodes as objects in canonical order, edges as typed-array columns in canonical
 * order, so that a million edges cost 25 bytes each and no object.
 */
import type { NodeAddress, Port, Site } from './address.js'
import { PORTS } from './address.js'
import type { CircuitSource, EdgeMeaning } from './edge-meaning.js'
import type { ModelIdentity } from './model-identity.js'

export const NODE_KINDS = [
  'CHANNEL',
  'STREAM',
  'PATTERN',
  'EMBED',
  'FINAL_RESID',
  'TOKEN',
  'LOGIT',
  'FEATURE',
  'ERROR',
  'BIAS',
  'NEURON',
  'HEAD',
  'COMPONENT',
  'TARGET',
  'GROUP',
  'OTHER',
  'MLP',
  'INPUT',
  'LOGITS',
  'RMS',
] as const
export type NodeKind = (typeof NODE_KINDS)[number]

/** Implied kinds (all but WEIGHT, EFFECT and SCORE) are derived when a question walks, never stored. */
export const EDGE_KINDS = [
  'WEIGHT',
  'RESIDUAL',
  'CONTROL',
  'EMBEDDING',
  'UNEMBEDDING',
  'BIGRAM',
  'EFFECT',
  'SCORE',
] as const
export type EdgeKind = (typeof EDGE_KINDS)[number]

/** Codes of the `port` column; 0 is none. */
export const PORT_CODES: readonly (Port | null)[] = [null, ...PORTS]

export interface CircuitNode {
  /** Place in canonical order, from 0. */
  readonly ordinal: number
  /** Canonical text of the address; unique in its graph. */
  readonly address: string
  readonly place: NodeAddress
  readonly kind: NodeKind
  /** The id that the imported file used, where there was one. */
  readonly sourceId: string | null
  /** A person's or tool's words for the node; outside the hash. */
  readonly label: string | null
  /** Activation a_s on the graph's prompt (dictionary units); outside the hash. */
  readonly activation: number | null
  /** Probability of a logit's token, 0…1; null for other kinds. Part of the hash. */
  readonly probability: number | null
  /** Is it a logit that the graph was made to explain first? */
  readonly isTarget: boolean
}

export interface EdgeColumns {
  readonly count: number
  /** Ordinals of the ends. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  /** NaN stands for "unscored" and nothing else: a real NaN is refused at the door. */
  readonly weight: Float64Array
  /** Index into EDGE_KINDS. */
  readonly kind: Uint8Array
  /** Index into PORT_CODES. */
  readonly port: Uint8Array
  /** 1 where the edge belongs to the tool's own cut (`in_graph`); 1 everywhere when the tool has no such flag. */
  readonly member: Uint8Array
}

export const GROUPINGS = ['HEAD', 'LAYER', 'SUPERNODE', 'POSITION'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** What a collapsed graph remembers of the one it was made from; sums over its paths are not that graph's. */
export interface Quotient {
  readonly by: Grouping
  /** By node: how many nodes it stands for, and how many edges between them were dropped. */
  readonly nodesBehind: Uint32Array
  readonly innerEdges: Uint32Array
  /** By edge: sum of the absolute values of the edges it stands for, and how many they are. */
  readonly absWeight: Float64Array
  readonly edgesBehind: Uint32Array
}

export interface PromptToken {
  /** Vocabulary id, or null when the file knows only the text. */
  readonly id: number | null
  readonly text: string
}

export interface Prompt {
  readonly text: string
  readonly tokens: readonly PromptToken[]
}

export interface GraphData {
  readonly source: CircuitSource
  readonly edgeMeaning: EdgeMeaning
  readonly model: ModelIdentity
  /** Name and version of the task it explains, or null. */
  readonly task: { readonly name: string; readonly version: string } | null
  readonly prompt: Prompt | null
  /** Sites whose channels were masked when it was cut, e.g. `0.attn.act_in`; code-point order. Sparse circuits only. */
  readonly maskedSites: readonly string[]
  readonly nodes: readonly CircuitNode[]
  readonly edges: EdgeColumns
  /** Absent unless nodes were merged. */
  readonly quotient?: Quotient
}

/** An immutable graph that explains one behaviour; `id` is the hash of its content. */
export interface Circuit extends GraphData {
  readonly id: string
}

const KIND_OF_SITE: Readonly<Record<Site['kind'], NodeKind>> = {
  channel: 'CHANNEL',
  stream: 'STREAM',
  pattern: 'PATTERN',
  embed: 'EMBED',
  final_resid: 'FINAL_RESID',
  token: 'TOKEN',
  logit: 'LOGIT',
  feature: 'FEATURE',
  error: 'ERROR',
  bias: 'BIAS',
  neuron: 'NEURON',
  head: 'HEAD',
  component: 'COMPONENT',
  target: 'TARGET',
  group: 'GROUP',
  node: 'OTHER',
  mlp: 'MLP',
  input: 'INPUT',
  logits: 'LOGITS',
  rms: 'RMS',
}

export function nodeKindOf(site: Site): NodeKind {
  return KIND_OF_SITE[site.kind]
}
