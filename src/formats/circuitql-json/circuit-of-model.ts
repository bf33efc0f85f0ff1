/** A circuit of a sparse model: kept channels, and every nonzero weight between two of them (Gao et al. 2025, §2). */
import { setImmediate } from 'node:timers/promises'
import { type NodeAddress, parseAddress, printAddress } from '../../domain/address.js'
import { buildCircuit } from '../../domain/build-circuit.js'
import { InvalidInput } from '../../domain/errors.js'
import type { Circuit, GraphData } from '../../domain/graph-data.js'
import type { SparseModelData } from '../../domain/sparse-model-data.js'
import { maskableSites, weightEdges } from '../../model/model-graph.js'
import { type PreparedModel, prepareModelInSteps } from '../../model/prepared-model.js'

export interface KeptNodes {
  readonly task: GraphData['task']
  /** Released site names, e.g. `0.attn.act_in`. */
  readonly maskedSites: readonly string[]
  /** Addresses without position, e.g. `0.attn.act_in[3]`. */
  readonly nodes: readonly string[]
}

const FINAL_RESID = 'final_resid'

/** Throws `BAD_INPUT` naming a site or node that the model does not have, or a node at a site that is not masked. */
export function circuitOfModel(model: PreparedModel, kept: KeptNodes): Circuit {
  const widths = new Map([
    ...maskableSites(model.config).map((site) => [site.tap, site.width] as const),
    [FINAL_RESID, model.config.dModel],
  ])
  for (const site of kept.maskedSites) {
    if (!widths.has(site))
      throw new InvalidInput(
        'BAD_INPUT',
        `the model has no site ${JSON.stringify(site)} that could be masked`,
      )
  }
  const masked = new Set(kept.maskedSites)
  const places = kept.nodes.map(parseAddress)
  const indexOf = new Map<string, number>()
  const channels = new Map<string, number[]>()
  for (const [i, place] of places.entries()) {
    const [tap, index] = channelOf(place)
    const width = widths.get(tap)
    if (width === undefined || index >= width)
      throw new InvalidInput('BAD_INPUT', `the model has no channel ${printAddress(place)}`)
    if (!masked.has(tap))
      throw new InvalidInput(
        'BAD_INPUT',
        `the node ${printAddress(place)} stands at a site that is not masked`,
      )
    indexOf.set(printAddress(place), i)
    const keptThere = channels.get(tap)
    if (keptThere === undefined) channels.set(tap, [index])
    else keptThere.push(index)
  }
  const { sites, count, sourceSite, sourceIndex, targetSite, targetIndex, weight } = weightEdges(
    model,
    channels,
  )
  const end = (site: Uint32Array, index: Uint32Array) =>
    Uint32Array.from({ length: count }, (_, e) => indexOf.get(`${sites[site[e]!]!.tap}[${index[e]}]`)!)
  return buildCircuit({
    source: 'SPARSE_WEIGHTS',
    edgeMeaning: 'WEIGHT',
    model: { kind: 'sparse', id: model.id },
    task: kept.task,
    prompt: null,
    maskedSites: kept.maskedSites,
    nodes: places.map((place) => ({ place })),
    edges: {
      source: end(sourceSite, sourceIndex),
      target: end(targetSite, targetIndex),
      weight,
      kind: 'WEIGHT',
    },
  })
}

function channelOf({ site, position }: NodeAddress): [tap: string, index: number] {
  if (position === null && site.kind === 'channel')
    return [`${site.layer}.${site.block}.${site.tap}`, site.index]
  if (position === null && site.kind === 'final_resid') return [FINAL_RESID, site.index]
  throw new InvalidInput(
    'BAD_INPUT',
    `${printAddress({ site, position })} is not a channel that a mask could keep at all positions`,
  )
}

/** The model ready for `circuitOfModel`, letting other work pass after every layer. */
export async function prepareWithPauses(model: SparseModelData): Promise<PreparedModel> {
  const steps = prepareModelInSteps(model)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    await setImmediate()
  }
}
