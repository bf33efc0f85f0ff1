/**
 * The function F of one channel, as the run that paths are put into computes it: its value at every position when its
 * own links carry something else, everything around it as it stood.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { TopKSite } from '../../domain/sparse-model-data.js'
import type { Linear, PreparedModel } from '../../model/prepared-model.js'
import { placeOf } from '../../model/sparse-matrix.js'
import { absTopK, keptCount } from '../abs-top-k.js'
import { activate } from '../activation.js'
import type { FrozenGates } from '../frozen-gates.js'
import { momentsOf } from '../norm.js'
import type { MarginGauge, Run } from '../run.js'
import { streamMoments } from '../sublayer-steps.js'
import { tapPlace } from '../tap-names.js'
import type { Trace } from '../trace.js'

/** A run that was made, with its trace (values before AbsTopK included) and the taps that links read from. */
export interface RunBehind {
  readonly run: Run
  readonly trace: Trace
  /** [T, width] by tap, as it stood after replacement. */
  readonly taps: ReadonlyMap<string, Float64Array>
}

/** Taps that `valueWith` reads beside the trace. */
export function tapsBehind(tap: string): readonly string[] {
  const source = inputOf(tap)
  return source === null ? [] : [source]
}

/**
 * [T]: `change` is what the links add, before AbsTopK and nonlinearity; for `act_in` it is added to the stream, in
 * front of the norm.
 */
export function valueWith(
  behind: RunBehind,
  tap: string,
  index: number,
  change: Float64Array,
  margin: MarginGauge,
): Float64Array {
  const values = tap.endsWith('.act_in')
    ? readWith(behind, tap, index, change)
    : summedWith(behind, tap, index, change)
  if (tap.endsWith('.post_act')) activate(values, behind.run.model.config.activation)
  cutAmongOthers(behind, tap, index, values, margin)
  return values
}

/** γ_c (x_c + change − mean) · factor, with the factor of the gate: frozen, or of the changed stream. */
function readWith({ run, trace }: RunBehind, tap: string, index: number, change: Float64Array): Float64Array {
  const { model } = run
  const { dModel } = model.config
  const layer = layerOf(tap)
  const isAttention = tap.includes('.attn.')
  const stream = (isAttention ? trace.attention[layer]!.residIn : trace.mlp[layer]!.residMid).slice()
  change.forEach((value, t) => {
    stream[t * dModel + index] = stream[t * dModel + index]! + value
  })
  const { gain, bias } = (isAttention ? model.layers[layer]!.attnReading : model.layers[layer]!.mlpReading)
    .stream
  const { mean, scale } =
    run.frozen?.norms == null
      ? momentsOf(run.norm, stream, dModel)
      : streamMoments(run, 2 * layer + (isAttention ? 0 : 1), stream)
  return change.map(
    (_, t) => (stream[t * dModel + index]! - mean[t]!) * scale[t]! * gain[index]! + (bias?.[index] ?? 0),
  )
}

/** bias + Σ W x of the run behind, and the change. */
function summedWith(
  { run, taps }: RunBehind,
  tap: string,
  index: number,
  change: Float64Array,
): Float64Array {
  const { model } = run
  const { linear, row } = rowOf(model, tap, index)
  const { weight, bias } = linear
  const input = taps.get(inputOf(tap)!)!
  const out = new Float64Array(change.length).fill(bias?.[row] ?? 0)
  for (let column = 0; column < weight.columns; column++) {
    const place = placeOf(weight, row, column)
    if (place < 0) continue
    for (let t = 0; t < out.length; t++)
      out[t] = out[t]! + weight.value[place]! * input[t * weight.columns + column]!
  }
  return out.map((value, t) => value + change[t]!)
}

/** AbsTopK of the site with this one entry changed; frozen choices stay. */
function cutAmongOthers(
  { run, trace }: RunBehind,
  tap: string,
  index: number,
  values: Float64Array,
  margin: MarginGauge,
): void {
  const site = siteOf(tap)
  const uncut = trace.uncut?.get(`${layerOf(tap)}.${site}`)
  if (uncut === undefined) return
  const width = tapPlace(run.model.config, tap).width!
  const kept = keptBy(run.frozen, layerOf(tap), site)
  const scratch = new Float64Array(width)
  for (let t = 0; t < values.length; t++) {
    if (kept !== null) {
      if (kept[t * width + index] === 0) values[t] = 0
      continue
    }
    const row = uncut.slice(t * width, (t + 1) * width)
    row[index] = values[t]!
    const gap = absTopK(row, 0, width, keptCount(run.model.config.afrac!, width), scratch, null)
    margin.smallest = Math.min(margin.smallest, gap)
    values[t] = row[index]!
  }
}

function keptBy(
  frozen: FrozenGates | null,
  layer: number,
  site: keyof NonNullable<FrozenGates['kept']>[number],
) {
  return frozen?.kept?.[layer]?.[site] ?? null
}

function rowOf(
  model: PreparedModel,
  tap: string,
  index: number,
): { readonly linear: Linear; readonly row: number } {
  const layer = model.layers[layerOf(tap)]!
  const { heads, dHead } = model.config
  const part = ['q', 'k', 'v'].indexOf(tap.split('.')[2]!)
  if (part >= 0) return { linear: layer.attnIn, row: part * heads * dHead + index }
  if (tap.endsWith('.attn.resid_delta')) return { linear: layer.attnOut, row: index }
  if (tap.endsWith('.mlp.post_act')) return { linear: layer.mlpIn, row: index }
  if (tap.endsWith('.mlp.resid_delta')) return { linear: layer.mlpOut, row: index }
  throw new InvalidInput('BAD_INPUT', `no weight leads into ${tap}`)
}

/** The tap whose values a channel's weights are multiplied with; null for reads of the stream and for ends. */
function inputOf(tap: string): string | null {
  const layer = `${layerOf(tap)}`
  if (/\.attn\.[qkv]$/.test(tap)) return `${layer}.attn.act_in`
  if (tap.endsWith('.attn.resid_delta')) return `${layer}.attn.y`
  if (tap.endsWith('.mlp.post_act')) return `${layer}.mlp.act_in`
  return tap.endsWith('.mlp.resid_delta') ? `${layer}.mlp.post_act` : null
}

function siteOf(tap: string): TopKSite & keyof NonNullable<FrozenGates['kept']>[number] {
  const [, block, channel] = tap.split('.')
  if (channel === 'act_in') return block === 'attn' ? 'attn_in' : 'mlp_in'
  if (channel === 'resid_delta') return block === 'attn' ? 'attn_out' : 'mlp_out'
  if (channel === 'q') return 'attn_q'
  if (channel === 'k') return 'attn_k'
  return channel === 'v' ? 'attn_v' : 'mlp_neuron'
}

function layerOf(tap: string): number {
  return Number(tap.slice(0, tap.indexOf('.')))
}
