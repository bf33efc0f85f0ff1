/**
 * The forward pass of a weight-sparse transformer (Gao et al. 2025, A.1; order of operations of sparse-models.md
 * §1.2), in float64, from embedding to logits. Its cost follows the nonzero weights under nonzero activations. Every
 * activation passes through the run's tap under its released name. The pass is a generator that pauses after every
 * sublayer, so that whoever drives it can stop it or let others have the thread.
 *
 * Letters in shape comments: T positions, d dModel, p width of concatenated positions or 0, W heads · dHead,
 * m dMlp, V vocabulary.
 */
import type { TopKSite } from '../domain/sparse-model-data.js'
import type { Linear, Norm, PreparedLayer, Reading } from '../model/prepared-model.js'
import { inputWidth } from '../model/tensor-table.js'
import { keptCount } from './abs-top-k.js'
import { activate } from './activation.js'
import { checkMargin } from './check-request.js'
import { addMixedProducts } from './link-changes.js'
import type { Moments } from './norm.js'
import { momentsOf, normalise } from './norm.js'
import type { Run } from './run.js'
import { bigramRows, embeddingRows } from './token-rows.js'
import type { AfterTrace, Kept } from './trace.js'

const NOTHING = new Float64Array(0)

/** Logits [T, V]: a fresh array, filled from the run's first wanted row on. */
export function* forward(run: Run): Generator<void, Float64Array> {
  const { model, checkpoints } = run
  const start = checkpoints?.start ?? 0
  const x = start === 0 ? embed(run) : checkpoints!.at(start)!.slice() // [T, d], the residual stream
  if (start > 0) run.margin.smallest = Math.min(run.margin.smallest, checkpoints!.marginAt(start))
  for (let sublayer = start; sublayer < 2 * model.config.layers; sublayer++) {
    checkpoints?.save(sublayer, x, run.margin.smallest)
    const layer = sublayer >>> 1
    if (sublayer % 2 === 0) addAttention(run, layer, model.layers[layer]!, x)
    else addMlp(run, layer, model.layers[layer]!, x)
    yield
  }
  checkpoints?.save(2 * model.config.layers, x, run.margin.smallest)
  return unembed(run, x)
}

/** Token rows, and position rows where positions are added. */
function embed(run: Run): Float64Array {
  const { model, tokens, tap } = run
  const { dModel, dPosEmb } = model.config
  const x = new Float64Array(tokens.length * dModel) // [T, d]
  x.set(run.input?.embedding ?? embeddingRows(model, tokens))
  tap.pass('embed', x, dModel)
  run.links?.written('embed', x)
  if (dPosEmb === null) for (let i = 0; i < x.length; i++) x[i] = x[i]! + model.positionEmbedding[i]!
  return x
}

function addAttention(run: Run, i: number, layer: PreparedLayer, x: Float64Array): void {
  const { tap, trace } = run
  const { dModel, dHead, heads } = run.model.config
  const width = heads * dHead
  tap.pass(`${i}.resid_in`, x, dModel)
  const residIn = trace === null ? null : x.slice()

  const actIn = read(run, 2 * i, `${i}.attn.act_in`, layer.attnReading, x) // [T, d + p]
  const actInKept = cut(run, i, 'attn_in', actIn, inputWidth(run.model.config))
  tap.pass(`${i}.attn.act_in`, actIn, inputWidth(run.model.config))

  const qkv = project(run, 'qkv', `${i}.attn.act_in`, layer.attnIn, actIn) // [T, 3 W]
  const [q, k, v] = splitInThree(run, qkv, width) // [T, W] each
  const qKept = cut(run, i, 'attn_q', q, width)
  const kKept = cut(run, i, 'attn_k', k, width)
  const vKept = cut(run, i, 'attn_v', v, width)
  tap.pass(`${i}.attn.q`, q, width)
  tap.pass(`${i}.attn.k`, k, width)
  tap.pass(`${i}.attn.v`, v, width)

  const { y, softmax, pattern } = attention(run, i, layer.sinkLogit, q, k, v) // [T, W], [head, query, key] twice
  tap.pass(`${i}.attn.y`, y, width)

  const delta = project(run, 'delta', `${i}.attn.v`, layer.attnOut, y) // [T, d]
  const deltaKept = cut(run, i, 'attn_out', delta, dModel)
  tap.pass(`${i}.attn.resid_delta`, delta, dModel)
  run.links?.written(`${i}.attn.resid_delta`, delta)
  const after = addToStream(run, i, 'resid_post_attn', x, delta)
  if (residIn !== null) {
    trace?.attention.push({
      residIn,
      actInKept,
      q,
      k,
      v,
      qKept,
      kKept,
      vKept,
      softmax,
      pattern,
      deltaKept,
      after,
    })
  }
}

/**
 * What every head writes, [T, W], with the patterns as computed and as used. Patterns are kept whole only where a
 * trace or a tap wants them; otherwise one head's room serves all, and none is given back.
 */
function attention(
  run: Run,
  i: number,
  sinks: Float64Array | null,
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
): { readonly y: Float64Array; readonly softmax: Float64Array; readonly pattern: Float64Array } {
  const { tap, workspace, trace } = run
  const { dHead, heads } = run.model.config
  const positions = run.tokens.length
  const shape = { positions, heads, dHead }
  const frozen = run.frozen?.patterns?.[i] ?? null
  const carried = run.links?.attended(`${i}.attn.v`) ?? null // v̂, and room for what it adds up to
  const y = workspace.room('y', positions * heads * dHead, run.kernels) // [T, W]
  if (frozen === null && carried === null && !tap.touches(`${i}.attn.pattern`)) {
    const pattern = trace === null ? null : new Float64Array(heads * positions ** 2)
    run.kernels.attention({ shape, q, k, v, sinks, y, pattern })
    return { y, softmax: pattern ?? NOTHING, pattern: pattern ?? NOTHING }
  }
  const pattern = frozen?.slice() ?? new Float64Array(heads * positions ** 2) // [head, query, key]
  if (frozen === null) run.kernels.attention({ shape, q, k, v, sinks, y, pattern })
  const softmax = tap.replaces(`${i}.attn.pattern`) ? pattern.slice() : pattern
  tap.pass(`${i}.attn.pattern`, pattern, pattern.length)
  y.fill(0)
  run.kernels.attend(shape, pattern, v, y)
  if (carried !== null) run.kernels.attend(shape, pattern, carried.values, carried.sum)
  return { y, softmax, pattern }
}

function addMlp(run: Run, i: number, layer: PreparedLayer, x: Float64Array): void {
  const { tap, trace } = run
  const { dModel, dMlp } = run.model.config
  tap.pass(`${i}.resid_mid`, x, dModel)
  const residMid = trace === null ? null : x.slice()

  const actIn = read(run, 2 * i + 1, `${i}.mlp.act_in`, layer.mlpReading, x) // [T, d + p]
  const actInKept = cut(run, i, 'mlp_in', actIn, inputWidth(run.model.config))
  tap.pass(`${i}.mlp.act_in`, actIn, inputWidth(run.model.config))

  const postAct = project(run, 'postAct', `${i}.mlp.act_in`, layer.mlpIn, actIn) // [T, m]
  const preActivation = trace === null ? null : postAct.slice()
  const postActKept = activated(run, i, postAct)
  tap.pass(`${i}.mlp.post_act`, postAct, dMlp)

  const delta = project(run, 'delta', `${i}.mlp.post_act`, layer.mlpOut, postAct) // [T, d]
  const deltaKept = cut(run, i, 'mlp_out', delta, dModel)
  tap.pass(`${i}.mlp.resid_delta`, delta, dModel)
  run.links?.written(`${i}.mlp.resid_delta`, delta)
  const after = addToStream(run, i, 'resid_post_mlp', x, delta)
  if (residMid !== null && preActivation !== null) {
    trace?.mlp.push({ residMid, actInKept, preActivation, postActKept, deltaKept, after })
  }
}

/** The nonlinearity, then AbsTopK of its site; together where both are computed anew, which spares most erfs. */
function activated(run: Run, layer: number, values: Float64Array): Kept {
  const { activation, dMlp, afrac, topKSites } = run.model.config
  const together =
    activation === 'gelu' &&
    afrac !== null &&
    topKSites.includes('mlp_neuron') &&
    run.frozen?.kept == null &&
    run.trace?.uncut == null
  if (!together) {
    if (activation === 'gelu') run.kernels.gelu(values)
    else activate(values, activation)
    return cut(run, layer, 'mlp_neuron', values, dMlp)
  }
  const kept = run.trace === null ? null : new Uint8Array(values.length)
  const margin = run.kernels.geluTopK(values, dMlp, keptCount(afrac, dMlp), kept)
  run.margin.smallest = Math.min(run.margin.smallest, checkMargin(margin))
  return kept
}

function unembed(run: Run, x: Float64Array): Float64Array {
  const { model, tokens, tap } = run
  const { dModel, vocabSize } = model.config
  tap.pass('final_resid', x, dModel)
  if (run.trace !== null) run.trace.finalResid = x
  const read = run.workspace.room('finalRead', x.length, run.kernels) // [T, d]
  readStream(run, 2 * model.config.layers, 'final_resid', model.finalNorm, x, read, dModel)
  const logits = new Float64Array(tokens.length * vocabSize) // [T, V]
  const wanted = logits.subarray(run.firstRow * vocabSize)
  const bigram = run.input === null ? bigramRows(model, tokens) : run.input.bigram
  for (let at = 0; at < wanted.length; at += vocabSize) wanted.set(model.logitBias, at)
  run.kernels.addProducts(model.unembedding, read.subarray(run.firstRow * dModel), wanted)
  if (bigram !== null)
    for (let i = run.firstRow * vocabSize; i < logits.length; i++) logits[i] = logits[i]! + bigram[i]!
  return logits
}

/** What a sublayer reads: the normed stream, and the normed position vector beside it where positions are concatenated. */
function read(run: Run, sublayer: number, reader: string, reading: Reading, x: Float64Array): Float64Array {
  const { config, positionEmbedding } = run.model
  const width = inputWidth(config)
  const positions = run.tokens.length
  const out = run.workspace.take('actIn', positions * width, run.kernels) // [T, d + p]
  readStream(run, sublayer, reader, reading.stream, x, out, width)
  if (config.dPosEmb !== null && reading.position !== null) {
    const rows = positionEmbedding.subarray(0, positions * config.dPosEmb) // [T, p]
    normalise(reading.position, momentsOf(run.norm, rows, config.dPosEmb), rows, out, config.dModel, width)
  }
  return out
}

/** The normed stream, [T, d] in rows of `width`; changed residual links change the numerator only (semantics.md §10). */
function readStream(
  run: Run,
  sublayer: number,
  reader: string,
  norm: Norm,
  x: Float64Array,
  out: Float64Array,
  width: number,
): void {
  const moments = streamMoments(run, sublayer, x)
  normalise(norm, moments, x, out, 0, width)
  run.links?.changeRead(reader, norm, moments, out, width)
}

/** Mean and spread that the norm of a sublayer uses: of this run, or frozen. */
export function streamMoments(run: Run, sublayer: number, x: Float64Array): Moments {
  return run.frozen?.norms?.[sublayer] ?? momentsOf(run.norm, x, run.model.config.dModel)
}

/** W input + b for every position: [T, out]; links of `source` that are changed carry its replacement. */
function project(
  run: Run,
  purpose: string,
  source: string,
  linear: Linear,
  input: Float64Array,
): Float64Array {
  const { weight, bias } = linear
  const positions = run.tokens.length
  const length = positions * weight.rows
  const out =
    bias === null
      ? run.workspace.take(purpose, length, run.kernels)
      : run.workspace.room(purpose, length, run.kernels)
  const change = run.links?.changeOf(source) ?? null
  if (bias !== null) for (let t = 0; t < positions; t++) out.set(bias, t * weight.rows)
  if (change !== null) addMixedProducts(weight, change, input, out)
  else run.kernels.addProducts(weight, input, out)
  return out
}

function splitInThree(
  run: Run,
  qkv: Float64Array,
  width: number,
): readonly [Float64Array, Float64Array, Float64Array] {
  const positions = run.tokens.length
  const part = (name: string, which: number): Float64Array => {
    const out = run.workspace.room(name, positions * width, run.kernels)
    for (let t = 0; t < positions; t++) {
      const from = (3 * t + which) * width
      out.set(qkv.subarray(from, from + width), t * width)
    }
    return out
  }
  return [part('q', 0), part('k', 1), part('v', 2)]
}

/** AbsTopK where the configuration has one, in place; the kept entries where a trace wants them. */
function cut(run: Run, layer: number, site: TopKSite, values: Float64Array, width: number): Kept {
  const { afrac, topKSites } = run.model.config
  if (afrac === null || !topKSites.includes(site)) return null
  run.trace?.uncut?.set(`${layer}.${site}`, values.slice())
  const frozen = run.frozen?.kept?.[layer]?.[site] ?? null
  if (frozen !== null) {
    for (let i = 0; i < values.length; i++) if (frozen[i] === 0) values[i] = 0
    return frozen
  }
  const kept = run.trace === null ? null : new Uint8Array(values.length)
  const margin = run.kernels.absTopK(values, width, keptCount(afrac, width), kept)
  run.margin.smallest = Math.min(run.margin.smallest, checkMargin(margin))
  return kept
}

/** x += delta, then the residual activation and the residual AbsTopK of configurations that have them. */
function addToStream(
  run: Run,
  layer: number,
  site: 'resid_post_attn' | 'resid_post_mlp',
  x: Float64Array,
  delta: Float64Array,
): AfterTrace {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + delta[i]!
  let passed: Kept = null
  if (run.model.config.residualActivation === 'relu') {
    if (run.trace !== null) passed = Uint8Array.from(x, (value) => (value > 0 ? 1 : 0))
    activate(x, 'relu')
  }
  return { passed, kept: cut(run, layer, site, x, run.model.config.dModel) }
}
