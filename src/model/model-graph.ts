/**
 * What counts as a node and an edge of a sparse model (Gao et al. 2025, §2 and A.5; language.md §3): a node is one
 * channel of a maskable site, shared by all prompts and positions; an edge is a nonzero weight between two of them.
 * v stands for the attended value y, which has no mask. Residual links are derived elsewhere from `residualGain`.
 */

import type { Block, Tap } from '../domain/address.js'
import { InvalidInput } from '../domain/errors.js'
import type { ModelConfig } from '../domain/sparse-model-data.js'
import { runToEnd } from '../domain/steps.js'
import type { PreparedModel } from './prepared-model.js'
import type { SparseMatrix } from './sparse-matrix.js'
import { weightAt } from './sparse-matrix.js'
import { inputWidth } from './tensor-table.js'

export interface MaskableSite {
  /** Released name, `0.attn.act_in`. */
  readonly tap: string
  readonly layer: number
  readonly block: Block
  readonly channel: Tap
  readonly width: number
}

/**
 * Every site that a mask may stand at, in forward order. `final_resid` (width dModel) is masked only where a circuit
 * lists it, and has no weight edge; it is left out here.
 */
export function maskableSites(config: ModelConfig): readonly MaskableSite[] {
  const input = inputWidth(config)
  const channels = config.heads * config.dHead
  const widths: readonly (readonly [Block, Tap, number])[] = [
    ['attn', 'act_in', input],
    ['attn', 'q', channels],
    ['attn', 'k', channels],
    ['attn', 'v', channels],
    ['attn', 'resid_delta', config.dModel],
    ['mlp', 'act_in', input],
    ['mlp', 'post_act', config.dMlp],
    ['mlp', 'resid_delta', config.dModel],
  ]
  return Array.from({ length: config.layers }, (_, layer) =>
    widths.map(([block, channel, width]) => ({
      tap: `${layer}.${block}.${channel}`,
      layer,
      block,
      channel,
      width,
    })),
  ).flat()
}

/** Kept channels by released site name; a site that is absent keeps none. */
export type KeptChannels = ReadonlyMap<string, Iterable<number>>

/** Nonzero weights between kept channels as columns. */
export interface WeightEdges {
  /** What `sourceSite` and `targetSite` point into. */
  readonly sites: readonly MaskableSite[]
  readonly count: number
  readonly sourceSite: Uint32Array
  readonly sourceIndex: Uint32Array
  readonly targetSite: Uint32Array
  readonly targetIndex: Uint32Array
  readonly weight: Float64Array
}

/**
 * The weight edges of the whole model (`keep` null) or between kept channels, by layer, then matrix
 * (act_in→q|k|v, v→resid_delta, act_in→post_act, post_act→resid_delta), then source, then target index.
 * Throws BAD_INPUT naming a site or channel that the model does not have.
 */
export function weightEdges(model: PreparedModel, keep: KeptChannels | null): WeightEdges {
  return runToEnd(weightEdgesInSteps(model, keep))
}

/** The same work, pausing after every matrix, for callers that must not hold their thread. */
export function* weightEdgesInSteps(
  model: PreparedModel,
  keep: KeptChannels | null,
): Generator<void, WeightEdges> {
  const sites = maskableSites(model.config)
  const kept = keptFlags(sites, keep)
  const stretches = weightStretches(model)
  let count = 0
  for (const stretch of stretches) {
    count = addEdges(stretch, kept, null, count)
    yield
  }
  const edges = {
    sites,
    count,
    sourceSite: new Uint32Array(count),
    sourceIndex: new Uint32Array(count),
    targetSite: new Uint32Array(count),
    targetIndex: new Uint32Array(count),
    weight: new Float64Array(count),
  }
  let before = 0
  for (const stretch of stretches) {
    before = addEdges(stretch, kept, edges, before)
    yield
  }
  return edges
}

/** A matrix between a source site and the one or more target sites that its rows are split into, by place in `maskableSites`. */
export interface Stretch {
  readonly matrix: SparseMatrix
  readonly source: number
  readonly targets: readonly number[]
  readonly targetWidth: number
}

const SITES_PER_LAYER = 8

/** Every matrix whose weights are edges, by layer; v stands for the attended value. */
export function weightStretches(model: PreparedModel): readonly Stretch[] {
  const { config } = model
  const channels = config.heads * config.dHead
  return model.layers.flatMap((layer, i) => {
    const [attnIn, q, k, v, attnOut, mlpIn, postAct, mlpOut] = Array.from(
      { length: SITES_PER_LAYER },
      (_, offset) => i * SITES_PER_LAYER + offset,
    ) as [number, number, number, number, number, number, number, number]
    return [
      { matrix: layer.attnIn.weight, source: attnIn, targets: [q, k, v], targetWidth: channels },
      { matrix: layer.attnOut.weight, source: v, targets: [attnOut], targetWidth: config.dModel },
      { matrix: layer.mlpIn.weight, source: mlpIn, targets: [postAct], targetWidth: config.dMlp },
      { matrix: layer.mlpOut.weight, source: postAct, targets: [mlpOut], targetWidth: config.dModel },
    ]
  })
}

/** Writes the kept weights of one matrix from place `at` on, or only counts them; gives back the place behind them. */
function addEdges(
  stretch: Stretch,
  kept: readonly Uint8Array[],
  edges: WeightEdges | null,
  at: number,
): number {
  const { matrix, source, targets, targetWidth } = stretch
  const { columnStart, row, value } = matrix
  const keptSource = kept[source]!
  let place = at
  for (let column = 0; column < matrix.columns; column++) {
    if (keptSource[column] === 0) continue
    const end = columnStart[column + 1]!
    for (let p = columnStart[column]!; p < end; p++) {
      const part = Math.trunc(row[p]! / targetWidth)
      const site = targets[part]!
      const target = row[p]! - part * targetWidth
      if (kept[site]![target] === 0) continue
      if (edges !== null) {
        edges.sourceSite[place] = source
        edges.sourceIndex[place] = column
        edges.targetSite[place] = site
        edges.targetIndex[place] = target
        edges.weight[place] = value[p]!
      }
      place++
    }
  }
  return place
}

function keptFlags(sites: readonly MaskableSite[], keep: KeptChannels | null): readonly Uint8Array[] {
  if (keep === null) return sites.map((site) => new Uint8Array(site.width).fill(1))
  const flags = sites.map((site) => new Uint8Array(site.width))
  const place = new Map(sites.map((site, i) => [site.tap, i]))
  for (const [tap, indices] of keep) {
    if (tap === 'final_resid') continue
    const at = place.get(tap)
    if (at === undefined)
      throw new InvalidInput('BAD_INPUT', `${JSON.stringify(tap)} is not a maskable site of the model`)
    for (const index of indices) {
      if (!Number.isInteger(index) || index < 0 || index >= sites[at]!.width) {
        throw new InvalidInput('BAD_INPUT', `${tap} has channels 0 to ${sites[at]!.width - 1}, not ${index}`)
      }
      flags[at]![index] = 1
    }
  }
  return flags
}

/**
 * Value of the residual link into a read (semantics.md §8): γ_c of the norm that `act_in[c]` reads through, 1 for
 * `final_resid[c]`, null where nothing of the residual stream is read (concatenated positions, any other site).
 * LayerNorm's centring is left out.
 */
export function residualGain(model: PreparedModel, tap: string, index: number): number | null {
  if (!Number.isInteger(index) || index < 0 || index >= model.config.dModel) return null
  if (tap === 'final_resid') return 1
  const [, layer, block] = /^(\d+)\.(attn|mlp)\.act_in$/.exec(tap) ?? []
  const weights = layer === undefined ? undefined : model.layers[Number(layer)]
  if (weights === undefined) return null
  return (block === 'attn' ? weights.attnReading : weights.mlpReading).stream.gain[index]!
}

/** Embedding row of a token, [dModel]; a view, not to be written to. Throws BAD_INPUT for a token outside the vocabulary. */
export function embeddingRow(model: PreparedModel, token: number): Float64Array {
  checkToken(model, token)
  const { dModel } = model.config
  return model.tokenEmbedding.subarray(token * dModel, (token + 1) * dModel)
}

/**
 * Value of the links `final_resid[c]` → `logit(token)`: γ_f[c] · U[token, c], [dModel] (semantics.md §8).
 * Throws BAD_INPUT for a token outside the vocabulary.
 */
export function unembeddingRow(model: PreparedModel, token: number): Float64Array {
  checkToken(model, token)
  return Float64Array.from(model.finalNorm.gain, (gain, c) => gain * weightAt(model.unembedding, token, c))
}

/** Channel `c` of every token's embedding, [vocabulary]. */
export function embeddingColumn({ config, tokenEmbedding }: PreparedModel, channel: number): Float64Array {
  const { vocabSize, dModel } = config
  return Float64Array.from({ length: vocabSize }, (_, token) => tokenEmbedding[token * dModel + channel]!)
}

/** γ_f[c] · U[token, c] of every token, [vocabulary]. */
export function unembeddingColumn(model: PreparedModel, channel: number): Float64Array {
  const { columnStart, row, value } = model.unembedding
  const column = new Float64Array(model.config.vocabSize)
  for (let p = columnStart[channel]!; p < columnStart[channel + 1]!; p++)
    column[row[p]!] = model.finalNorm.gain[channel]! * value[p]!
  return column
}

function checkToken(model: PreparedModel, token: number): void {
  if (!Number.isInteger(token) || token < 0 || token >= model.config.vocabSize) {
    throw new InvalidInput(
      'BAD_INPUT',
      `token ${token} is not in the vocabulary of ${model.config.vocabSize}`,
    )
  }
}
