/** One prompt of a path ablation: the run that paths are put into, and the metrics once some copies say otherwise. */
import type { Gates } from '../../domain/experiment/measurement.js'
import type { Metric } from '../../domain/experiment/metric.js'
import type { PathAblation } from '../../domain/experiment/path-ablation.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import { checkFinite } from '../check-request.js'
import { Checkpoints } from '../checkpoints.js'
import { fillRows, type SourceTaps, writeFill } from '../fill-values.js'
import { metricValue } from '../metric.js'
import { anyFrozen, sourceTaps, unablated } from '../prompt-bench.js'
import { type Replacing, ReplacingTap } from '../replacing-tap.js'
import { newRun } from '../run.js'
import { forward } from '../sparse-transformer.js'
import { tapPlace } from '../tap-names.js'
import { wholeTaps } from '../tap-plan.js'
import { emptyTrace } from '../trace.js'
import { Workspace } from '../workspace.js'
import { type RunBehind, tapsBehind, valueWith } from './path-channel.js'
import type { PathCopy } from './path-copies.js'

/** Copies of channels that are about as much work as one run. */
const COPIES_PER_RUN = 64

/** Whom a bench tells of its work. */
interface Told {
  readonly onRun: () => void
  /** As much work on copies as a run is. */
  readonly onWork: () => void
}

/** Of one row, in runs: its last, and what its copies come to. */
export function workOf(copies: readonly PathCopy[]): number {
  return 1 + Math.trunc(copies.length / COPIES_PER_RUN)
}

/** Is the unablated model wanted beside the run that paths are put into? */
export function needsReference(gates: Gates, metrics: readonly Metric[]): boolean {
  return anyFrozen(gates) || metrics.some(({ name }) => name === 'KL_DIVERGENCE')
}

export class PathBench {
  readonly #model: PreparedModel
  readonly #request: PathAblation
  readonly #place: number
  readonly #behind: RunBehind
  readonly #replacing: Replacing
  /** Values that first points carry, [T, width] by tap. */
  readonly #starts: ReadonlyMap<string, Float64Array>
  readonly #fullLogits: Float64Array
  readonly #checkpoints: Checkpoints
  readonly #told: Told
  readonly margin: number

  private constructor(
    model: PreparedModel,
    request: PathAblation,
    place: number,
    made: {
      readonly behind: RunBehind
      readonly replacing: Replacing
      readonly starts: ReadonlyMap<string, Float64Array>
      readonly fullLogits: Float64Array
      readonly checkpoints: Checkpoints
      readonly told: Told
    },
  ) {
    this.#model = model
    this.#request = request
    this.#place = place
    this.#behind = made.behind
    this.#replacing = made.replacing
    this.#starts = made.starts
    this.#fullLogits = made.fullLogits
    this.#checkpoints = made.checkpoints
    this.#told = made.told
    this.margin = made.behind.run.margin.smallest
  }

  /** `copies` are those of all paths together: they name the taps that are needed. */
  static *of(
    model: PreparedModel,
    request: PathAblation,
    place: number,
    copies: readonly PathCopy[],
    told: Told,
  ): Generator<void, PathBench> {
    const { fill, gates, metrics, mode, replaced, normEpsilon } = request
    const { tokens } = request.prompts[place]!
    const { onRun } = told
    const running = { normEpsilon, workspace: new Workspace(), onRun }
    const reference = needsReference(gates, metrics)
      ? yield* unablated(model, tokens, gates, running)
      : { logits: new Float64Array(0), frozen: null }
    const startTaps = new Set(copies.flatMap(({ tap, starts }) => (starts ? [tap] : [])))
    const filledTaps = new Set([...replaced.keys(), ...(mode === 'REMOVE' ? startTaps : [])])
    const source = yield* sourceTaps(model, fill, place, tokens.length, filledTaps, running)
    const replacing: Replacing = { taps: wholeTaps(replaced), fill, source, positions: [] }
    const clean =
      mode === 'REMOVE'
        ? null
        : yield* sourceTaps(
            model,
            { kind: 'FROM_PROMPTS', prompts: [tokens] },
            0,
            tokens.length,
            startTaps,
            running,
          )
    const starts = new Map(
      Array.from(startTaps, (tap) => [
        tap,
        clean?.get(tap) ?? filled(model, request, tap, tokens.length, source),
      ]),
    )
    const record = new Set(copies.flatMap(({ tap }) => [tap, ...tapsBehind(tap)]))
    const tap = new ReplacingTap(replacing, record)
    const trace = emptyTrace({ uncut: true })
    const checkpoints = new Checkpoints()
    const run = newRun(model, tokens, tap, { normEpsilon, trace, checkpoints, frozen: reference.frozen })
    checkFinite(yield* forward(run))
    onRun()
    const taps = new Map(Array.from(tap.recorded, ([name, { values }]) => [name, values]))
    return new PathBench(model, request, place, {
      behind: { run, trace, taps },
      replacing,
      starts,
      fullLogits: reference.logits,
      checkpoints,
      told,
    })
  }

  /** Metrics with these copies in place, and the smallest margin of a choice that they made anew. */
  *values(
    copies: readonly PathCopy[],
  ): Generator<void, { readonly metrics: readonly number[]; readonly margin: number }> {
    const { run } = this.#behind
    const { metrics, prompts } = this.#request
    const prompt = prompts[this.#place]!
    const margin = { smallest: this.margin }
    const changes: Float64Array[] = []
    const end = new FinalResidualTap(this.#replacing)
    // Readers stand before their feeders.
    for (let c = copies.length - 1; c >= 0; c--) {
      yield
      if ((copies.length - c) % COPIES_PER_RUN === 0) this.#told.onWork()
      const copy = copies[c]!
      const { tap, index } = copy
      const into = this.#summed(copy, copies, changes)
      if (tap === 'final_resid') {
        end.read(index, into, copy.starts ? this.#start(copy) : null, this.#positions)
        continue
      }
      const before = this.#column(this.#behind.taps.get(tap)!, tap, index)
      const after =
        copy.feeders.length === 0 ? before.slice() : valueWith(this.#behind, tap, index, into, margin)
      if (copy.starts) put(this.#start(copy), after, this.#positions)
      changes[c] = after.map((value, t) => value - before[t]!)
    }
    this.#checkpoints.start = 2 * this.#model.config.layers
    const logits: Float64Array = yield* forward(
      newRun(this.#model, prompt.tokens, end, {
        normEpsilon: this.#request.normEpsilon,
        checkpoints: this.#checkpoints,
        frozen: run.frozen,
      }),
    )
    checkFinite(logits)
    this.#told.onRun()
    const { vocabSize } = this.#model.config
    return {
      metrics: metrics.map((metric) => metricValue(metric, prompt, logits, this.#fullLogits, vocabSize)),
      margin: margin.smallest,
    }
  }

  get #positions(): Uint32Array | null {
    return this.#request.positions?.[this.#place] ?? null
  }

  #start({ tap, index }: PathCopy): Float64Array {
    return this.#column(this.#starts.get(tap)!, tap, index)
  }

  /** One channel of [T, width]. */
  #column(values: Float64Array, tap: string, index: number): Float64Array {
    const { width } = tapPlace(this.#model.config, tap)
    return Float64Array.from(
      { length: this.#behind.run.tokens.length },
      (_, t) => values[t * width! + index]!,
    )
  }

  /** What a copy's feeders add to it: weights times changes, out of v through the pattern; writes to the stream as they are. */
  #summed(
    { feeders }: PathCopy,
    copies: readonly PathCopy[],
    changes: readonly Float64Array[],
  ): Float64Array {
    const sum = new Float64Array(this.#behind.run.tokens.length)
    for (const { copy, weight } of feeders) {
      const { tap, index } = copies[copy]!
      const carried = tap.endsWith('.attn.v') ? this.#attended(tap, index, changes[copy]!) : changes[copy]!
      for (let t = 0; t < sum.length; t++) sum[t] = sum[t]! + (weight ?? 1) * carried[t]!
    }
    return sum
  }

  /** Σ_s α_ts of a change of one channel of v, with the pattern of the run behind. */
  #attended(tap: string, index: number, change: Float64Array): Float64Array {
    const { pattern } = this.#behind.trace.attention[Number(tap.slice(0, tap.indexOf('.')))]!
    const positions = change.length
    const head = Math.trunc(index / this.#model.config.dHead)
    return Float64Array.from({ length: positions }, (_, t) => {
      const row = (head * positions + t) * positions
      let sum = 0
      for (let s = 0; s <= t; s++) sum += pattern[row + s]! * change[s]!
      return sum
    })
  }
}

/** The tap of the last step: what is replaced, and channels of the final residual stream that copies speak for. */
class FinalResidualTap extends ReplacingTap {
  readonly #reads = new Map<
    number,
    {
      readonly added: Float64Array
      readonly start: Float64Array | null
      readonly positions: Uint32Array | null
    }
  >()

  read(index: number, added: Float64Array, start: Float64Array | null, positions: Uint32Array | null): void {
    this.#reads.set(index, { added, start, positions })
  }

  override needsAll(): boolean {
    return true
  }

  override touches(): boolean {
    return true
  }

  protected override change(name: string, values: Float64Array, width: number): void {
    const kept = Array.from(this.#reads, ([index, { added, start, positions }]) => {
      const column = added.map((value, t) => values[t * width + index]! + value)
      if (start !== null) put(start, column, positions)
      return [index, column] as const
    })
    super.change(name, values, width)
    for (const [index, column] of kept)
      column.forEach((value, t) => {
        values[t * width + index] = value
      })
  }
}

/** Writes values at the given positions, or all. */
function put(values: Float64Array, into: Float64Array, positions: Uint32Array | null): void {
  if (positions === null) into.set(values)
  else for (const t of positions) into[t] = values[t]!
}

/** [T, width] of the fill. */
function filled(
  model: PreparedModel,
  { fill }: PathAblation,
  tap: string,
  positions: number,
  source: SourceTaps,
): Float64Array {
  const width = tapPlace(model.config, tap).width!
  const values = new Float64Array(positions * width)
  const channels = Uint32Array.from({ length: width }, (_, c) => c)
  writeFill(fillRows(fill, tap, width, positions, source), values, width, channels, null)
  return values
}
