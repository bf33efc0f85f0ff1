/** Small graphs of every kind with every path written down, the slow and obvious way: the oracle of path questions. */
import type { ModelLibrary, ModelStructure } from '../../src/application/ports/model-library.js'
import type { PathEnd } from '../../src/application/questions.js'
import type { OpenGraph } from '../../src/application/use-cases.js'
import { parseAddress } from '../../src/domain/address.js'
import { buildCircuit, type CircuitDraft } from '../../src/domain/build-circuit.js'
import type { AttentionPolicy, LinkPolicy } from '../../src/query/graph-expression.js'
import { controlHops, gainAt, residualHops, type WrittenHop } from './implied-hops.js'
import { type SeededRandom, seededRandom } from './seeded-random.js'
import { opened } from './tiny-graph.js'

export interface WrittenPath {
  readonly nodes: readonly string[]
  readonly hops: readonly WrittenHop[]
  /** Null where some hop has no value. */
  readonly product: number | null
}

export interface Written {
  readonly hops: readonly WrittenHop[]
  /** All paths from a source to a sink, each once. */
  readonly paths: readonly WrittenPath[]
  readonly sources: readonly string[]
  readonly sinks: readonly string[]
}

export interface PathWorld {
  readonly open: OpenGraph
  readonly library: ModelLibrary
  readonly from: PathEnd | null
  readonly to: PathEnd | null
  /** Under a policy; ends that the question does not name are those of `endsUnder`, if given. */
  written(links: LinkPolicy, endsUnder?: LinkPolicy): Written
  /** Do not OV_ONLY and OV_AND_QK mean the same here? */
  readonly hasAttention: boolean
}

const D_MODEL = 2
const D_HEAD = 1
/** Powers of two: all products and sums of a world are exact. */
const VALUES = [1, -1, 2, -2, 0.5, -0.5, 1, 1]
/** Two tokens and three logits; 0 leaves a channel out. */
const EMBEDDING = [
  [2, -1],
  [0, 1],
]
const UNEMBEDDING = [
  [1, 0.5],
  [-1, 0],
  [2, 1],
]
const BIGRAM = [
  [0, 4, -2],
  [1, 0, 1],
]

/** A circuit of two layers of two heads, random in what it keeps, with ends of every kind. */
export function weightWorld(seed: number): PathWorld {
  const random = seededRandom(seed)
  const names: string[] = []
  const weights: WrittenHop[] = []
  const keep = (chance: number): boolean => random.next() < chance
  const some = (tap: string, width: number, chance = 0.8): string[] => {
    const found = Array.from({ length: width }, (_, i) => `${tap}[${i}]`).filter(() => keep(chance))
    names.push(...found)
    return found
  }
  const connect = (from: readonly string[], to: readonly string[]): void => {
    for (const a of from)
      for (const b of to)
        if (keep(0.8)) weights.push({ from: a, to: b, kind: 'WEIGHT', value: random.pick(VALUES) })
  }
  const maskedSites = keep(0.3) ? ['final_resid'] : []
  if (keep(0.3)) some('embed', D_MODEL)
  for (const layer of [0, 1]) {
    const read = some(`${layer}.attn.act_in`, D_MODEL)
    for (const tap of ['q', 'k']) connect(read, some(`${layer}.attn.${tap}`, 2, 0.4))
    const values = some(`${layer}.attn.v`, 2)
    connect(read, values)
    connect(values, some(`${layer}.attn.resid_delta`, D_MODEL))
    if (layer === 1) continue
    const hidden = some('0.mlp.post_act', 1)
    connect(some('0.mlp.act_in', D_MODEL), hidden)
    connect(hidden, some('0.mlp.resid_delta', D_MODEL))
  }
  if (maskedSites.length > 0 || keep(0.2)) some('final_resid', D_MODEL)
  const own = [...names]
  const open = opened(
    buildCircuit({
      ...blank(own, weights, 'WEIGHT'),
      source: 'SPARSE_WEIGHTS',
      edgeMeaning: 'WEIGHT',
      model: { kind: 'sparse', id: 'micro' },
      maskedSites,
    }),
  )
  const token = keep(0.6) ? random.below(EMBEDDING.length) : null
  const logit = keep(0.6) ? random.below(UNEMBEDDING.length) : null
  const minus = logit !== null && keep(0.5) ? (logit + 1) % UNEMBEDDING.length : null
  const source = token === null ? someNodes(own, random, 'FIRST') : ({ kind: 'token', token } as const)
  const sink =
    logit === null ? someNodes(own, random, 'LAST') : ({ kind: 'logit', token: logit, minus } as const)

  const places = [...own]
  const ends: WrittenHop[] = []
  const unembedded = (c: number): number =>
    logit === null ? 0 : UNEMBEDDING[logit]![c]! - (minus === null ? 0 : UNEMBEDDING[minus]![c]!)
  const sinkName = minus === null ? `logit(${logit})` : `logit(${logit})-logit(${minus})`
  for (let c = 0; c < D_MODEL; c++) {
    const embedded = token === null ? 0 : EMBEDDING[token]![c]!
    if (embedded !== 0) {
      if (!places.includes(`embed[${c}]`)) places.push(`embed[${c}]`)
      ends.push({ from: `token(${token})`, to: `embed[${c}]`, kind: 'EMBEDDING', value: embedded })
    }
    const isOpen = !maskedSites.includes('final_resid') || own.includes(`final_resid[${c}]`)
    if (unembedded(c) !== 0 && isOpen) {
      if (!places.includes(`final_resid[${c}]`)) places.push(`final_resid[${c}]`)
      ends.push({ from: `final_resid[${c}]`, to: sinkName, kind: 'UNEMBEDDING', value: unembedded(c) })
    }
  }
  const bigram =
    token === null || logit === null
      ? 0
      : BIGRAM[token]![logit]! - (minus === null ? 0 : BIGRAM[token]![minus]!)
  const hopsUnder = (links: LinkPolicy): WrittenHop[] => [
    ...weights,
    ...ends,
    ...residualHops(places),
    ...(links.attention === 'OV_AND_QK' ? controlHops(own, weights) : []),
    ...(links.bigram === true && bigram !== 0
      ? [{ from: `token(${token})`, to: sinkName, kind: 'BIGRAM', value: bigram }]
      : []),
  ]
  return {
    open,
    library: library(),
    from: source,
    to: sink,
    hasAttention: true,
    written: (links, endsUnder = links) => {
      const hops = hopsUnder(links)
      const hopsOfEnds = hopsUnder(endsUnder)
      const sources =
        source === null ? loose(own, hopsOfEnds, 'to', 'from') : chosen(source, `token(${token})`)
      const sinks = sink === null ? loose(own, hopsOfEnds, 'from', 'to') : chosen(sink, sinkName)
      return { hops, paths: pathsOver(hops, sources, sinks), sources, sinks }
    },
  }
}

/** A random graph of at most ten nodes whose edges are stored, attribution or scores. */
export function edgeWorld(seed: number, kind: 'ATTRIBUTION_GRAPH' | 'COMPONENT_GRAPH'): PathWorld {
  const random = seededRandom(seed)
  const names = Array.from(
    { length: 4 + random.below(8) },
    (_, i) => `node("${String.fromCharCode(97 + i)}")`,
  )
  const hops: WrittenHop[] = []
  const label = kind === 'ATTRIBUTION_GRAPH' ? 'EFFECT' : 'SCORE'
  for (const [i, from] of names.entries())
    for (const to of names.slice(i + 1))
      if (random.next() < 0.45) hops.push({ from, to, kind: label, value: random.pick(VALUES) })
  const open = opened(
    buildCircuit({
      ...blank(names, hops, label),
      source: kind,
      edgeMeaning: kind === 'ATTRIBUTION_GRAPH' ? 'SCALED_CONTRIBUTION' : 'EFFECT_SCORE',
      model: { kind: 'foreign', name: 'random', dictionary: null },
      maskedSites: [],
    }),
  )
  const [source, sink] = [someNodes(names, random, 'FIRST'), someNodes(names, random, 'LAST')]
  const sources = source === null ? loose(names, hops, 'to', 'from') : chosen(source, '')
  const sinks = sink === null ? loose(names, hops, 'from', 'to') : chosen(sink, '')
  const written = { hops, paths: pathsOver(hops, sources, sinks), sources, sinks }
  return { open, library: library(), from: source, to: sink, hasAttention: false, written: () => written }
}

function blank(
  names: readonly string[],
  hops: readonly WrittenHop[],
  kind: 'WEIGHT' | 'EFFECT' | 'SCORE',
): Pick<CircuitDraft, 'nodes' | 'edges' | 'task' | 'prompt'> {
  return {
    task: null,
    prompt: null,
    nodes: names.map((name) => ({ place: parseAddress(name) })),
    edges: {
      source: hops.map(({ from }) => names.indexOf(from)),
      target: hops.map(({ to }) => names.indexOf(to)),
      weight: hops.map(({ value }) => value),
      kind,
    },
  }
}

/** One to three of the first or last five nodes, or nothing said. */
function someNodes(names: readonly string[], random: SeededRandom, side: 'FIRST' | 'LAST'): PathEnd | null {
  if (names.length === 0 || random.next() < 0.25) return null
  const near = side === 'FIRST' ? names.slice(0, 5) : names.slice(-5)
  const addresses = Array.from({ length: 1 + random.below(3) }, () => random.pick(near))
  return { kind: 'nodes', nodes: { kind: 'addresses', addresses } }
}

function chosen(end: PathEnd, attached: string): readonly string[] {
  if (end.kind !== 'nodes') return [attached]
  return end.nodes.kind === 'addresses' ? [...new Set(end.nodes.addresses)] : []
}

/** Nodes with hops on one side only. */
function loose(
  names: readonly string[],
  hops: readonly WrittenHop[],
  none: 'from' | 'to',
  some: 'from' | 'to',
): readonly string[] {
  return names.filter(
    (name) => !hops.some((hop) => hop[none] === name) && hops.some((hop) => hop[some] === name),
  )
}

function pathsOver(
  hops: readonly WrittenHop[],
  from: readonly string[],
  to: readonly string[],
): readonly WrittenPath[] {
  const found: WrittenPath[] = []
  const walk = (nodes: readonly string[], taken: readonly WrittenHop[]): void => {
    const last = nodes[nodes.length - 1]!
    if (to.includes(last)) {
      const product = taken.reduce((all, { value }) => all * value, 1)
      found.push({ nodes, hops: taken, product: Number.isNaN(product) ? null : product })
    }
    for (const hop of hops) if (hop.from === last) walk([...nodes, hop.to], [...taken, hop])
  }
  for (const start of from) walk([start], [])
  return found
}

function library(): ModelLibrary {
  const structure: Partial<ModelStructure> = {
    dModel: D_MODEL,
    dHead: D_HEAD,
    vocabSize: 3,
    gain: (tap, index) => gainAt(Number(tap[0]), index),
    embedding: (token) => EMBEDDING[token]!,
    unembedding: (token) => UNEMBEDDING[token]!,
    bigram: (token) => BIGRAM[token]!,
    tokenText: () => null,
  }
  return { structure: async () => structure as ModelStructure } as unknown as ModelLibrary
}

export function bothPolicies(): readonly LinkPolicy[] {
  const policies: readonly AttentionPolicy[] = ['OV_ONLY', 'OV_AND_QK']
  return policies.flatMap((attention) => [
    { residual: true, attention },
    { residual: true, attention, bigram: true as const },
  ])
}
