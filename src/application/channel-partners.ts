/**
 * What a channel of a model is wired to: stored weights at it, residual links to the writers or readers of its stream
 * channel, and control links of q and k (semantics.md §8–9). From the whole model, whatever the graph keeps.
 */
import { type NodeAddress, parseAddress } from '../domain/address.js'
import { compareAddresses } from '../domain/canonical-order.js'
import type { CircuitNode } from '../domain/graph-data.js'
import { ordinalsByAddress } from '../query/node-selector.js'
import { beginAnswer } from './answer-base.js'
import type { ChannelPartner, PartnersAnswer } from './answers.js'
import { type ModelChannel, modelChannel } from './measuring/model-channel.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary, ModelStructure } from './ports/model-library.js'
import type { OpenGraph } from './use-cases.js'

export const PARTNER_SIDES = ['READS', 'WRITES'] as const
export type PartnerSide = (typeof PARTNER_SIDES)[number]

type Link = Pick<ChannelPartner, 'kind' | 'weight'> & { readonly tap: string; readonly index: number }

export async function channelPartners(
  open: OpenGraph,
  node: CircuitNode,
  side: PartnerSide,
  deps: { readonly library: ModelLibrary; readonly clock: Clock },
): Promise<PartnersAnswer> {
  const finish = beginAnswer(
    open,
    { ask: side === 'READS' ? 'reads' : 'writes', node: node.address },
    deps.clock,
  )
  const channel = await modelChannel(open, node, side === 'READS' ? 'inputs' : 'outputs', deps.library)
  const links = side === 'READS' ? readsOf(channel) : writesOf(channel)
  const ordinals = ordinalsByAddress(open.graph)
  const rows = links.map(({ tap, index, kind, weight }) => {
    const address = `${tap}[${index}]`
    const ordinal = ordinals.get(address)
    const place: NodeAddress = parseAddress(address)
    return {
      place,
      row: { address, kind, weight, node: ordinal === undefined ? null : open.graph.nodes[ordinal]! },
    }
  })
  rows.sort((a, b) => strength(b.row) - strength(a.row) || compareAddresses(a.place, b.place))
  return { ...finish({ modelId: channel.modelId }), partners: rows.map(({ row }) => row) }
}

function strength({ weight }: ChannelPartner): number {
  return weight === null ? -1 : Math.abs(weight)
}

function readsOf({ structure, tap, index }: ModelChannel): readonly Link[] {
  const gain = structure.gain(tap, index)
  if (gain !== null) {
    if (gain === 0) return []
    const writers = streamSites(structure).filter((site) => isBefore(site, tap, structure))
    const written = writers.filter((site) => structure.weightsInto(site, index).length > 0)
    const embedded = Array.from(structure.embeddingOf(index)).some((value) => value !== 0)
    return [...(embedded ? ['embed'] : []), ...written].map((writer) => ({
      tap: writer,
      index,
      kind: 'RESIDUAL',
      weight: gain,
    }))
  }
  const weights = structure.weightsInto(tap, index).map((weight): Link => ({ ...weight, kind: 'WEIGHT' }))
  return [...weights, ...controllersOf(structure, tap, index)]
}

function writesOf({ structure, tap, index }: ModelChannel): readonly Link[] {
  if (tap === 'embed' || tap.endsWith('.resid_delta')) {
    const readers = structure.maskableSites
      .map((site) => site.tap)
      .filter((site) => site.endsWith('.act_in') && isBefore(tap, site, structure))
      .filter((site) => structure.weightsOutOf(site, index).length > 0)
    return [...readers, 'final_resid'].flatMap((reader): Link[] => {
      const gain = structure.gain(reader, index)
      return gain === null || gain === 0 ? [] : [{ tap: reader, index, kind: 'RESIDUAL', weight: gain }]
    })
  }
  const weights = structure.weightsOutOf(tap, index).map((weight): Link => ({ ...weight, kind: 'WEIGHT' }))
  return [...weights, ...controlledBy(structure, tap, index)]
}

/** q and k of a head act on everything that the head writes through its v. */
function controlledBy(structure: ModelStructure, tap: string, index: number): readonly Link[] {
  const [, layer] = /^(\d+)\.attn\.[qk]$/.exec(tap) ?? []
  if (layer === undefined) return []
  const { dHead } = structure
  const first = Math.floor(index / dHead) * dHead
  const written = new Set<number>()
  for (let v = first; v < first + dHead; v++)
    for (const weight of structure.weightsOutOf(`${layer}.attn.v`, v)) written.add(weight.index)
  return Array.from(written, (channel) => ({
    tap: `${layer}.attn.resid_delta`,
    index: channel,
    kind: 'CONTROL',
    weight: null,
  }))
}

function controllersOf(structure: ModelStructure, tap: string, index: number): readonly Link[] {
  const [, layer] = /^(\d+)\.attn\.resid_delta$/.exec(tap) ?? []
  if (layer === undefined) return []
  const { dHead } = structure
  const heads = new Set(structure.weightsInto(tap, index).map((weight) => Math.floor(weight.index / dHead)))
  return Array.from(heads).flatMap((head) =>
    [`${layer}.attn.q`, `${layer}.attn.k`].flatMap((site) =>
      Array.from(
        { length: dHead },
        (_, c): Link => ({ tap: site, index: head * dHead + c, kind: 'CONTROL', weight: null }),
      ),
    ),
  )
}

function streamSites({ maskableSites }: ModelStructure): readonly string[] {
  return maskableSites.map(({ tap }) => tap).filter((tap) => tap.endsWith('.resid_delta'))
}

/** Sites in forward order: does a write come before a read? `embed` is first, `final_resid` last. */
function isBefore(writer: string, reader: string, { maskableSites }: ModelStructure): boolean {
  const place = (tap: string): number =>
    tap === 'embed'
      ? -1
      : tap === 'final_resid'
        ? maskableSites.length
        : maskableSites.findIndex((site) => site.tap === tap)
  return place(writer) < place(reader)
}
