/**
 * The forward pass of a weight-sparse transformer (Gao et al. 2025, A.1; order of operations of sparse-models.md
 * §1.2), in float64, from embedding to logits. Its cost follows the nonzero weights under nonzero activations. Every
 * activation passes through the run's tap under its released name. The pass is a generator that pauses after every
 * few steps, so that whoever drives it can stop it or let others have the thread.
 *
 * Letters in shape comments: T positions, d dModel, p width of concatenated positions or 0, W heads · dHead,
 * m dMlp, V vocabulary.
 */
import type { PreparedLayer } from '../model/prepared-model.js'
import { inputWidth } from '../model/tensor-table.js'
import { spread } from './copies.js'
import { rowBlocks } from './row-blocks.js'
import type { Run } from './run.js'
import {
  activated,
  addToStream,
  cut,
  project,
  read,
  readStream,
  rowsOf,
  third,
  wholeRoom,
} from './sublayer-steps.js'
import { bigramRows, embeddingRows } from './token-rows.js'
import type { AttentionTrace } from './trace.js'

const NOTHING = new Float64Array(0)

/** Logits [T, V]: a fresh array, filled from the run's first wanted row on. Of runs side by side all rows are. */
export function* forward(run: Run): Generator<void, Float64Array> {
  const { model, checkpoints } = run
  const start = checkpoints?.start ?? 0
  // [T, d], the residual stream
  const x = start === 0 ? embed(run) : spread(checkpoints!.at(start)!, model.config.dModel, run.copies)
  if (start > 0) {
    run.margin.smallest = Math.min(run.margin.smallest, checkpoints!.marginAt(start))
    run.margins?.fill(checkpoints!.marginAt(start))
  }
  for (let sublayer = start; sublayer < 2 * model.config.layers; sublayer++) {
    save(run, sublayer, x)
    const layer = sublayer >>> 1
    if (sublayer % 2 === 0) yield* addAttention(run, layer, model.layers[layer]!, x)
    else yield* addMlp(run, layer, model.layers[layer]!, x)
    yield
  }
  save(run, 2 * model.config.layers, x)
  return unembed(run, x)
}

function save({ checkpoints, model, copies, margin, margins }: Run, sublayer: number, x: Float64Array): void {
  const smallest = margins === null ? margin.smallest : margins[copies - 1]!
  checkpoints?.save(sublayer, x, { width: model.config.dModel, copies, margin: smallest })
}

/**
 * Behind the keys and values of the last layer only rows that a wanted logit is read from matter. Changed links and
 * frozen gates look at whole arrays.
 */
function firstNeededRow(run: Run, layer: number): number {
  const isLast = layer === run.model.config.layers - 1
  return isLast && run.skipsRows && run.links === null && run.frozen === null ? run.firstRow * run.copies : 0
}

/** Token rows, and position rows where positions are added. */
function embed(run: Run): Float64Array {
  const { model, tokens, tap, copies } = run
  const { dModel, dPosEmb } = model.config
  const x = spread(run.input?.embedding ?? embeddingRows(model, tokens), dModel, copies) // [T, d]
  tap.pass('embed', x, dModel)
  run.links?.written('embed', x)
  if (dPosEmb !== null) return x
  const positions = spread(model.positionEmbedding.subarray(0, tokens.length * dModel), dModel, copies)
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + positions[i]!
  return x
}

function* addAttention(run: Run, i: number, layer: PreparedLayer, x: Float64Array): Generator<void, void> {
  const { tap, trace } = run
  const { dModel, dHead, heads } = run.model.config
  const width = heads * dHead
  const from = firstNeededRow(run, i)
  tap.pass(`${i}.resid_in`, x, dModel)
  const residIn = trace === null ? null : x.slice()

  const q = wholeRoom(run, 'q', width) // [T, W], as k and v are
  const k = wholeRoom(run, 'k', width)
  const v = wholeRoom(run, 'v', width)
  const kept = yield* queriesKeysValues(run, i, layer, x, { q, k, v }, from)
  tap.pass(`${i}.attn.q`, q, width)
  tap.pass(`${i}.attn.k`, k, width)
  tap.pass(`${i}.attn.v`, v, width)

  yield
  const { y, softmax, pattern } = yield* attention(run, i, layer.sinkLogit, q, k, v, from) // [T, W], [head, query, key] twice
  tap.pass(`${i}.attn.y`, y, width)

  yield
  const written = yield* addHeads(run, i, layer, y, x, from)
  if (residIn !== null) {
    const [ownQ, ownK, ownV] = [q.slice(), k.slice(), v.slice()]
    trace?.attention.push({ residIn, q: ownQ, k: ownK, v: ownV, ...kept!, softmax, pattern, ...written! })
  }
}

interface QueriesKeysValues {
  readonly q: Float64Array
  readonly k: Float64Array
  readonly v: Float64Array
}

/** From the stream to q, k and v, cut; rows of q before `from` are not wanted. Gives what AbsTopK kept, for a trace. */
function* queriesKeysValues(
  whole: Run,
  i: number,
  layer: PreparedLayer,
  x: Float64Array,
  into: QueriesKeysValues,
  from: number,
): Generator<void, Pick<AttentionTrace, 'actInKept' | 'qKept' | 'kKept' | 'vKept'> | null> {
  const { dModel, dHead, heads } = whole.model.config
  const width = heads * dHead
  let kept: Pick<AttentionTrace, 'actInKept' | 'qKept' | 'kKept' | 'vKept'> | null = null
  for (const block of rowBlocks(whole, [`${i}.attn.act_in`], { start: 0, from })) {
    const { run } = block
    const inputs = inputWidth(run.model.config)
    const actIn = read(run, 2 * i, `${i}.attn.act_in`, layer.attnReading, block.of(x, dModel), 0) // [T, d + p]
    const actInKept = cut(run, i, 'attn_in', actIn, inputs, 0)
    run.tap.pass(`${i}.attn.act_in`, actIn, inputs, block.some)

    const qkv = project(run, 'qkv', `${i}.attn.act_in`, layer.attnIn, actIn, 0) // [T, 3 W]
    const [q, k, v] = [block.of(into.q, width), block.of(into.k, width), block.of(into.v, width)]
    third(qkv, 0, width, q)
    third(qkv, 1, width, k)
    third(qkv, 2, width, v)
    yield
    kept = {
      actInKept,
      qKept: cut(run, i, 'attn_q', q, width, block.from),
      kKept: cut(run, i, 'attn_k', k, width, 0),
      vKept: cut(run, i, 'attn_v', v, width, 0),
    }
    yield
  }
  return kept
}

/** What the heads write, into the stream. */
function* addHeads(
  whole: Run,
  i: number,
  layer: PreparedLayer,
  y: Float64Array,
  x: Float64Array,
  start: number,
): Generator<void, Pick<AttentionTrace, 'deltaKept' | 'after'> | null> {
  const { dModel, dHead, heads } = whole.model.config
  let kept: Pick<AttentionTrace, 'deltaKept' | 'after'> | null = null
  for (const block of rowBlocks(whole, [`${i}.attn.resid_delta`], { start, from: start })) {
    const { run, from, some } = block
    const delta = project(run, 'delta', `${i}.attn.v`, layer.attnOut, block.of(y, heads * dHead), from) // [T, d]
    const deltaKept = cut(run, i, 'attn_out', delta, dModel, from)
    run.tap.pass(`${i}.attn.resid_delta`, delta, dModel, some)
    run.links?.written(`${i}.attn.resid_delta`, delta)
    const after = addToStream(run, i, 'resid_post_attn', block.of(x, dModel), delta, from)
    kept = { deltaKept, after }
    yield
  }
  return kept
}

/**
 * What every head writes, [T, W], with the patterns as computed and as used. Patterns are kept whole only where a
 * trace or a tap wants them; otherwise one head's room serves all, and none is given back.
 */
function* attention(
  run: Run,
  i: number,
  sinks: Float64Array | null,
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  from: number,
): Generator<
  void,
  { readonly y: Float64Array; readonly softmax: Float64Array; readonly pattern: Float64Array }
> {
  const { tap, trace, copies } = run
  const { dHead, heads } = run.model.config
  const positions = run.tokens.length
  const shape = { positions, heads, dHead }
  const frozen = run.frozen?.patterns?.[i] ?? null
  const carried = run.links?.attended(`${i}.attn.v`) ?? null // v̂, and room for what it adds up to
  const y = wholeRoom(run, 'y', heads * dHead) // [T, W]
  if (frozen === null && carried === null && !tap.touches(`${i}.attn.pattern`)) {
    const pattern = trace?.keepsPatterns ? new Float64Array(heads * positions ** 2) : null
    const call = { shape, q, k, v, sinks, y, pattern, from: from / copies, copies }
    for (let copy = 0; copy < copies; copy++) {
      run.kernels.attention({ ...call, copy })
      yield
    }
    return { y, softmax: pattern ?? NOTHING, pattern: pattern ?? NOTHING }
  }
  const pattern = frozen?.slice() ?? new Float64Array(heads * positions ** 2) // [head, query, key]
  if (frozen === null) run.kernels.attention({ shape, q, k, v, sinks, y, pattern, from })
  const softmax = tap.replaces(`${i}.attn.pattern`) ? pattern.slice() : pattern
  tap.pass(`${i}.attn.pattern`, pattern, pattern.length)
  y.fill(0)
  run.kernels.attend(shape, pattern, v, y)
  if (carried !== null) run.kernels.attend(shape, pattern, carried.values, carried.sum)
  return { y, softmax, pattern }
}

function* addMlp(whole: Run, i: number, layer: PreparedLayer, x: Float64Array): Generator<void, void> {
  const { dModel, dMlp } = whole.model.config
  whole.tap.pass(`${i}.resid_mid`, x, dModel)
  const residMid = whole.trace === null ? null : x.slice()
  const start = firstNeededRow(whole, i)
  const taps = [`${i}.mlp.act_in`, `${i}.mlp.post_act`, `${i}.mlp.resid_delta`]
  for (const block of rowBlocks(whole, taps, { start, from: start })) {
    const { run, from, some } = block
    const { tap, trace } = run
    const stream = block.of(x, dModel)
    const inputs = inputWidth(run.model.config)
    const actIn = read(run, 2 * i + 1, `${i}.mlp.act_in`, layer.mlpReading, stream, from) // [T, d + p]
    const actInKept = cut(run, i, 'mlp_in', actIn, inputs, from)
    tap.pass(`${i}.mlp.act_in`, actIn, inputs, some)

    const postAct = project(run, 'postAct', `${i}.mlp.act_in`, layer.mlpIn, actIn, from) // [T, m]
    const preActivation = trace === null ? null : postAct.slice()
    yield
    const postActKept = activated(run, i, postAct, from)
    tap.pass(`${i}.mlp.post_act`, postAct, dMlp, some)

    yield
    const delta = project(run, 'delta', `${i}.mlp.post_act`, layer.mlpOut, postAct, from) // [T, d]
    const deltaKept = cut(run, i, 'mlp_out', delta, dModel, from)
    tap.pass(`${i}.mlp.resid_delta`, delta, dModel, some)
    run.links?.written(`${i}.mlp.resid_delta`, delta)
    const after = addToStream(run, i, 'resid_post_mlp', stream, delta, from)
    if (residMid !== null && preActivation !== null)
      trace?.mlp.push({ residMid, actInKept, preActivation, postActKept, deltaKept, after })
    yield
  }
}

function unembed(run: Run, x: Float64Array): Float64Array {
  const { model, tokens, tap, copies } = run
  const first = run.firstRow * copies
  const { dModel, vocabSize } = model.config
  tap.pass('final_resid', x, dModel)
  if (run.trace !== null) run.trace.finalResid = x
  const read = wholeRoom(run, 'finalRead', dModel) // [T, d]
  readStream(run, 2 * model.config.layers, 'final_resid', model.finalNorm, x, read, dModel, first)
  const logits = new Float64Array(rowsOf(run) * vocabSize) // [T, V]
  const wanted = logits.subarray(first * vocabSize)
  const alone = run.input === null ? bigramRows(model, tokens) : run.input.bigram
  const bigram = alone === null ? null : spread(alone, vocabSize, copies)
  run.kernels.products(model.unembedding, read.subarray(first * dModel), wanted, model.logitBias)
  if (bigram !== null)
    for (let i = first * vocabSize; i < logits.length; i++) logits[i] = logits[i]! + bigram[i]!
  return logits
}
