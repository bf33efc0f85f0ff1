/**
 * Attribution graphs of circuit-tracer and Neuronpedia into circuits (graph-formats.md §1): every variant of ids, both
 * schema versions, saved views as annotations. Nothing of the file is lost: what the graph does not say rests in the
 * residue.
 */

import { printAddress } from '../../domain/address.js'
import { buildCircuit, type EdgeDraftColumns, type NodeDraft } from '../../domain/build-circuit.js'
import type { JsonValue } from '../../domain/canonical-json.js'
import type { Circuit } from '../../domain/graph-data.js'
import type { CircuitRecord, ImportFinding, ScoreSet } from '../../domain/records.js'
import { type ImportContext, importRecordOf } from '../import-record.js'
import type { SourceFile } from '../source-file.js'
import { edgeOfLinks } from './edge-of-links.js'
import { type LinkEnds, linkEnds } from './link-ends.js'
import { modelOf } from './model-of.js'
import { type NodePlace, type PlaceRemark, placeOf } from './node-place.js'
import { promptOf } from './prompt-of.js'
import { bad, type RawGraph, type RawLimits, type RawNode, readRawGraph } from './raw-graph.js'
import { refuseCycle } from './refuse-cycle.js'
import { encodeResidue } from './residue.js'
import { viewAnnotations } from './view-annotations.js'

export const ATTRIBUTION_FORMAT = 'circuit-tracer'

export interface AttributionContext extends ImportContext {
  readonly signal?: AbortSignal
  /** Bytes of the file read so far. */
  readonly onProgress?: (bytes: number) => void
  readonly limits?: RawLimits
}

/** Throws BAD_FILE naming place and value, LIMIT_EXCEEDED for a file beyond the limits, CANCELLED on abort. */
export async function readAttributionGraph(
  file: SourceFile,
  context: AttributionContext,
): Promise<CircuitRecord> {
  const raw = await readRawGraph(file, context)
  const metadata = objectOf(raw.members['metadata'])
  const places = raw.nodes.map(placeOf)
  refuseDuplicates(raw.nodes, places, file.name)
  const ends = linkEnds(raw, file.name)
  refuseCycle(raw.nodes.length, ends, (node) => raw.nodes[node]!.nodeId, file.name)
  const { prompt, restored } = promptOf(raw, metadata)
  const circuit = buildCircuit({
    source: 'ATTRIBUTION_GRAPH',
    edgeMeaning: 'SCALED_CONTRIBUTION',
    model: modelOf(metadata),
    task: null,
    prompt,
    maskedSites: [],
    nodes: raw.nodes.map((node, i) => draftOf(node, places[i]!)),
    edges: edgesOf(raw, ends),
  })
  const view = viewAnnotations(raw.members['qParams'], {
    circuitId: circuit.id,
    owner: context.owner,
    updatedAt: context.importedAt,
    ...addressLookups(raw.nodes, places),
  })
  const findings = findingsOf(raw, places, ends, restored, view.unknownIds)
  const importRecord = await importRecordOf(
    {
      subjectId: circuit.id,
      format: ATTRIBUTION_FORMAT,
      formatVersion: String(metadata['schema_version'] ?? 0),
      findings,
      metadata: (raw.members['metadata'] ?? null) as JsonValue,
    },
    [file],
    context,
  )
  return {
    circuit,
    name: context.name ?? slugOf(metadata),
    importRecord,
    residue: residueOf(raw, ends, circuit, places),
    scoreSets: influenceScores(raw.nodes, places, circuit, importRecord.id),
    annotations: view.annotations,
  }
}

function draftOf(node: RawNode, { place }: NodePlace): NodeDraft {
  const isEnd = node.featureType === 'logit'
  return {
    place,
    sourceId: node.nodeId,
    label: node.label,
    activation: node.activation,
    probability: isEnd ? node.tokenProbability : null,
    isTarget: node.isTargetLogit,
  }
}

function edgesOf(raw: RawGraph, ends: LinkEnds): EdgeDraftColumns {
  return { source: ends.source, target: ends.target, weight: raw.links.weight, kind: 'EFFECT' }
}

/** Two nodes of one place are refused: links could not tell them apart. */
function refuseDuplicates(nodes: readonly RawNode[], places: readonly NodePlace[], name: string): void {
  const first = new Map<string, number>()
  for (const [i, { place }] of places.entries()) {
    const address = printAddress(place)
    const known = first.get(address)
    if (known !== undefined) {
      throw bad(
        name,
        `the nodes ${nodes[known]!.nodeId} and ${nodes[i]!.nodeId} both stand for ${address}`,
        `nodes[${i}]`,
      )
    }
    first.set(address, i)
  }
}

/** Shared ids name the feature: saved views point at what the page shows. */
function addressLookups(
  nodes: readonly RawNode[],
  places: readonly NodePlace[],
): { addressOf(nodeId: string): string | null; addressOfFeatureId(featureId: string): string | null } {
  const byId = new Map<string, string>()
  const byFeature = new Map<string, string>()
  for (const [i, node] of nodes.entries()) {
    const { place } = places[i]!
    const address = printAddress(place)
    if (place.site.kind === 'feature' || !byId.has(node.nodeId)) byId.set(node.nodeId, address)
    if (node.feature !== null) byFeature.set(`${node.layer}_${node.feature}_${node.position}`, address)
  }
  return { addressOf: (id) => byId.get(id) ?? null, addressOfFeatureId: (id) => byFeature.get(id) ?? null }
}

function influenceScores(
  nodes: readonly RawNode[],
  places: readonly NodePlace[],
  circuit: Circuit,
  importId: string,
): ScoreSet[] {
  const byAddress = new Map(nodes.map((node, i) => [printAddress(places[i]!.place), node.influence]))
  const values = circuit.nodes.map((node) => byAddress.get(node.address) ?? null)
  if (values.every((value) => value === null)) return []
  return [
    {
      name: 'influence',
      of: 'NODES',
      unit: 'share of total influence, 0…1',
      sign: 'cumulative from the most influential node down: LOW means important',
      method:
        'as the file says: circuit-tracer on the unpruned graph; ask `influence` for values of this graph',
      importId,
      values,
    },
  ]
}

function residueOf(
  raw: RawGraph,
  ends: LinkEnds,
  circuit: Circuit,
  places: readonly NodePlace[],
): Uint8Array {
  const ordinals = new Map(circuit.nodes.map((node) => [node.address, node.ordinal]))
  const ordinalOf = Uint32Array.from(places, ({ place }) => ordinals.get(printAddress(place))!)
  const { links } = raw
  const negativeZeros: number[] = []
  for (let i = 0; i < links.count; i++) if (Object.is(links.weight[i], -0)) negativeZeros.push(i)
  return encodeResidue({
    keys: raw.keys,
    members: raw.members,
    nodes: raw.nodes.map((node) => node.fields),
    linkIds: links.ids,
    linkSource: links.source,
    linkTarget: links.target,
    linkEdge: edgeOfLinks(circuit.edges, ends, links.weight, ordinalOf),
    linkExtras: [...links.extras],
    negativeZeros,
  })
}

const REMARKS: Readonly<Record<PlaceRemark, readonly [ImportFinding['severity'], string]>> = {
  PACKED_MISMATCH: [
    'NOTE',
    'the packed feature number does not fit the layer and index of the id; the id is used',
  ],
  INCONSISTENT_FIELDS: ['AMBIGUOUS', 'layer or ctx_idx does not agree with the id; the id is used'],
  UNKNOWN_ID: ['NOTE', 'the id has no known form for its type; the node keeps its id as its address'],
  UNKNOWN_TYPE: ['NOTE', 'the feature_type is not known; the node keeps its id as its address'],
  LEGACY_TYPE: ['NOTE', 'the legacy type "unexplored node" is read as a transcoder feature'],
  VIRTUAL_LOGIT: ['NOTE', 'a custom attribution target: its virtual id is not a vocabulary id'],
}

function findingsOf(
  raw: RawGraph,
  places: readonly NodePlace[],
  ends: LinkEnds,
  restoredTokens: number,
  unknownIds: readonly string[],
): ImportFinding[] {
  const findings: ImportFinding[] = []
  const add = (severity: ImportFinding['severity'], code: string, count: number, message: string): void => {
    if (count > 0) findings.push({ severity, code, message, count })
  }
  for (const [code, [severity, message]] of Object.entries(REMARKS)) {
    const at = places.findIndex(({ remarks }) => remarks.includes(code as PlaceRemark))
    const count = places.filter(({ remarks }) => remarks.includes(code as PlaceRemark)).length
    add(
      severity,
      code,
      count,
      at < 0 ? message : `${message} (first: ${raw.nodes[at]!.nodeId}, ${raw.nodes[at]!.featureType})`,
    )
  }
  const shared = ends.sharedIds.slice(0, 3).join(', ')
  add(
    'AMBIGUOUS',
    'ID_COLLISION',
    ends.sharedIds.length,
    `ids that stand for a feature of layer 0 and for an error: ${shared}; their links were read by what is legal (${ends.decidedByLaw}) or by the order of the file (${ends.decidedByOrder})`,
  )
  add('NOTE', 'KEYED_BY_JS_NODE_ID', ends.byJsNodeId ? 1 : 0, 'the links name nodes by jsNodeId')
  add('REPAIRED', 'NON_FINITE', raw.nonFinite, 'NaN or infinite optional numbers of nodes are read as absent')
  add(
    'REPAIRED',
    'TOKENS_RESTORED',
    restoredTokens,
    'prompt tokens with ⏎, ↵ or → got their newline, carriage return or tab back',
  )
  add(
    'DROPPED',
    'UNKNOWN_VIEW_ID',
    unknownIds.length,
    `qParams names nodes that are not in the file: ${unknownIds.slice(0, 3).join(', ')}`,
  )
  return findings
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function slugOf(metadata: Readonly<Record<string, unknown>>): string | null {
  const slug = metadata['slug']
  return typeof slug === 'string' && slug !== '' ? slug : null
}
