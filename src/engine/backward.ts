/**
 * The reverse pass: gradient of a scalar with respect to every tap, from its gradient with respect to the logits and
 * the trace of the forward pass. Norms and patterns are live; AbsTopK lets the gradient through at kept entries only;
 * a replaced value sends nothing upstream. The gradient of a tap is that of the value after the tap.
 */
import type { Norm, PreparedLayer, Reading } from '../model/prepared-model.js'
import type { SparseMatrix } from '../model/sparse-matrix.js'
import { inputWidth } from '../model/tensor-table.js'
import { activateBackward } from './activation.js'
import type { QueryKeyValue } from './kernels/kernels.js'
import { normaliseBackward } from './norm.js'
import type { Run } from './run.js'
import { streamMoments } from './sublayer-steps.js'
import type { AfterTrace, AttentionTrace, Kept, MlpTrace, Trace } from './trace.js'

/** Gets gradients as they are reached; the arrays are the pass's own and change afterwards. */
export interface GradientSink {
  /** With respect to the value after the tap. */
  readonly at?: (tap: string, gradient: Float64Array, width: number) => void
  /**
   * With respect to what the links into a tap add up to: the input of AbsTopK and nonlinearity, or of the gain's
   * product for `act_in` and `final_resid`, divided by nothing.
   */
  readonly before?: (tap: string, gradient: Float64Array, width: number) => void
  /** Gradients of attention patterns need not be shown: then patterns, which are large, need not be kept. */
  readonly skipsPatterns?: boolean
}

interface Reverse {
  readonly run: Run
  readonly sink: GradientSink
  /** [T, d]: gradient of the residual stream where the pass stands. */
  readonly stream: Float64Array
}

/** `skippedLayer` sends nothing back through its two sublayers (GradDrop). `logitGradient` is [T, V]; `run` must have been run with its trace. Pauses after every sublayer. */
export function* backward(
  run: Run,
  trace: Trace,
  logitGradient: Float64Array,
  sink: GradientSink,
  skippedLayer: number | null = null,
): Generator<void, void> {
  const { model } = run
  const { dModel } = model.config
  const stream = new Float64Array(run.tokens.length * dModel)
  const read = transposed(run, model.unembedding, logitGradient, 'slopesOfRead') // [T, d]
  sink.before?.('final_resid', read, dModel)
  streamBackwardThroughNorm(
    run,
    2 * model.config.layers,
    model.finalNorm,
    trace.finalResid,
    read,
    dModel,
    stream,
  )
  const reverse = { run, sink, stream }
  report(reverse, 'final_resid', stream, dModel)
  for (let i = model.layers.length - 1; i >= 0; i--) {
    if (i === skippedLayer) {
      streamBackward(reverse, trace.mlp[i]!.after)
      streamBackward(reverse, trace.attention[i]!.after)
      continue
    }
    mlpBackward(reverse, i, model.layers[i]!, trace.mlp[i]!)
    yield
    attentionBackward(reverse, i, model.layers[i]!, trace.attention[i]!)
    yield
  }
  report(reverse, 'embed', stream, dModel)
}

function mlpBackward(reverse: Reverse, i: number, layer: PreparedLayer, trace: MlpTrace): void {
  const { run } = reverse
  const { dModel, dMlp, activation } = run.model.config
  const delta = streamBackward(reverse, trace.after) // [T, d]
  report(reverse, `${i}.mlp.resid_delta`, delta, dModel)
  mask(delta, trace.deltaKept)
  reverse.sink.before?.(`${i}.mlp.resid_delta`, delta, dModel)
  const postAct = transposed(run, layer.mlpOut.weight, delta, 'slopesOfPostAct') // [T, m]
  report(reverse, `${i}.mlp.post_act`, postAct, dMlp)
  mask(postAct, trace.postActKept)
  if (activation === 'gelu') run.kernels.geluBackward(postAct, trace.preActivation)
  else activateBackward(postAct, trace.preActivation, activation)
  reverse.sink.before?.(`${i}.mlp.post_act`, postAct, dMlp)
  const actIn = transposed(run, layer.mlpIn.weight, postAct, 'slopesOfRead') // [T, d + p]
  readBackward(reverse, 2 * i + 1, layer.mlpReading, actIn, trace.actInKept, trace.residMid)
  report(reverse, `${i}.resid_mid`, reverse.stream, dModel)
}

function attentionBackward(reverse: Reverse, i: number, layer: PreparedLayer, trace: AttentionTrace): void {
  const { run } = reverse
  const { dModel, dHead, heads } = run.model.config
  const width = heads * dHead
  const delta = streamBackward(reverse, trace.after) // [T, d]
  report(reverse, `${i}.attn.resid_delta`, delta, dModel)
  mask(delta, trace.deltaKept)
  reverse.sink.before?.(`${i}.attn.resid_delta`, delta, dModel)
  const y = transposed(run, layer.attnOut.weight, delta, 'slopesOfY') // [T, W]
  report(reverse, `${i}.attn.y`, y, width)

  const { q, k, v } = throughAttention(reverse, i, layer, trace, y)
  report(reverse, `${i}.attn.v`, v, width)
  report(reverse, `${i}.attn.k`, k, width)
  report(reverse, `${i}.attn.q`, q, width)
  mask(q, trace.qKept)
  mask(k, trace.kKept)
  mask(v, trace.vKept)
  reverse.sink.before?.(`${i}.attn.q`, q, width)
  reverse.sink.before?.(`${i}.attn.k`, k, width)
  reverse.sink.before?.(`${i}.attn.v`, v, width)

  const qkv = sideBySide(q, k, v, run.workspace.room('slopesOfQkv', 3 * q.length, run.kernels), width)
  const actIn = transposed(run, layer.attnIn.weight, qkv, 'slopesOfRead') // [T, d + p]
  readBackward(reverse, 2 * i, layer.attnReading, actIn, trace.actInKept, trace.residIn)
  report(reverse, `${i}.resid_in`, reverse.stream, dModel)
}

function throughAttention(
  reverse: Reverse,
  i: number,
  layer: PreparedLayer,
  trace: AttentionTrace,
  y: Float64Array,
): QueryKeyValue {
  const { kernels, workspace, frozen, tokens, model } = reverse.run
  const { dHead, heads } = model.config
  const { q, k, v, pattern, softmax } = trace
  const call = { shape: { positions: tokens.length, heads, dHead }, q, k, v, y }
  if (pattern.length === 0) {
    const room = (name: string) => workspace.room(name, q.length, kernels)
    const into = { q: room('slopesOfQ'), k: room('slopesOfK'), v: room('slopesOfV') }
    kernels.attentionGradients({ ...call, sinks: layer.sinkLogit }, into)
    return into
  }
  const back = kernels.attentionBackward({ ...call, pattern, softmax })
  report(reverse, `${i}.attn.pattern`, back.pattern, back.pattern.length)
  // A frozen pattern sends nothing to queries and keys.
  const nothing = () => ({ q: new Float64Array(y.length), k: new Float64Array(y.length) })
  return { v: back.v, ...(frozen?.patterns == null ? back.queriesAndKeys() : nothing()) }
}

/** Back through the residual AbsTopK and activation; gives a copy, the gradient of what the sublayer wrote. */
function streamBackward(reverse: Reverse, after: AfterTrace): Float64Array {
  mask(reverse.stream, after.kept)
  mask(reverse.stream, after.passed)
  const { workspace, kernels } = reverse.run
  const delta = workspace.room('slopesOfDelta', reverse.stream.length, kernels)
  delta.set(reverse.stream)
  return delta
}

/** Back through act_in, its AbsTopK and the norm of the stream; positions have no gradient of interest. */
function readBackward(
  reverse: Reverse,
  sublayer: number,
  reading: Reading,
  actIn: Float64Array,
  kept: Kept,
  resid: Float64Array,
): void {
  const { run, stream } = reverse
  const width = inputWidth(run.model.config)
  const tap = `${sublayer >>> 1}.${sublayer % 2 === 0 ? 'attn' : 'mlp'}.act_in`
  report(reverse, tap, actIn, width)
  mask(actIn, kept)
  reverse.sink.before?.(tap, actIn, width)
  streamBackwardThroughNorm(run, sublayer, reading.stream, resid, actIn, width, stream)
}

function streamBackwardThroughNorm(
  run: Run,
  sublayer: number,
  norm: Norm,
  x: Float64Array,
  gradient: Float64Array,
  width: number,
  gradientOfX: Float64Array,
): void {
  const how = {
    kind: run.norm,
    moments: streamMoments(run, sublayer, x),
    frozen: run.frozen?.norms != null,
  }
  normaliseBackward(norm, how, x, gradient, width, gradientOfX)
}

function report(reverse: Reverse, tap: string, gradient: Float64Array, width: number): void {
  reverse.sink.at?.(tap, gradient, width)
  reverse.run.tap.stop(tap, gradient, width)
}

function mask(gradient: Float64Array, kept: Kept): void {
  if (kept === null) return
  // Without a branch, which nothing could predict; + 0 takes the sign from a zero.
  for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! * kept[i]! + 0
}

/** Mᵀ g for every position: [T, in], given out again at the next call for the same purpose. */
export function transposed(
  run: Run,
  matrix: SparseMatrix,
  gradient: Float64Array,
  purpose: string,
): Float64Array {
  const length = (gradient.length / matrix.rows) * matrix.columns
  const out = run.workspace.room(purpose, length, run.kernels)
  run.kernels.transposedProducts(matrix, gradient, out)
  return out
}

/** q, k, v side by side per position, into `out`: [T, 3 W]. */
export function sideBySide(
  q: Float64Array,
  k: Float64Array,
  v: Float64Array,
  out: Float64Array,
  width: number,
): Float64Array {
  for (let from = 0; from < q.length; from += width) {
    out.set(q.subarray(from, from + width), 3 * from)
    out.set(k.subarray(from, from + width), 3 * from + width)
    out.set(v.subarray(from, from + width), 3 * from + 2 * width)
  }
  return out
}
