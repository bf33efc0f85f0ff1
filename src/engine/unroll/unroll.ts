/**
 * The derivatives of one run, link by link, from the logits back (semantics.md §2; algorithms.md A6): the sum of their
 * products over all paths from a node to a logit is the gradient of the logit. Only what leads on to a logit is there.
 *
 * AbsTopK lets a kept entry through with derivative 1 and is no link to its competitors. A live norm is a node of its
 * own per row: every channel of the stream acts on it, and it acts on every channel that is read.
 */
import type { UnrolledRun, Unrolling } from '../../domain/experiment/unrolling.js'
import type { Norm, PreparedModel } from '../../model/prepared-model.js'
import type { SparseMatrix } from '../../model/sparse-matrix.js'
import { inputWidth } from '../../model/tensor-table.js'
import { activateBackward } from '../activation.js'
import { checkEpsilon, checkFinite, checkTokens } from '../check-request.js'
import { checkFill } from '../fill-values.js'
import { sourceTaps } from '../prompt-bench.js'
import { ReplacingTap } from '../replacing-tap.js'
import { newRun, type Run } from '../run.js'
import { forward } from '../sparse-transformer.js'
import { streamMoments } from '../sublayer-steps.js'
import { checkChannels, wholeTaps } from '../tap-plan.js'
import { emptyTrace, type Kept, type Trace } from '../trace.js'
import { Workspace } from '../workspace.js'
import { endsOf } from './logit-ends.js'
import { UnrolledGraph } from './unrolled-graph.js'

/** Pauses after every sublayer. Throws BAD_INPUT for what the model does not have, COST_EXCEEDED beyond the bound. */
export function* unroll(model: PreparedModel, request: Unrolling): Generator<void, UnrolledRun> {
  const { tokens, background, normEpsilon } = request
  checkTokens(model.config, tokens)
  checkEpsilon(normEpsilon)
  checkChannels(model.config, background.replaced)
  checkFill(background.fill)
  const running = { normEpsilon, workspace: new Workspace(), onRun: () => {} }
  const source = yield* sourceTaps(
    model,
    background.fill,
    0,
    tokens.length,
    background.replaced.keys(),
    running,
  )
  const replacing = { taps: wholeTaps(background.replaced), fill: background.fill, source, positions: [] }
  const recorded = model.layers.flatMap((_, i) =>
    ['attn.act_in', 'attn.y', 'attn.resid_delta', 'mlp.act_in', 'mlp.post_act', 'mlp.resid_delta'].map(
      (tap) => `${i}.${tap}`,
    ),
  )
  const tap = new ReplacingTap(replacing, ['embed', ...recorded])
  const trace = emptyTrace()
  const margin = { smallest: Number.POSITIVE_INFINITY }
  const run = newRun(model, tokens, tap, { ...running, trace, margin })
  const logits = yield* forward(run)
  checkFinite(logits)
  const ends = endsOf(logits.subarray(-model.config.vocabSize), request.logits)
  const reverse = new Unroller(run, trace, tap, request)
  reverse.end(ends)
  for (let i = model.layers.length - 1; i >= 0; i--) {
    reverse.mlp(i)
    yield
    reverse.attention(i)
    yield
  }
  const shown = ends.map(({ token, probability }) => ({ token, probability }))
  return { ...reverse.graph.columns(), logits: shown, smallestMargin: margin.smallest }
}

class Unroller {
  readonly graph: UnrolledGraph
  readonly #run: Run
  readonly #trace: Trace
  readonly #tap: ReplacingTap
  readonly #request: Unrolling
  readonly #positions: number

  constructor(run: Run, trace: Trace, tap: ReplacingTap, request: Unrolling) {
    this.graph = new UnrolledGraph(request.mostEdges)
    this.#run = run
    this.#trace = trace
    this.#tap = tap
    this.#request = request
    this.#positions = run.tokens.length
  }

  /** The logits at the last position, and the final stream behind them. */
  end(ends: readonly { readonly token: number; readonly logit: number }[]): void {
    const { model } = this.#run
    const { dModel, layers, vocabSize } = model.config
    const t = this.#positions - 1
    const x = this.#trace.finalResid
    const norm = this.#norm(2 * layers, 'final_resid', x, t)
    const rows = rowsOf(
      model.unembedding,
      ends.map(({ token }) => token),
    )
    for (const [i, { token, logit }] of ends.entries()) {
      const end = this.#node('logit', vocabSize, token, t, logit)
      const row = rows[i]!
      const { gain } = model.finalNorm
      let [throughSpread, throughMean] = [0, 0]
      for (let c = 0; c < dModel; c++) {
        if (row[c] === 0) continue
        const node = this.#node('final_resid', dModel, c, t, x[t * dModel + c]!)
        this.#link(node, end, gain[c]! * norm.scale * row[c]!)
        throughSpread += gain[c]! * (x[t * dModel + c]! - norm.mean) * row[c]!
        throughMean -= gain[c]! * norm.scale * row[c]!
      }
      this.#throughNorm(norm, end, throughSpread, throughMean)
    }
    this.#acrossNorm(norm, (c) => [this.#node('final_resid', dModel, c, t, x[t * dModel + c]!)])
    for (let c = 0; c < dModel; c++) {
      const read = this.graph.find('final_resid', c, t)
      if (read >= 0) for (const writer of this.#writers(2 * layers, t, c)) this.#link(writer, read, 1)
    }
  }

  mlp(i: number): void {
    const { model } = this.#run
    const { dModel, dMlp, activation } = model.config
    const trace = this.#trace.mlp[i]!
    const { mlpIn, mlpOut, mlpReading } = model.layers[i]!
    const [read, post, delta] = [`${i}.mlp.act_in`, `${i}.mlp.post_act`, `${i}.mlp.resid_delta`]
    const inputs = inputWidth(model.config)
    this.#weights(mlpOut.weight, [post, dMlp, trace.postActKept], [delta, dModel], null)
    const slopes = new Float64Array(trace.preActivation.length).fill(1)
    if (activation === 'gelu') this.#run.kernels.geluBackward(slopes, trace.preActivation)
    else activateBackward(slopes, trace.preActivation, activation)
    this.#weights(mlpIn.weight, [read, inputs, trace.actInKept], [post, dMlp], slopes)
    this.#read(2 * i + 1, read, mlpReading.stream, trace.residMid)
  }

  attention(i: number): void {
    const { model } = this.#run
    const { dModel, heads, dHead } = model.config
    const trace = this.#trace.attention[i]!
    const { attnIn, attnOut, attnReading } = model.layers[i]!
    const read = `${i}.attn.act_in`
    const width = heads * dHead
    this.#weights(attnOut.weight, [`${i}.attn.y`, width, null], [`${i}.attn.resid_delta`, dModel], null)
    this.#heads(i)
    const kept = [read, inputWidth(model.config), trace.actInKept] as const
    for (const [part, name] of ['q', 'k', 'v'].entries())
      this.#weights(attnIn.weight, kept, [`${i}.attn.${name}`, width], null, part * width)
    this.#read(2 * i, read, attnReading.stream, trace.residIn)
  }

  /** W · slope from kept entries of a tap to the nodes of the next; rows of the matrix count from `firstRow`. */
  #weights(
    { columns, columnStart, row, value }: SparseMatrix,
    [source, sourceWidth, kept]: readonly [string, number, Kept],
    [target, targetWidth]: readonly [string, number],
    slopes: Float64Array | null,
    firstRow = 0,
  ): void {
    const gone = this.#replaced(source)
    const values = this.#values(source)
    for (let t = 0; t < this.#positions; t++)
      for (let c = 0; c < columns; c++) {
        const at = t * sourceWidth + c
        if ((kept !== null && kept[at] === 0) || gone.has(c)) continue
        for (let p = columnStart[c]!; p < columnStart[c + 1]!; p++) {
          const r = row[p]! - firstRow
          if (r < 0 || r >= targetWidth) continue
          const node = this.graph.find(target, r, t)
          if (node < 0) continue
          const weight = value[p]! * (slopes === null ? 1 : slopes[t * targetWidth + r]!)
          if (weight !== 0) this.#link(this.#node(source, sourceWidth, c, t, values[at]!), node, weight)
        }
      }
  }

  /** From v, and from q and k where patterns are not constants, to what a head writes. */
  #heads(i: number): void {
    const { heads, dHead } = this.#run.model.config
    const trace = this.#trace.attention[i]!
    const width = heads * dHead
    const y = this.#values(`${i}.attn.y`)
    const scale = 1 / Math.sqrt(dHead)
    const { q, k, v, pattern } = trace
    const taps = { q: `${i}.attn.q`, k: `${i}.attn.k`, v: `${i}.attn.v` }
    const isNode = {
      q: this.#test(taps.q, trace.qKept, width),
      k: this.#test(taps.k, trace.kKept, width),
      v: this.#test(taps.v, trace.vKept, width),
    }
    for (let t = 0; t < this.#positions; t++)
      for (let c = 0; c < width; c++) {
        const written = this.graph.find(`${i}.attn.y`, c, t)
        if (written < 0) continue
        const head = Math.floor(c / dHead)
        const row = pattern.subarray((head * this.#positions + t) * this.#positions)
        for (let s = 0; s <= t; s++)
          if (row[s] !== 0 && isNode.v(s, c))
            this.#link(this.#node(taps.v, width, c, s, v[s * width + c]!), written, row[s]!)
        if (this.#request.attention === 'OV_ONLY') continue
        // ∂y/∂score[t, s] = pattern · (v[s] − y[t]); a sink has the value 0 and is in y already.
        for (let j = head * dHead; j < (head + 1) * dHead; j++) {
          let throughQuery = 0
          for (let s = 0; s <= t; s++) {
            const slope = scale * row[s]! * (v[s * width + c]! - y[t * width + c]!)
            throughQuery += slope * k[s * width + j]!
            const throughKey = slope * q[t * width + j]!
            if (throughKey !== 0 && isNode.k(s, j))
              this.#link(this.#node(taps.k, width, j, s, k[s * width + j]!), written, throughKey)
          }
          if (throughQuery !== 0 && isNode.q(t, j))
            this.#link(this.#node(taps.q, width, j, t, q[t * width + j]!), written, throughQuery)
        }
      }
  }

  /** From the stream to what a sublayer reads of it. */
  #read(sublayer: number, tap: string, { gain }: Norm, x: Float64Array): void {
    const { dModel } = this.#run.model.config
    for (let t = 0; t < this.#positions; t++) {
      const norm = this.#norm(sublayer, tap, x, t)
      for (let c = 0; c < dModel; c++) {
        const read = this.graph.find(tap, c, t)
        if (read < 0) continue
        for (const writer of this.#writers(sublayer, t, c)) this.#link(writer, read, gain[c]! * norm.scale)
        this.#throughNorm(norm, read, gain[c]! * (x[t * dModel + c]! - norm.mean), -gain[c]! * norm.scale)
      }
      this.#acrossNorm(norm, (c) => this.#writers(sublayer, t, c))
    }
  }

  #norm(sublayer: number, tap: string, x: Float64Array, t: number): RowNorm {
    const { mean, scale } = streamMoments(this.#run, sublayer, x)
    return { tap, t, mean: mean[t]!, scale: scale[t]!, x }
  }

  /** What a node gets through the spread and the mean of its row, where norms are live. */
  #throughNorm({ tap, t, scale, mean }: RowNorm, target: number, spread: number, centre: number): void {
    if (this.#request.norms === 'FROZEN') return
    if (spread !== 0) this.#link(this.#node(`rms:${tap}`, 1, 0, t, scale), target, spread)
    if (!this.#run.norm.rms && centre !== 0)
      this.#link(this.#node(`mean:${tap}`, 1, 0, t, mean), target, centre)
  }

  /** From every channel to the spread and the mean of its row: ∂scale/∂x_c = −scale³ (x_c − mean) ÷ d. */
  #acrossNorm({ tap, t, scale, mean, x }: RowNorm, writersOf: (channel: number) => Iterable<number>): void {
    const { dModel } = this.#run.model.config
    const [spread, centre] = [this.graph.find(`rms:${tap}`, 0, t), this.graph.find(`mean:${tap}`, 0, t)]
    if (spread < 0 && centre < 0) return
    for (let c = 0; c < dModel; c++) {
      const weight = (-(scale ** 3) * (x[t * dModel + c]! - mean)) / dModel
      if (weight === 0 && centre < 0) continue
      for (const writer of writersOf(c)) {
        if (spread >= 0 && weight !== 0) this.#link(writer, spread, weight)
        if (centre >= 0) this.#link(writer, centre, 1 / dModel)
      }
    }
  }

  /** Nodes whose writes to a channel reach the stream before `sublayer`, last first. */
  #writers(sublayer: number, t: number, c: number): number[] {
    const { dModel } = this.#run.model.config
    const at = t * dModel + c
    const found: number[] = []
    for (let before = sublayer - 1; before >= 0; before--) {
      const layer = before >>> 1
      const isMlp = before % 2 === 1
      const { after, deltaKept } = isMlp ? this.#trace.mlp[layer]! : this.#trace.attention[layer]!
      if (after.kept?.[at] === 0 || after.passed?.[at] === 0) return found
      const tap = `${layer}.${isMlp ? 'mlp' : 'attn'}.resid_delta`
      if (deltaKept?.[at] === 0 || this.#replaced(tap).has(c)) continue
      found.push(this.#node(tap, dModel, c, t, this.#values(tap)[at]!))
    }
    if (!this.#replaced('embed').has(c))
      found.push(this.#node('embed', dModel, c, t, this.#values('embed')[at]!))
    return found
  }

  #test(tap: string, kept: Kept, width: number): (t: number, c: number) => boolean {
    const gone = this.#replaced(tap)
    return (t, c) => kept?.[t * width + c] !== 0 && !gone.has(c)
  }

  readonly #gone = new Map<string, ReadonlySet<number>>()

  #replaced(tap: string): ReadonlySet<number> {
    const known = this.#gone.get(tap)
    if (known !== undefined) return known
    const made = new Set(this.#request.background.replaced.get(tap) ?? [])
    this.#gone.set(tap, made)
    return made
  }

  #values(tap: string): Float64Array {
    return this.#tap.recorded.get(tap)!.values
  }

  #node(site: string, width: number, index: number, position: number, value: number): number {
    return this.graph.node(site, width, this.#positions, { index, position, value })
  }

  #link(source: number, target: number, weight: number): void {
    this.graph.edge(source, target, weight)
  }
}

/** A row of the stream as its norm sees it. */
interface RowNorm {
  readonly tap: string
  readonly t: number
  readonly mean: number
  readonly scale: number
  readonly x: Float64Array
}

/** Rows of a matrix, dense. */
function rowsOf(
  { columns, columnStart, row, value }: SparseMatrix,
  wanted: readonly number[],
): Float64Array[] {
  const places = new Map(wanted.map((r, i) => [r, i]))
  const rows = wanted.map(() => new Float64Array(columns))
  for (let c = 0; c < columns; c++)
    for (let p = columnStart[c]!; p < columnStart[c + 1]!; p++) {
      const place = places.get(row[p]!)
      if (place !== undefined) rows[place]![c] = value[p]!
    }
  return rows
}
