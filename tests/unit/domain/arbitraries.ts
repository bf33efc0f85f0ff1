/** Generated addresses of every kind, and generated graphs, for properties. */
import fc from 'fast-check'
import {
  BLOCKS,
  type EdgeAddress,
  type NodeAddress,
  PORTS,
  type Site,
  STREAM_POINTS,
  tapsOf,
} from '../../../src/domain/address.js'
import type { CircuitDraft } from '../../../src/domain/build-circuit.js'
import { CIRCUIT_SOURCES } from '../../../src/domain/edge-meaning.js'

/** Text of every sort: plain, quoted, control characters, astral and lone surrogates. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\n',
    '\u0000',
    '\ud800',
    '\udfff',
    '\u{1f600}',
    'a-b',
    'a->b',
    'é',
    'x:y',
    '@1',
  ),
)

const layer = fc.oneof(fc.constant(-1), fc.nat(40))
const index = fc.oneof(fc.nat(5000), fc.constantFrom(0, 2 ** 32, 2 ** 40 + 7, Number.MAX_SAFE_INTEGER))

const channel: fc.Arbitrary<Site> = fc.constantFrom(...BLOCKS).chain((block) =>
  fc.record({
    kind: fc.constant('channel' as const),
    layer,
    block: fc.constant(block),
    tap: fc.constantFrom(...tapsOf(block)),
    index,
  }),
)

/** One generator per kind of site, so that none is forgotten: the compiler asks for each. */
const simpleSites: { readonly [K in Exclude<Site['kind'], 'rms'>]: fc.Arbitrary<Site> } = {
  channel,
  stream: fc.record({
    kind: fc.constant('stream' as const),
    layer,
    point: fc.constantFrom(...STREAM_POINTS),
    index,
  }),
  pattern: fc.record({ kind: fc.constant('pattern' as const), layer, head: index, query: index, key: index }),
  embed: fc.record({ kind: fc.constant('embed' as const), index }),
  final_resid: fc.record({ kind: fc.constant('final_resid' as const), index }),
  token: fc.record({ kind: fc.constant('token' as const), token: fc.oneof(index, anyText) }),
  logit: fc.record({ kind: fc.constant('logit' as const), token: fc.oneof(index, anyText) }),
  feature: fc.record({
    kind: fc.constant('feature' as const),
    dictionary: fc.option<string, null>(anyText, { nil: null }),
    layer,
    index,
  }),
  error: fc.record({
    kind: fc.constant('error' as const),
    layer,
    part: fc.option<string, null>(anyText, { nil: null }),
  }),
  bias: fc.record({ kind: fc.constant('bias' as const), layer, part: anyText }),
  neuron: fc.record({ kind: fc.constant('neuron' as const), layer, index }),
  head: fc.record({ kind: fc.constant('head' as const), layer, index }),
  component: fc.record({ kind: fc.constant('component' as const), name: anyText, index }),
  target: fc.record({ kind: fc.constant('target' as const), name: anyText }),
  group: fc.record({ kind: fc.constant('group' as const), name: anyText }),
  node: fc.record({ kind: fc.constant('node' as const), name: anyText }),
  mlp: fc.record({ kind: fc.constant('mlp' as const), layer }),
  input: fc.constant({ kind: 'input' as const }),
  logits: fc.constant({ kind: 'logits' as const }),
}
export const SITE_KINDS = [...Object.keys(simpleSites), 'rms'] as Site['kind'][]

const simpleSite = fc.oneof(...Object.values(simpleSites))
const rms = fc
  .tuple(simpleSite, fc.integer({ min: 1, max: 4 }))
  .map(([inner, depth]) =>
    Array.from({ length: depth }).reduce<Site>((site) => ({ kind: 'rms', site }), inner),
  )

export function siteOf(kind: Site['kind']): fc.Arbitrary<Site> {
  return kind === 'rms' ? rms : simpleSites[kind]
}

const position = fc.option(fc.oneof(fc.nat(300), fc.constant(Number.MAX_SAFE_INTEGER)))

export function addressOf(kind: Site['kind']): fc.Arbitrary<NodeAddress> {
  return fc.record({ site: siteOf(kind), position })
}

export const anyAddress: fc.Arbitrary<NodeAddress> = fc.record({ site: fc.oneof(simpleSite, rms), position })

export const anyEdgeAddress: fc.Arbitrary<EdgeAddress> = fc.record({
  source: anyAddress,
  target: anyAddress,
  port: fc.option(fc.constantFrom(...PORTS)),
  number: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
})

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

/** A graph with distinct places, parallel edges, ports and membership; no edge from a node to itself. */
export const anyDraft: fc.Arbitrary<CircuitDraft> = fc
  .uniqueArray(
    fc.record({
      place: anyAddress,
      sourceId: fc.option<string, null>(anyText, { nil: null }),
      label: fc.option<string, null>(anyText, { nil: null }),
      activation: fc.option(finite),
      probability: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      isTarget: fc.boolean(),
    }),
    { selector: ({ place }) => JSON.stringify(place), minLength: 2, maxLength: 8 },
  )
  .chain((nodes) => {
    const end = fc.nat(nodes.length - 1)
    const edge = fc
      .record({
        source: end,
        hop: fc.integer({ min: 1, max: nodes.length - 1 }),
        weight: fc.oneof(finite, fc.constantFrom(0, -0, 1, Number.NaN)),
        port: fc.constantFrom(null, ...PORTS),
        member: fc.boolean(),
      })
      .map(({ hop, ...rest }) => ({ ...rest, target: (rest.source + hop) % nodes.length }))
    return fc
      .record({
        edges: fc.array(edge, { maxLength: 12 }),
        source: fc.constantFrom(...CIRCUIT_SOURCES),
        prompt: fc.option(fc.array(anyText, { maxLength: 3 })),
        masked: fc.array(anyText, { maxLength: 3 }),
      })
      .map(
        (graph): CircuitDraft => ({
          source: graph.source,
          edgeMeaning: 'EFFECT_SCORE',
          model: { kind: 'foreign', name: 'tiny', dictionary: null },
          task: null,
          prompt:
            graph.prompt === null
              ? null
              : { text: graph.prompt.join(''), tokens: graph.prompt.map((text, id) => ({ id, text })) },
          maskedSites: graph.masked,
          nodes,
          edges: {
            source: graph.edges.map(({ source }) => source),
            target: graph.edges.map(({ target }) => target),
            weight: graph.edges.map(({ weight }) => weight),
            kind: 'EFFECT',
            port: graph.edges.map(({ port }) => port),
            member: graph.edges.map(({ member }) => Number(member)),
          },
        }),
      )
  })

/** The same graph with nodes and edges arriving in another order. */
export function rearranged(
  draft: CircuitDraft,
  nodeOrder: readonly number[],
  edgeOrder: readonly number[],
): CircuitDraft {
  const { edges } = draft
  const placeOf = new Map(nodeOrder.map((from, to) => [from, to]))
  return {
    ...draft,
    maskedSites: [...draft.maskedSites].reverse(),
    nodes: nodeOrder.map((i) => draft.nodes[i]!),
    edges: {
      source: edgeOrder.map((e) => placeOf.get(edges.source[e]!)!),
      target: edgeOrder.map((e) => placeOf.get(edges.target[e]!)!),
      weight: edgeOrder.map((e) => edges.weight[e]!),
      kind: edges.kind,
      port: edges.port && edgeOrder.map((e) => edges.port![e]!),
      member: edges.member && edgeOrder.map((e) => edges.member![e]!),
    },
  }
}

export function shuffles(length: number): fc.Arbitrary<number[]> {
  const all = Array.from({ length }, (_, i) => i)
  return fc.shuffledSubarray(all, { minLength: length })
}
