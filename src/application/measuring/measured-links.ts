/** Edges of a graph as links that the engine can change: stored weights, and residual links between its ends. */
import { type EdgeAddress, parseEdgeAddress, printEdgeAddress } from '../../domain/address.js'
import { InvalidInput, standingAt } from '../../domain/errors.js'
import type { LinkFamily } from '../../domain/experiment/measurement.js'
import { EDGE_KINDS, type GraphData } from '../../domain/graph-data.js'
import { edgePredicate } from '../../query/edge-filter.js'
import type { Scores } from '../../query/node-filter.js'
import { ordinalsByAddress } from '../../query/node-selector.js'
import type { EdgeSelector } from '../questions.js'
import { tapOfSite } from './channel-mask.js'

export interface MeasuredLink {
  /** Canonical address. */
  readonly address: string
  /** Place in the graph's columns; null for a residual link, which is derived. */
  readonly edge: number | null
  readonly from: string
  readonly to: string
  readonly source: number
  readonly target: number
}

const WHERE = 'input.target.edges'

/** Throws BAD_INPUT naming an edge that the graph does not have, or that no run can change. */
export function measuredLinks(
  selector: EdgeSelector,
  graph: GraphData,
  scores: Scores,
): readonly MeasuredLink[] {
  if (selector.kind === 'where') {
    const test = standingAt(`${WHERE}.where`, () => edgePredicate(selector.where, graph, scores))
    return Array.from({ length: graph.edges.count }, (_, e) => e)
      .filter((e) => EDGE_KINDS[graph.edges.kind[e]!] === 'WEIGHT' && test(e))
      .map((e) => storedLink(graph, e))
  }
  const links = new Map(
    selector.addresses
      .map((text, i) => standingAt(`${WHERE}.addresses[${i}]`, () => addressedLink(text, graph)))
      .map((link) => [link.address, link]),
  )
  return [...links.values()]
}

export function linkFamilies(links: readonly MeasuredLink[]): readonly LinkFamily[] {
  const families = new Map<string, MeasuredLink[]>()
  for (const link of links) {
    const key = `${link.from}>${link.to}`
    const family = families.get(key)
    if (family === undefined) families.set(key, [link])
    else family.push(link)
  }
  return Array.from(families.values(), (family) => ({
    from: family[0]!.from,
    to: family[0]!.to,
    source: Uint32Array.from(family, ({ source }) => source),
    target: Uint32Array.from(family, ({ target }) => target),
  }))
}

/** The stored edge of a graph as a link. */
export function storedLink(graph: GraphData, edge: number): MeasuredLink {
  const source = graph.nodes[graph.edges.source[edge]!]!.place
  const target = graph.nodes[graph.edges.target[edge]!]!.place
  return linkBetween({ source, target, port: null, number: null }, edge)
}

function addressedLink(text: string, graph: GraphData): MeasuredLink {
  const address = parseEdgeAddress(text)
  const link = linkBetween(address, null)
  const isResidual = link.source === link.target && /(^embed|resid_delta)$/.test(link.from)
  if (isResidual) return link
  const ordinals = ordinalsByAddress(graph)
  const [source, target] = link.address.split('->').map((end) => ordinals.get(end))
  for (let e = 0; source !== undefined && e < graph.edges.count; e++)
    if (graph.edges.source[e] === source && graph.edges.target[e] === target) return { ...link, edge: e }
  throw new InvalidInput('BAD_INPUT', `this graph has no edge ${JSON.stringify(text)}`, {
    hint: 'list its edges to see the addresses it has; residual links keep their channel: 0.attn.resid_delta[3]->1.mlp.act_in[3]',
  })
}

function linkBetween(address: EdgeAddress, edge: number | null): MeasuredLink {
  const [from, to] = [address.source, address.target].map(({ site, position }) =>
    position !== null ? null : site.kind === 'embed' ? { tap: 'embed', index: site.index } : tapOfSite(site),
  )
  if (from == null || to == null)
    throw new InvalidInput('BAD_INPUT', `${printEdgeAddress(address)} is not a link of a sparse model`)
  return {
    address: printEdgeAddress({ ...address, port: null, number: null }),
    edge,
    from: from.tap,
    to: to.tap,
    source: from.index,
    target: to.index,
  }
}
