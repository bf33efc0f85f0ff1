/**
 * The steps that a sublayer is made of: read, project, nonlinearity, AbsTopK, and back to the stream. All work row by row
 * (a row is one position of one run), from row `from` on; rows before it are zeros.
 */
import type { TopKSite } from '../domain/sparse-model-data.js'
import type { Linear, Norm, Reading } from '../model/prepared-model.js'
import { inputWidth } from '../model/tensor-table.js'
import { keptCount } from './abs-top-k.js'
import { activate } from './activation.js'
import { checkMargin } from './check-request.js'
import { spread } from './copies.js'
import { addMixedProducts } from './link-changes.js'
import type { Moments } from './norm.js'
import { momentsOf, normalise } from './norm.js'
import type { Run } from './run.js'
import type { AfterTrace, Kept } from './trace.js'

/** Rows of the run's arrays. */
export function rowsOf({ tokens, copies }: Run): number {
  return tokens.length * copies
}

/** Room for all rows at once, [T, width]; as much as any number of runs side by side needs. */
export function wholeRoom(run: Run, purpose: string, width: number): Float64Array {
  const { room, config } = run.model
  const rows = rowsOf(run)
  const most = Math.max(rows, (room?.copies ?? 1) * config.blockSize)
  return run.workspace.room(purpose, rows * width, run.kernels, most * width)
}

/** The nonlinearity, then AbsTopK of its site; together where both are computed anew, which spares most erfs. */
export function activated(run: Run, layer: number, values: Float64Array, from: number): Kept {
  const { activation, dMlp, afrac, topKSites } = run.model.config
  const together =
    activation === 'gelu' &&
    afrac !== null &&
    topKSites.includes('mlp_neuron') &&
    run.frozen?.kept == null &&
    run.trace?.uncut == null
  if (!together) {
    const rows = values.subarray(from * dMlp)
    if (activation === 'gelu') run.kernels.gelu(rows)
    else activate(rows, activation)
    return cut(run, layer, 'mlp_neuron', values, dMlp, from)
  }
  return keepLargest(run, values, dMlp, from, (rows, kept, margins) =>
    run.kernels.geluTopK(rows, dMlp, keptCount(afrac, dMlp), kept, margins),
  )
}

/** What a sublayer reads: the normed stream, and the normed position vector beside it where positions are concatenated. */
export function read(
  run: Run,
  sublayer: number,
  reader: string,
  reading: Reading,
  x: Float64Array,
  from: number,
): Float64Array {
  const { config, positionEmbedding } = run.model
  const width = inputWidth(config)
  const out = run.workspace.room('actIn', rowsOf(run) * width, run.kernels) // [T, d + p]
  out.fill(0, 0, reading.position === null && config.dPosEmb !== null ? out.length : from * width)
  readStream(run, sublayer, reader, reading.stream, x, out, width, from)
  if (config.dPosEmb !== null && reading.position !== null) {
    const first = run.firstPosition * config.dPosEmb
    const alone = positionEmbedding.subarray(first, first + run.tokens.length * config.dPosEmb)
    const rows = spread(alone, config.dPosEmb, run.copies).subarray(from * config.dPosEmb) // [T − from, p]
    const moments = momentsOf(run.norm, rows, config.dPosEmb)
    normalise(reading.position, moments, rows, out.subarray(from * width), config.dModel, width)
  }
  return out
}

/** The normed stream, [T, d] in rows of `width`; changed residual links change the numerator only (semantics.md §10). */
export function readStream(
  run: Run,
  sublayer: number,
  reader: string,
  norm: Norm,
  x: Float64Array,
  out: Float64Array,
  width: number,
  from: number,
): void {
  const moments = streamMoments(run, sublayer, x)
  const { mean, scale } = moments
  const rows = { mean: mean.subarray(from), scale: scale.subarray(from) }
  normalise(norm, rows, x.subarray(from * run.model.config.dModel), out.subarray(from * width), 0, width)
  run.links?.changeRead(reader, norm, moments, out, width)
}

/** Mean and spread that the norm of a sublayer uses: of this run, or frozen. */
export function streamMoments(run: Run, sublayer: number, x: Float64Array): Moments {
  return run.frozen?.norms?.[sublayer] ?? momentsOf(run.norm, x, run.model.config.dModel)
}

/** W input + b for every row: [T, out]; links of `source` that are changed carry its replacement. */
export function project(
  run: Run,
  purpose: string,
  source: string,
  { weight, bias }: Linear,
  input: Float64Array,
  from: number,
): Float64Array {
  const out = run.workspace.room(purpose, rowsOf(run) * weight.rows, run.kernels)
  out.fill(0, 0, from * weight.rows)
  const change = run.links?.changeOf(source) ?? null
  const [read, written] = [input.subarray(from * weight.columns), out.subarray(from * weight.rows)]
  if (change === null) run.kernels.products(weight, read, written, bias)
  else {
    for (let at = 0; at < out.length; at += weight.rows)
      if (bias === null) out.fill(0, at, at + weight.rows)
      else out.set(bias, at)
    addMixedProducts(weight, change, input, out)
  }
  return out
}

/** Columns [which · width, (which + 1) · width) of [rows, 3 · width]. */
export function third(qkv: Float64Array, which: 0 | 1 | 2, width: number, out: Float64Array): void {
  for (let to = 0, from = which * width; to < out.length; to += width, from += 3 * width)
    out.set(qkv.subarray(from, from + width), to)
}

/** AbsTopK where the configuration has one, in place; the kept entries where a trace wants them. */
export function cut(
  run: Run,
  layer: number,
  site: TopKSite,
  values: Float64Array,
  width: number,
  from: number,
): Kept {
  const { afrac, topKSites } = run.model.config
  if (afrac === null || !topKSites.includes(site)) return null
  run.trace?.uncut?.set(`${layer}.${site}`, values.slice())
  const frozen = run.frozen?.kept?.[layer]?.[site] ?? null
  if (frozen !== null) {
    for (let i = 0; i < values.length; i++) if (frozen[i] === 0) values[i] = 0
    return frozen
  }
  return keepLargest(run, values, width, from, (rows, kept, margins) =>
    run.kernels.absTopK(rows, width, keptCount(afrac, width), kept, margins),
  )
}

/** `work` drops entries of rows and gives the smallest margin; what it kept where a trace wants that. */
function keepLargest(
  run: Run,
  values: Float64Array,
  width: number,
  from: number,
  work: (rows: Float64Array, kept: Uint8Array | null, margins: Float64Array | null) => number,
): Kept {
  const kept = run.trace === null ? null : new Uint8Array(values.length)
  const { margin, margins } = run
  const own = margins === null ? null : new Float64Array(margins.length)
  const smallest = work(values.subarray(from * width), kept?.subarray(from * width) ?? null, own)
  margin.smallest = Math.min(margin.smallest, checkMargin(smallest))
  own?.forEach((value, copy) => {
    margins![copy] = Math.min(margins![copy]!, value)
  })
  return kept
}

/** x += delta, then the residual activation and the residual AbsTopK of configurations that have them. */
export function addToStream(
  run: Run,
  layer: number,
  site: 'resid_post_attn' | 'resid_post_mlp',
  x: Float64Array,
  delta: Float64Array,
  from: number,
): AfterTrace {
  const { dModel, residualActivation } = run.model.config
  for (let i = from * dModel; i < x.length; i++) x[i] = x[i]! + delta[i]!
  let passed: Kept = null
  if (residualActivation === 'relu') {
    if (run.trace !== null) passed = Uint8Array.from(x, (value) => (value > 0 ? 1 : 0))
    activate(x, 'relu')
  }
  return { passed, kept: cut(run, layer, site, x, dModel, from) }
}
