/** What the importer repaired, dropped or had to decide, one sentence each, with counts. */
import type { ImportFinding } from '../../domain/records.js'
import type { LinkEnds } from './link-ends.js'
import type { PlaceRemark } from './node-place.js'
import type { AddressedPlace } from './node-places.js'
import type { RawGraph } from './raw-graph.js'
import type { ViewAnnotations } from './view-annotations.js'

type Severity = ImportFinding['severity']

const REMARKS: Readonly<Record<PlaceRemark, readonly [Severity, string]>> = {
  PACKED_MISMATCH: [
    'NOTE',
    'the packed feature number does not fit the layer and index of the id; the id is used',
  ],
  INCONSISTENT_FIELDS: ['AMBIGUOUS', 'layer or ctx_idx does not agree with the id; the id is used'],
  UNKNOWN_ID: ['NOTE', 'the id has no known form for its type; the node keeps its id as its address'],
  UNKNOWN_TYPE: ['NOTE', 'the feature_type is not known; the node keeps its id as its address'],
  LEGACY_TYPE: ['NOTE', 'the legacy type "unexplored node" is read as a transcoder feature'],
  VIRTUAL_LOGIT: [
    'NOTE',
    'a custom attribution target, told by an id beyond the vocabulary or a text such as logit(x)-logit(y)',
  ],
  SHARED_PLACE: [
    'AMBIGUOUS',
    'several ids stand for one place; each of the nodes keeps its id as its address',
  ],
}

export interface ImportOutcome {
  readonly raw: RawGraph
  readonly places: readonly AddressedPlace[]
  readonly ends: LinkEnds
  readonly view: ViewAnnotations
  /** Prompt tokens that got a control character back. */
  readonly restoredTokens: number
  /** Logits whose probability stood in their label alone. */
  readonly labelProbabilities: number
  /** Links beyond the first between the same two nodes. */
  readonly parallelLinks: number
}

export function findingsOf(outcome: ImportOutcome): ImportFinding[] {
  const { raw, places, ends, view } = outcome
  const findings: ImportFinding[] = []
  const add = (severity: Severity, code: string, count: number, message: string): void => {
    if (count > 0) findings.push({ severity, code, message, count })
  }
  for (const [code, [severity, message]] of Object.entries(REMARKS)) {
    const at = places.flatMap(({ remarks }, i) => (remarks.includes(code as PlaceRemark) ? [i] : []))
    const first = raw.nodes[at[0] ?? -1]
    add(severity, code, at.length, `${message} (first: ${first?.nodeId}, ${first?.featureType})`)
  }
  const { sharedIds, decidedByLaw, decidedByOrder, firstBackward } = ends
  add(
    'AMBIGUOUS',
    'ID_COLLISION',
    sharedIds.length,
    `links name ids that stand for several nodes (${some(sharedIds)}): ${decidedByLaw} links were read by what is legal (later layer and position, no inputs of errors), ${decidedByOrder} by the order in which the tool writes links`,
  )
  const firstLink = linkName(raw, firstBackward)
  add(
    'NOTE',
    'BACKWARD_LINKS',
    ends.backward,
    `links go against the order of layers and positions, or into a token or error (first: ${firstLink}); they are kept`,
  )
  add(
    'NOTE',
    'PARALLEL_LINKS',
    outcome.parallelLinks,
    'several links join the same two nodes; each is an edge of its own',
  )
  add('NOTE', 'KEYED_BY_JS_NODE_ID', ends.byJsNodeId ? 1 : 0, 'the links name nodes by jsNodeId')
  add('REPAIRED', 'NON_FINITE', raw.nonFinite, 'NaN or infinite optional numbers of nodes are read as absent')
  add(
    'REPAIRED',
    'TOKENS_RESTORED',
    outcome.restoredTokens,
    'prompt tokens with ⏎, → or ↵ got their newline, tab or carriage return back',
  )
  add(
    'NOTE',
    'PROBABILITY_FROM_LABEL',
    outcome.labelProbabilities,
    'logits without token_prob have the rounded probability of their label',
  )
  add(
    'DROPPED',
    'UNKNOWN_VIEW_ID',
    view.unknownIds.length,
    `qParams names nodes that are not in the file: ${some(view.unknownIds)}`,
  )
  add(
    'AMBIGUOUS',
    'AMBIGUOUS_VIEW_ID',
    view.ambiguousIds.length,
    `qParams names ids that stand for several nodes, and all of them are meant: ${some(view.ambiguousIds)}`,
  )
  add(
    'DROPPED',
    'EMPTY_SUPERNODE',
    view.emptyGroups.length,
    `supernodes without a member in the file: ${some(view.emptyGroups)}`,
  )
  return findings
}

function linkName({ links }: RawGraph, link: number): string {
  return link < 0 ? '' : `${links.ids[links.source[link]!]} -> ${links.ids[links.target[link]!]}`
}

/** The first few, each cut to a readable length. */
function some(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map((text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text))
  return texts.length > 3 ? `${shown.join(', ')} and ${texts.length - 3} more` : shown.join(', ')
}
