/**
 * A family of circuits on one prompt: everything that its members share. A member keeps some of the family's channels;
 * everything else stands still. Sublayers in which the family keeps no write change nothing and are left out.
 */
import type { ModelConfig, TopKSite } from '../../domain/sparse-model-data.js'
import type { Linear, PreparedLayer, PreparedModel } from '../../model/prepared-model.js'
import type { Kernels } from '../kernels/kernels.js'
import type { NormKind } from '../norm.js'
import type { InputRows } from '../run.js'
import type { KeptChannels } from './kept-channels.js'
import { StillEnd } from './still-end.js'
import { StillHeads } from './still-heads.js'
import { StillReading } from './still-reading.js'
import { StillSite } from './still-site.js'
import type { StillValues } from './still-values.js'

/** A sublayer that the family takes part in. */
export type StillSublayer =
  | {
      readonly kind: 'ATTENTION'
      readonly reading: StillReading
      readonly q: StillSite
      readonly k: StillSite
      readonly v: StillSite
      readonly heads: StillHeads
      readonly write: StillSite
    }
  | {
      readonly kind: 'MLP'
      readonly reading: StillReading
      readonly neurons: StillSite
      readonly write: StillSite
    }

export interface StillWorld {
  readonly positions: number
  readonly values: StillValues
  /** The first row of logits that is wanted. */
  readonly firstRow: number
  /** By sublayer; null where the family writes nothing. */
  readonly sublayers: readonly (StillSublayer | null)[]
  /** Stream channels that the family writes, ascending. */
  readonly written: Uint32Array
  /** The stream as it leaves the last sublayer, and `final_resid` replaced; made when first wanted. */
  readonly end: (replaced: boolean) => StillEnd
}

export interface WorldParts {
  readonly model: PreparedModel
  readonly kernels: Kernels
  readonly norm: NormKind
  /** Rows of the prompt's tokens. */
  readonly input: InputRows
  readonly family: KeptChannels
  readonly values: StillValues
  /** The first row of logits that is wanted. */
  readonly firstRow: number
}

const NONE = new Uint32Array(0)

/** Pauses after every sublayer. */
export function* stillWorld(parts: WorldParts): Generator<void, StillWorld> {
  const { model, input, family, values } = parts
  const { config } = model
  const written = writtenChannels(config, family)
  const stream = stillEmbedding(model, input)
  const sublayers: (StillSublayer | null)[] = []
  for (let s = 0; s < 2 * config.layers; s++) {
    const block = s % 2 === 0 ? 'attn' : 'mlp'
    const writes = `${s >>> 1}.${block}.resid_delta`
    sublayers.push(family.has(writes) ? sublayer(parts, s, stream, written) : null)
    addRows(stream, values.of(writes))
    yield
  }
  const ends = new Map<boolean, StillEnd>()
  const end = (replaced: boolean): StillEnd => {
    const known = ends.get(replaced) ?? stillEnd(parts, stream, written, replaced)
    ends.set(replaced, known)
    return known
  }
  const positions = stream.length / config.dModel
  return { positions, values, firstRow: parts.firstRow, sublayers, written, end }
}

function sublayer(parts: WorldParts, s: number, stream: Float64Array, written: Uint32Array): StillSublayer {
  const { model, norm, family, values, kernels } = parts
  const { config } = model
  const i = s >>> 1
  const layer = model.layers[i]!
  const block = s % 2 === 0 ? 'attn' : 'mlp'
  const reading = new StillReading({
    config,
    norm,
    reading: block === 'attn' ? layer.attnReading : layer.mlpReading,
    afrac: shareOf(config, `${block}_in`),
    stream,
    positionRows: model.positionEmbedding,
    written,
    kept: family.get(`${i}.${block}.act_in`) ?? NONE,
  })
  const input = values.of(`${i}.${block}.act_in`)
  if (block === 'mlp') {
    const neurons = siteOf(parts, `${i}.mlp.post_act`, layer.mlpIn, input, reading.kept, {
      from: 0,
      width: config.dMlp,
      topK: 'mlp_neuron',
      activation: config.activation,
    })
    const hidden = values.of(`${i}.mlp.post_act`)
    return { kind: 'MLP', reading, neurons, write: writeOf(parts, i, layer, hidden, neurons.kept, 'mlp') }
  }
  const width = config.heads * config.dHead
  const pre = productOf(kernels, layer.attnIn, input)
  const projection = (which: number, name: 'q' | 'k' | 'v'): StillSite =>
    new StillSite({
      matrix: layer.attnIn.weight,
      from: which * width,
      width,
      sources: reading.kept,
      kept: family.get(`${i}.attn.${name}`) ?? NONE,
      activation: null,
      afrac: shareOf(config, `attn_${name}`),
      still: pre,
    })
  const [q, k, v] = [projection(0, 'q'), projection(1, 'k'), projection(2, 'v')]
  const still = (name: 'q' | 'k' | 'v', { kept }: StillSite) => ({
    still: values.of(`${i}.attn.${name}`),
    kept,
  })
  const heads = new StillHeads(config, kernels, stream.length / config.dModel, layer.sinkLogit, {
    q: still('q', q),
    k: still('k', k),
    v: still('v', v),
  })
  return {
    kind: 'ATTENTION',
    reading,
    q,
    k,
    v,
    heads,
    write: writeOf(parts, i, layer, heads.still, heads.written, 'attn'),
  }
}

function writeOf(
  parts: WorldParts,
  i: number,
  layer: PreparedLayer,
  input: Float64Array,
  sources: Uint32Array,
  block: 'attn' | 'mlp',
): StillSite {
  const linear = block === 'attn' ? layer.attnOut : layer.mlpOut
  return siteOf(parts, `${i}.${block}.resid_delta`, linear, input, sources, {
    from: 0,
    width: parts.model.config.dModel,
    topK: `${block}_out`,
    activation: null,
  })
}

function siteOf(
  { model, kernels, family }: WorldParts,
  tap: string,
  linear: Linear,
  input: Float64Array,
  sources: Uint32Array,
  {
    topK,
    ...rows
  }: { from: number; width: number; topK: TopKSite; activation: ModelConfig['activation'] | null },
): StillSite {
  return new StillSite({
    ...rows,
    matrix: linear.weight,
    sources,
    kept: family.get(tap) ?? NONE,
    afrac: shareOf(model.config, topK),
    still: productOf(kernels, linear, input),
  })
}

function stillEnd(
  { model, kernels, norm, input, family, values, firstRow }: WorldParts,
  stream: Float64Array,
  written: Uint32Array,
  replaced: boolean,
): StillEnd {
  const rows = new Float64Array(stream.length)
  if (replaced) addRows(rows, values.of('final_resid'))
  else rows.set(stream)
  const channels = replaced ? (family.get('final_resid') ?? NONE) : written
  return new StillEnd({
    model,
    kernels,
    norm,
    bigram: input.bigram,
    firstRow,
    still: rows,
    stream,
    channels,
    written,
  })
}

function stillEmbedding(model: PreparedModel, { embedding }: InputRows): Float64Array {
  const rows = embedding.slice()
  if (model.config.dPosEmb === null)
    for (let i = 0; i < rows.length; i++) rows[i] = rows[i]! + model.positionEmbedding[i]!
  return rows
}

/** W input + b, one row per row of the input. */
function productOf(kernels: Kernels, { weight, bias }: Linear, input: Float64Array): Float64Array {
  const out = new Float64Array((input.length / weight.columns) * weight.rows)
  kernels.products(weight, input, out, bias)
  return out
}

/** Adds one row to every row, or row by row. */
function addRows(into: Float64Array, rows: Float64Array): void {
  for (let at = 0; at < into.length; at += rows.length)
    for (let i = 0; i < rows.length; i++) into[at + i] = into[at + i]! + rows[i]!
}

function shareOf({ afrac, topKSites }: ModelConfig, site: TopKSite): number | null {
  return afrac !== null && topKSites.includes(site) ? afrac : null
}

function writtenChannels({ layers }: ModelConfig, family: KeptChannels): Uint32Array {
  const channels = new Set<number>()
  for (let i = 0; i < layers; i++)
    for (const block of ['attn', 'mlp'])
      for (const channel of family.get(`${i}.${block}.resid_delta`) ?? []) channels.add(channel)
  return Uint32Array.from(channels).sort()
}
