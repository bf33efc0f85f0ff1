/** Random circuits and records with awkward content: any Unicode, subnormal weights, parallel edges, every node kind. */
import type { NodeAddress, Port, Site } from '../../src/domain/address.js'
import { buildCircuit, type NodeDraft } from '../../src/domain/build-circuit.js'
import { compareCodePoints } from '../../src/domain/code-point-order.js'
import type { CircuitSource, EdgeMeaning } from '../../src/domain/edge-meaning.js'
import type { Circuit, EdgeKind } from '../../src/domain/graph-data.js'
import type { ModelIdentity } from '../../src/domain/model-identity.js'
import type {
  Annotation,
  CircuitRecord,
  ImportRecord,
  ScoreSet,
  SparseModelRecord,
} from '../../src/domain/records.js'
import { sha256Hex } from '../../src/domain/sha256.js'
import { type SeededRandom, seededRandom } from './seeded-random.js'

export const AWKWARD_TEXTS = [
  'plain',
  '',
  ' ',
  'Straße',
  'STRASSE',
  'ﬁne',
  'İstanbul',
  'ΣΑΣ',
  '中文',
  'עברית',
  '👩‍👩‍👧',
  '𝔘nicode',
  '\u{10ffff}',
  '\uffff',
  'e\u0301',
  'a%b_c',
  "it's",
  '"quoted"',
  'back\\slash',
  'nul\u0000inside',
  'line\nbreak',
  'tab\t',
  '*[a-z]?',
  '\u00a0',
  'DROP TABLE circuit; --',
  '$x {y}',
] as const

const AWKWARD_WEIGHTS = [
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  2 ** 53,
  -(2 ** 53),
  2 ** 53 + 2,
  -0,
  0,
  1e308,
  Number.MAX_VALUE,
  0.1,
  1 / 3,
  -1,
  1,
]

export interface CircuitShape {
  readonly nodes?: number
  readonly edges?: number
  readonly source?: CircuitSource
  readonly model?: ModelIdentity
  readonly taskName?: string | null
  readonly promptText?: string | null
}

/** The same seed and shape give the same circuit. */
export function randomCircuit(seed: number, shape: CircuitShape = {}): Circuit {
  const random = seededRandom(seed)
  const source =
    shape.source ?? random.pick(['SPARSE_WEIGHTS', 'ATTRIBUTION_GRAPH', 'COMPONENT_GRAPH'] as const)
  const nodeCount = shape.nodes ?? 2 + random.below(30)
  const edgeCount = nodeCount < 2 ? 0 : (shape.edges ?? random.below(60))
  const promptText =
    shape.promptText === undefined
      ? random.below(3) === 0
        ? null
        : random.pick(AWKWARD_TEXTS)
      : shape.promptText
  const taskName =
    shape.taskName === undefined
      ? random.below(2) === 0
        ? null
        : `task ${random.pick(AWKWARD_TEXTS)}`
      : shape.taskName
  const edgeMeaning = meaningOf(source, random)
  const unscored = edgeMeaning === 'EFFECT_SCORE' || edgeMeaning === 'UNSIGNED_IMPORTANCE'
  const from = new Uint32Array(edgeCount)
  const to = new Uint32Array(edgeCount)
  const weight = new Float64Array(edgeCount)
  const member = new Uint8Array(edgeCount)
  const port: (Port | null)[] = []
  for (let e = 0; e < edgeCount; e++) {
    from[e] = random.below(nodeCount)
    to[e] = (from[e]! + 1 + random.below(nodeCount - 1)) % nodeCount
    weight[e] =
      random.below(4) === 0
        ? random.pick(AWKWARD_WEIGHTS)
        : (random.next() - 0.5) * 10 ** (random.below(40) - 20)
    if (unscored && random.below(5) === 0) weight[e] = Number.NaN
    port.push(source === 'COMPONENT_GRAPH' ? random.pick([null, 'Q', 'K', 'V'] as const) : null)
    member[e] = random.below(2)
  }
  return buildCircuit({
    source,
    edgeMeaning,
    model: shape.model ?? {
      kind: 'foreign',
      name: `model-${random.below(4)}`,
      dictionary: random.pick([null, 'mntss/clt', 'Äther']),
    },
    task: taskName === null ? null : { name: taskName, version: '1' },
    prompt:
      promptText === null
        ? null
        : {
            text: promptText,
            tokens: [...promptText].map((text, i) => ({ id: i % 3 === 0 ? null : i, text })),
          },
    maskedSites: source === 'SPARSE_WEIGHTS' ? ['0.attn.act_in', '1.mlp.post_act'] : [],
    nodes: Array.from({ length: nodeCount }, (_, i) => randomNode(i, random)),
    edges: { source: from, target: to, weight, kind: edgeKindOf(source), port, member },
  })
}

/** Everything an import hands to a store, made from the circuit's seed. */
export function circuitRecord(
  circuit: Circuit,
  seed: number,
  given: { readonly name?: string | null; readonly at?: string } = {},
): CircuitRecord {
  const random = seededRandom(seed + 1_000_003)
  const importRecord = importRecordOf(circuit.id, seed, given.at)
  const residue =
    random.below(3) === 0 ? null : Uint8Array.from({ length: random.below(3_000) }, () => random.below(256))
  return {
    circuit,
    name: given.name ?? null,
    importRecord,
    residue,
    scoreSets: randomScores(circuit, importRecord.id, random),
    annotations: randomAnnotations(circuit, seed, random),
  }
}

export function importRecordOf(subjectId: string, seed: number, at?: string): ImportRecord {
  const random = seededRandom(seed + 2_000_003)
  const fileHash = sha256Hex(`file ${seed}`)
  return {
    id: sha256Hex(`import ${seed} ${subjectId}`),
    subjectId,
    format: 'circuit-tracer',
    formatVersion: '1',
    files: [{ name: `${random.pick(AWKWARD_TEXTS)}.json`, sha256: fileHash, bytes: random.below(2 ** 30) }],
    importedAt: at ?? instant(random.below(10_000)),
    owner: 'local',
    findings: [
      { severity: 'REPAIRED', code: 'ID_COLLISION', message: random.pick(AWKWARD_TEXTS), count: 2 ** 53 - 1 },
    ],
    metadata: {
      slug: random.pick(AWKWARD_TEXTS),
      scale: 5e-324,
      nested: [{ deep: [null, true, 0.1, '\ud800 alone'] }],
    },
  }
}

/** ISO 8601 of a second counted from the start of 2026. */
export function instant(second: number): string {
  return new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString()
}

export function modelRecord(
  seed: number,
  given: { readonly name?: string | null; readonly at?: string } = {},
): SparseModelRecord {
  const random = seededRandom(seed + 3_000_003)
  const id = sha256Hex(`model ${seed}`)
  return {
    id,
    name: given.name ?? null,
    config: {
      layers: random.below(8),
      afrac: random.pick([null, 0.25, 1 / 3]),
      tokenizer: random.pick(AWKWARD_TEXTS),
    },
    weightsSha256: sha256Hex(`weights ${seed}`),
    parameterCount: 2 ** 40 + random.below(20),
    nonzeroCount: random.below(20),
    importRecord: importRecordOf(id, seed, given.at),
  }
}

function randomNode(i: number, random: SeededRandom): NodeDraft {
  const place: NodeAddress = {
    site: siteOf(i, random),
    position: random.below(3) === 0 ? null : random.below(5),
  }
  const isLogit = place.site.kind === 'logit'
  return {
    place,
    sourceId: random.below(2) === 0 ? null : `${random.pick(AWKWARD_TEXTS)}_${i}`,
    label: random.below(2) === 0 ? null : `${random.pick(AWKWARD_TEXTS)}\ud83d`,
    activation: random.below(2) === 0 ? null : random.pick(AWKWARD_WEIGHTS),
    probability: isLogit ? random.next() : null,
    isTarget: isLogit && random.below(2) === 0,
  }
}

/** Different `i` give different places. */
function siteOf(i: number, random: SeededRandom): Site {
  const layer = random.below(6)
  const sites: readonly Site[] = [
    { kind: 'channel', layer, block: 'attn', tap: 'q', index: i },
    { kind: 'channel', layer, block: 'mlp', tap: 'post_act', index: i },
    { kind: 'stream', layer, point: 'resid_mid', index: i },
    { kind: 'feature', dictionary: random.pick([null, 'lorsa', 'ünïcode "d"']), layer, index: 2 ** 40 + i },
    { kind: 'token', token: i },
    { kind: 'logit', token: `${i} ${random.pick(AWKWARD_TEXTS)}` },
    { kind: 'error', layer: -1, part: `p${i}` },
    { kind: 'head', layer, index: i },
    { kind: 'group', name: `${random.pick(AWKWARD_TEXTS)} ${i}` },
    { kind: 'rms', site: { kind: 'embed', index: i } },
  ]
  return sites[i % sites.length]!
}

function meaningOf(source: CircuitSource, random: SeededRandom): EdgeMeaning {
  if (source === 'SPARSE_WEIGHTS') return 'WEIGHT'
  if (source === 'ATTRIBUTION_GRAPH') return random.pick(['SCALED_CONTRIBUTION', 'DERIVATIVE'])
  return random.pick(['EFFECT_SCORE', 'UNSIGNED_IMPORTANCE'])
}

function edgeKindOf(source: CircuitSource): EdgeKind {
  return source === 'SPARSE_WEIGHTS' ? 'WEIGHT' : source === 'ATTRIBUTION_GRAPH' ? 'EFFECT' : 'SCORE'
}

function randomScores(circuit: Circuit, importId: string, random: SeededRandom): ScoreSet[] {
  const names = ['influence', 'ümlaut score'].slice(0, random.below(3))
  return names.sort(compareCodePoints).map((name) => ({
    name,
    of: 'NODES',
    unit: 'nats per side',
    sign: 'positive means the circuit needs it',
    method: 'circuit-tracer',
    importId: random.below(2) === 0 ? null : importId,
    values: circuit.nodes.map(() =>
      random.below(4) === 0 ? null : random.pick(AWKWARD_WEIGHTS.filter((value) => !Object.is(value, -0))),
    ),
  }))
}

function randomAnnotations(circuit: Circuit, seed: number, random: SeededRandom): Annotation[] {
  return Array.from({ length: random.below(5) }, (_, i) => ({
    id: sha256Hex(`annotation ${circuit.id} ${seed} ${i}`),
    version: 1 + random.below(3),
    kind: random.pick(['LABEL', 'NOTE', 'SUPERNODE', 'PINS', 'VIEW'] as const),
    circuitId: circuit.id,
    owner: 'local',
    title: random.pick(AWKWARD_TEXTS),
    text: random.below(2) === 0 ? null : random.pick(AWKWARD_TEXTS),
    members: circuit.nodes.slice(0, 3).map(({ address }) => address),
    settings: { linkType: 'both', sg_pos: [0.1, -1e-7], clickedId: random.pick(AWKWARD_TEXTS) },
    updatedAt: instant(random.below(10_000)),
  }))
}
