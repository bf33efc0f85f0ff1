/**
 * The graph that a question walks on sparse circuits and models: weights, and what the architecture implies between
 * them (language.md §3; semantics.md §8–9): residual links, control through attention, tokens and logits as ends.
 */

import type { NodeAddress } from '../domain/address.js'
import { canonicalKey, compareKeys, coordinatesOf } from '../domain/canonical-order.js'
import { InvalidInput } from '../domain/errors.js'
import { type CircuitNode, EDGE_KINDS, type EdgeKind, type GraphData } from '../domain/graph-data.js'
import { bigramLinks } from './bigram-links.js'
import { compactGraph } from './compact-graph.js'
import {
  AFTER_ALL_LAYERS,
  BEFORE_ALL_LAYERS,
  orderByPhase,
  phaseBefore,
  phaseOf,
  readPhase,
} from './phase-order.js'
import { type Link, residualChain, type StreamUse } from './residual-chain.js'
import type { WalkGraph } from './walk-graph.js'

export interface WeightLinks {
  readonly residual: boolean
  /** OV_AND_QK adds control links from q and k, which have no value. */
  readonly attention: 'OV_ONLY' | 'OV_AND_QK'
  /** Links from tokens to logits by the bigram table. */
  readonly bigram?: true
}

/** An end that the question attaches. */
export interface WalkEnd {
  readonly kind: 'token' | 'logit'
  /** Vocabulary id; of a contrast, the first token's: it decides the end's place in canonical order. */
  readonly token: number
  /**
   * One value per residual channel: of a token its embedding row; of a logit γ_f[c] · U[y, c], of a contrast the
   * difference of two such rows. Channels of value 0 have no link.
   */
  readonly row: ArrayLike<number>
}

export interface WeightSetting {
  /** Width of one attention head: head of a q, k or v channel = floor(index / dHead). */
  readonly dHead: number
  /** Norm gain γ of a residual read (`act_in`); null where the channel reads no residual (position channels). */
  readonly gainOf: (read: CircuitNode) => number | null
  /**
   * What a token adds to a logit, or to a contrast of two, by the bigram table; both by their places among the ends.
   * Null for a model without one.
   */
  readonly bigramOf?: ((token: number, logit: number) => number) | null
}

/**
 * Builds the walk. Values: a residual hop has the reader's gain γ_c (`final_resid`: 1; centring is left out), a
 * control hop has none (NaN). A write reaches every later read; in one layer attention reads, attention writes, MLP
 * reads, MLP writes follow each other.
 *
 * Where the graph has `embed[c]` nodes a token writes to them; otherwise (or they are not maskable) it writes straight
 * to the channels, and likewise a logit reads `final_resid[c]` nodes, or the channels when the graph lists none and
 * has not masked that site. Straight links need `residual`. Bigram entries of value 0 have no link.
 */
export function weightWalk(
  data: GraphData,
  links: WeightLinks,
  setting: WeightSetting,
  ends: readonly WalkEnd[] = [],
): WalkGraph {
  const places = placeEnds(data, ends)
  const implied: Link[] = []
  // One by one: whole models have more links than a call may have arguments.
  const add = (more: readonly Link[]): void => {
    for (const link of more) implied.push(link)
  }
  const transparentFrom = data.nodes.length + ends.length
  const pointPhases: number[] = []
  const newPoint = (phase: number): number => transparentFrom + pointPhases.push(phase) - 1

  const attach = attachEnds(data, ends, places, implied)
  if (links.residual) {
    for (const uses of streamUses(data, setting, places, attach)) {
      add(residualChain(uses, newPoint, kindCode('RESIDUAL')))
    }
  }
  if (links.attention === 'OV_AND_QK') add(controlLinks(data, setting, places, newPoint))
  if (links.bigram === true && setting.bigramOf != null) {
    const placed = ends.map(({ kind }, end) => ({ kind, end, node: places.ends[end]! }))
    add(bigramLinks(placed, setting.bigramOf))
  }
  return joined(data, places, implied, ends, pointPhases)
}

/** Node index of every stored node and end: one canonical order of both. */
interface Places {
  readonly indexOf: Uint32Array
  readonly ends: readonly number[]
}

function placeEnds(data: GraphData, ends: readonly WalkEnd[]): Places {
  const addresses = ends.map(({ kind, token }): NodeAddress => ({ site: { kind, token }, position: null }))
  const keys = addresses.map(canonicalKey)
  const queue = ends.map((_, i) => i).sort((a, b) => compareKeys(keys[a]!, keys[b]!) || a - b)
  const indexOf = new Uint32Array(data.nodes.length)
  const placed: number[] = ends.map(() => 0)
  let next = 0
  const take = (): void => {
    placed[queue.shift()!] = next++
  }
  for (const { ordinal, place, address } of data.nodes) {
    // Ends have no layer, and null is last: only nodes without a layer can stand behind them.
    if (queue.length > 0 && !('layer' in place.site)) {
      const key = { ...coordinatesOf(place), text: address }
      while (queue.length > 0 && compareKeys(keys[queue[0]!]!, key) < 0) take()
    }
    indexOf[ordinal] = next++
  }
  while (queue.length > 0) take()
  return { indexOf, ends: placed }
}

/** Ends that write to or read from residual channels without a node in between. */
interface StraightEnds {
  readonly writers: readonly { readonly node: number; readonly row: ArrayLike<number> }[]
  readonly readers: readonly { readonly node: number; readonly row: ArrayLike<number> }[]
}

/** Links ends to `embed` and `final_resid` nodes where there are such; gives back the ends that need channels. */
function attachEnds(
  data: GraphData,
  ends: readonly WalkEnd[],
  places: Places,
  implied: Link[],
): StraightEnds {
  const embeds = ends.length === 0 ? [] : channelsOf(data, 'embed', places)
  const finals = ends.length === 0 ? [] : channelsOf(data, 'final_resid', places)
  const writers: { node: number; row: ArrayLike<number> }[] = []
  const readers: { node: number; row: ArrayLike<number> }[] = []
  for (const [i, { kind, row }] of ends.entries()) {
    const node = places.ends[i]!
    const through = kind === 'token' ? embeds : finals
    for (const [channel, stored] of through) {
      const value = valueAt(row, channel)
      if (value === 0) continue
      implied.push(
        kind === 'token'
          ? { source: node, target: stored, value, kind: kindCode('EMBEDDING') }
          : { source: stored, target: node, value, kind: kindCode('UNEMBEDDING') },
      )
    }
    const masked = data.maskedSites.includes(kind === 'token' ? 'embed' : 'final_resid')
    if (through.length === 0 && !masked) (kind === 'token' ? writers : readers).push({ node, row })
  }
  return { writers, readers }
}

function channelsOf(
  data: GraphData,
  site: 'embed' | 'final_resid',
  places: Places,
): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = []
  for (const { place, ordinal } of data.nodes)
    if (place.site.kind === site) found.push([place.site.index, places.indexOf[ordinal]!])
  return found
}

function valueAt(row: ArrayLike<number>, channel: number): number {
  const value = row[channel]
  if (value === undefined || !Number.isFinite(value))
    throw new InvalidInput(
      'BAD_INPUT',
      `residual channel ${channel} has no finite value in a row of ${row.length}`,
    )
  return value
}

/** Everything that touches the residual stream, by channel, in ascending order of channels. */
function streamUses(
  data: GraphData,
  setting: WeightSetting,
  places: Places,
  straight: StraightEnds,
): readonly (readonly StreamUse[])[] {
  const channels = new Map<number, StreamUse[]>()
  const add = (channel: number, use: StreamUse): void => {
    const uses = channels.get(channel)
    if (uses === undefined) channels.set(channel, [use])
    else uses.push(use)
  }
  const residual = kindCode('RESIDUAL')
  for (const stored of data.nodes) {
    const { site } = stored.place
    const node = places.indexOf[stored.ordinal]!
    if (site.kind === 'embed')
      add(site.index, { node, phase: BEFORE_ALL_LAYERS, writes: true, value: 1, kind: residual })
    else if (site.kind === 'final_resid')
      add(site.index, { node, phase: AFTER_ALL_LAYERS, writes: false, value: 1, kind: residual })
    else if (site.kind === 'channel') {
      const phase = readPhase(site.layer, site.block)
      if (site.tap === 'resid_delta')
        add(site.index, { node, phase: phase + 1, writes: true, value: 1, kind: residual })
      const gain = site.tap === 'act_in' ? setting.gainOf(stored) : null
      if (gain !== null) add(site.index, { node, phase, writes: false, value: gain, kind: residual })
    }
  }
  const attach = (
    { node, row }: { readonly node: number; readonly row: ArrayLike<number> },
    use: Omit<StreamUse, 'node' | 'value'>,
  ): void => {
    for (let channel = 0; channel < row.length; channel++) {
      const value = valueAt(row, channel)
      if (value !== 0) add(channel, { ...use, node, value })
    }
  }
  for (const end of straight.writers)
    attach(end, { phase: BEFORE_ALL_LAYERS, writes: true, kind: kindCode('EMBEDDING') })
  for (const end of straight.readers)
    attach(end, { phase: AFTER_ALL_LAYERS, writes: false, kind: kindCode('UNEMBEDDING') })
  return [...channels.entries()].sort(([a], [b]) => a - b).map(([, uses]) => uses)
}

/**
 * q and k of a head act on its pattern, and the pattern on everything that the head writes through a kept v: one
 * transparent point per head stands for the pattern. The links have no value.
 */
function controlLinks(
  data: GraphData,
  setting: WeightSetting,
  places: Places,
  newPoint: (phase: number) => number,
): readonly Link[] {
  const heads = new Map<string, { layer: number; controls: number[]; writes: Set<number> }>()
  const nameOf = (layer: number, index: number): string => `${layer}/${Math.floor(index / setting.dHead)}`
  for (const { ordinal, place } of data.nodes) {
    const { site } = place
    if (site.kind !== 'channel' || site.block !== 'attn' || (site.tap !== 'q' && site.tap !== 'k')) continue
    const name = nameOf(site.layer, site.index)
    const head = heads.get(name) ?? { layer: site.layer, controls: [], writes: new Set() }
    heads.set(name, head)
    head.controls.push(places.indexOf[ordinal]!)
  }
  // By node, so that millions of edges are passed over without a look at their ends.
  const writesOf = data.nodes.map(({ place: { site } }) =>
    site.kind === 'channel' && site.block === 'attn' && site.tap === 'v'
      ? (heads.get(nameOf(site.layer, site.index))?.writes ?? null)
      : null,
  )
  const isWrite = Uint8Array.from(data.nodes, (node) => Number(tapOf(node) === 'resid_delta'))
  const { source, target, count } = data.edges
  for (let e = 0; e < count; e++) {
    const to = target[e]!
    if (isWrite[to] === 1) writesOf[source[e]!]?.add(places.indexOf[to]!)
  }
  const kind = kindCode('CONTROL')
  const links: Link[] = []
  for (const { layer, controls, writes } of heads.values()) {
    if (writes.size === 0) continue
    const pattern = newPoint(readPhase(layer, 'attn') + 1)
    for (const source of controls) links.push({ source, target: pattern, value: Number.NaN, kind })
    for (const target of [...writes].sort((a, b) => a - b))
      links.push({ source: pattern, target, value: Number.NaN, kind })
  }
  return links
}

function tapOf(node: CircuitNode): string | null {
  return node.place.site.kind === 'channel' ? node.place.site.tap : null
}

function kindCode(kind: EdgeKind): number {
  return EDGE_KINDS.indexOf(kind)
}

/** By the forward pass; null where a node has no place in it. */
function likelyOrder(
  data: GraphData,
  places: Places,
  ends: readonly WalkEnd[],
  pointPhases: readonly number[],
): Uint32Array | null {
  const phases = new Float64Array(data.nodes.length + ends.length + pointPhases.length)
  for (const node of data.nodes) {
    const phase = phaseOf(node)
    if (phase === null) return null
    phases[places.indexOf[node.ordinal]!] = phase
  }
  for (const [i, { kind, token }] of ends.entries())
    phases[places.ends[i]!] = phaseOf({ place: { site: { kind, token }, position: null } })!
  phases.set(pointPhases.map(phaseBefore), data.nodes.length + ends.length)
  return orderByPhase(phases)
}

/** Ends of stored edges as node indices; mostly the nodes keep their numbers. */
function copyPlaced(ordinals: Uint32Array, indexOf: Uint32Array, into: Uint32Array): void {
  if (indexOf.every((index, ordinal) => index === ordinal)) into.set(ordinals)
  else for (let e = 0; e < ordinals.length; e++) into[e] = indexOf[ordinals[e]!]!
}

/** Stored edges first, under their own numbers. */
function joined(
  data: GraphData,
  places: Places,
  implied: readonly Link[],
  ends: readonly WalkEnd[],
  pointPhases: readonly number[],
): WalkGraph {
  const { edges } = data
  const transparentFrom = data.nodes.length + ends.length
  const nodeCount = transparentFrom + pointPhases.length
  const edgeCount = edges.count + implied.length
  const source = new Uint32Array(edgeCount)
  const target = new Uint32Array(edgeCount)
  const weight = new Float64Array(edgeCount)
  const kind = new Uint8Array(edgeCount)
  copyPlaced(edges.source, places.indexOf, source)
  copyPlaced(edges.target, places.indexOf, target)
  weight.set(edges.weight)
  kind.set(edges.kind)
  for (const [i, link] of implied.entries()) {
    const e = edges.count + i
    source[e] = link.source
    target[e] = link.target
    weight[e] = link.value
    kind[e] = link.kind
  }
  const ordinalOf = new Int32Array(nodeCount).fill(-1)
  for (const [ordinal, node] of places.indexOf.entries()) ordinalOf[node] = ordinal
  return {
    graph: compactGraph(nodeCount, source, target, weight),
    transparent: new Uint8Array(nodeCount).fill(1, transparentFrom),
    ordinalOf,
    indexOf: places.indexOf,
    ends: places.ends,
    storedEdges: edges.count,
    kind,
    likelyOrder: likelyOrder(data, places, ends, pointPhases),
  }
}
