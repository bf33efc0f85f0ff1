/**
 * Attribution graphs of circuit-tracer and Neuronpedia into circuits (graph-formats.md §1): every variant of ids, both
 * schema versions, saved views as annotations. Nothing of the file is lost: what the graph does not say rests in the
 * residue. A graph with a cycle is refused: effects go forward, and path questions need it.
 */
import { setImmediate } from 'node:timers/promises'
import { buildCircuit } from '../../domain/build-circuit.js'
import { throwIfAborted } from '../../domain/errors.js'
import type { Circuit } from '../../domain/graph-data.js'
import type { CircuitRecord, ScoreSet } from '../../domain/records.js'
import { type ImportContext, importRecordOf } from '../import-record.js'
import { printJsonText } from '../json-elements-text.js'
import type { SourceFile } from '../source-file.js'
import { parallelEdges } from './edge-between.js'
import { fieldsOf, plainJson, sayingText } from './file-fields.js'
import { findingsOf } from './findings.js'
import { type LinkEnds, linkEnds } from './link-ends.js'
import { modelOf, scanOf } from './model-of.js'
import { placesOf } from './node-places.js'
import type { RawNode } from './node-reader.js'
import { promptOf } from './prompt-of.js'
import { type RawGraph, type RawOptions, readRawGraph } from './raw-graph.js'
import { refuseCycle } from './refuse-cycle.js'
import { encodeResidue } from './residue.js'
import { viewAnnotations } from './view-annotations.js'
import { viewLookup } from './view-lookup.js'

export const ATTRIBUTION_FORMAT = 'circuit-tracer'

export interface AttributionContext extends ImportContext, RawOptions {}

/**
 * Reads `.json` or `.json.gz` as it streams. Throws BAD_FILE naming place and value, LIMIT_EXCEEDED for a file beyond
 * the limits, CANCELLED on abort. The name falls back to the file's slug.
 */
export async function readAttributionGraph(
  file: SourceFile,
  context: AttributionContext,
): Promise<CircuitRecord> {
  const raw = await readRawGraph(file, context)
  const metadata = fieldsOf(raw.members.get('metadata'))
  const places = placesOf(raw.nodes, scanOf(metadata), file.name)
  await turn(context)
  const ends = await linkEnds(raw, file.name, context.signal)
  // Links that all lead upwards cannot close a circle.
  if (ends.backward > 0) refuseCycle(raw.nodes.length, ends, (node) => raw.nodes[node]!.nodeId, file.name)
  await turn(context)
  const { prompt, restored } = promptOf(metadata, places)
  const probabilities = raw.nodes.map(probabilityOf)
  const circuit = buildCircuit({
    source: 'ATTRIBUTION_GRAPH',
    edgeMeaning: 'SCALED_CONTRIBUTION',
    model: modelOf(metadata),
    task: null,
    prompt,
    maskedSites: [],
    nodes: raw.nodes.map((node, i) => ({
      place: places[i]!.place,
      sourceId: node.nodeId,
      label: node.label,
      activation: node.activation,
      probability: probabilities[i]!,
      isTarget: node.isTarget,
    })),
    edges: { source: ends.source, target: ends.target, weight: raw.links.weight, kind: 'EFFECT' },
  })
  await turn(context)
  const view = viewAnnotations(raw.members.get('qParams'), {
    circuitId: circuit.id,
    owner: context.owner,
    updatedAt: context.importedAt,
    ...viewLookup(raw.nodes, places),
  })
  const ordinals = new Map(circuit.nodes.map((node) => [node.address, node.ordinal]))
  const nodeOrdinal = Uint32Array.from(places, ({ address }) => ordinals.get(address)!)
  const importRecord = await importRecordOf(
    {
      subjectId: circuit.id,
      format: ATTRIBUTION_FORMAT,
      formatVersion: versionOf(metadata['schema_version']),
      findings: findingsOf({
        raw,
        places,
        ends,
        view,
        restoredTokens: restored,
        labelProbabilities: raw.nodes.filter((node, i) => node.probability !== probabilities[i]).length,
        parallelLinks: parallelLinks(circuit),
      }),
      metadata: plainJson(raw.members.get('metadata')),
    },
    [file],
    context,
  )
  return {
    circuit,
    name: context.name ?? sayingText(metadata['slug']),
    importRecord,
    residue: await residueOf(raw, ends, circuit, nodeOrdinal),
    scoreSets: influenceScores(raw.nodes, nodeOrdinal, importRecord.id),
    annotations: view.annotations,
  }
}

/** Lets others run, and stops when the asker has gone. */
async function turn(context: AttributionContext): Promise<void> {
  await setImmediate()
  throwIfAborted(context.signal)
}

/** Where a logit has no `token_prob`, as in CRM files, its label says it: `Logit "tok" (p=0.543)`. */
function probabilityOf({ featureType, probability, label }: RawNode): number | null {
  if (featureType !== 'logit' || probability !== null || label === null) return probability
  const text = /\(p=(\d\.\d+|\d)\)\s*$/.exec(label.slice(-40))?.[1]
  return text === undefined ? null : Number(text)
}

/** 0 is what files before the field are called. */
function versionOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value).slice(0, 40) : '0'
}

function parallelLinks({ edges: { count, source, target } }: Circuit): number {
  let parallel = 0
  for (let e = 1; e < count; e++) if (source[e] === source[e - 1] && target[e] === target[e - 1]) parallel++
  return parallel
}

function influenceScores(nodes: readonly RawNode[], nodeOrdinal: Uint32Array, importId: string): ScoreSet[] {
  const values = new Array<number | null>(nodes.length).fill(null)
  for (const [i, { influence }] of nodes.entries())
    values[nodeOrdinal[i]!] = influence === null ? null : influence + 0
  if (values.every((value) => value === null)) return []
  return [
    {
      name: 'influence',
      of: 'NODES',
      unit: 'share of total influence, 0…1',
      sign: 'cumulative from the most influential node down: LOW means important',
      method:
        'as the file says: circuit-tracer on its unpruned graph, so influence computed on this graph gives other values and another order',
      importId,
      values,
    },
  ]
}

function residueOf(
  raw: RawGraph,
  ends: LinkEnds,
  circuit: Circuit,
  nodeOrdinal: Uint32Array,
): Promise<Uint8Array> {
  const { links } = raw
  return encodeResidue({
    keys: raw.keys,
    members: new Map([...raw.members].map(([key, value]) => [key, printJsonText(value)])),
    nodes: raw.nodes.map(({ text }) => text),
    nodeOrdinal,
    linkSource: ends.source,
    linkTarget: ends.target,
    parallelEdges: parallelEdges(
      circuit.edges,
      { source: ends.source, target: ends.target, weight: links.weight },
      nodeOrdinal,
    ),
    linksName: ends.byJsNodeId ? 'jsNodeId' : 'node_id',
    linkExtras: links.extras,
    negativeZeros: links.negativeZeros,
  })
}
