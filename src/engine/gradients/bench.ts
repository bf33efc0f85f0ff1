/** One prompt of an attribution: its background, gates and baseline, and the runs that every method is made of. */
import type { Attribution } from '../../domain/experiment/attribution.js'
import type { LinkFamily } from '../../domain/experiment/measurement.js'
import type { PromptCase } from '../../domain/experiment/metric.js'
import type { PreparedModel } from '../../model/prepared-model.js'
import type { GradientSink } from '../backward.js'
import { checkFinite } from '../check-request.js'
import { type FillRows, fillRows, type SourceTaps } from '../fill-values.js'
import type { FrozenGates } from '../frozen-gates.js'
import { LinkChanges } from '../link-changes.js'
import { linkPlan } from '../link-plan.js'
import { firstWantedRow, metricValue } from '../metric.js'
import { anyFrozen, sourceTaps, unablated } from '../prompt-bench.js'
import { type Replacing, ReplacingTap } from '../replacing-tap.js'
import type { InputRows } from '../run.js'
import { newRun } from '../run.js'
import { forward } from '../sparse-transformer.js'
import type { Tap } from '../tap.js'
import { tapPlace } from '../tap-names.js'
import { wholeTaps } from '../tap-plan.js'
import { Workspace } from '../workspace.js'
import { differentiate, type Traced, traced } from './differentiate.js'
import { PinnedTap } from './pinned-tap.js'
import type { RunCounter } from './run-counter.js'

export class Bench {
  readonly model: PreparedModel
  readonly request: Attribution
  /** Place of the prompt in the request. */
  readonly place: number
  readonly prompt: PromptCase
  readonly margin = { smallest: Number.POSITIVE_INFINITY }
  readonly #counter: RunCounter
  readonly #background: Replacing
  readonly #baseline: SourceTaps
  readonly #frozen: FrozenGates | null
  readonly #fullLogits: Float64Array
  readonly #workspace = new Workspace()

  private constructor(
    model: PreparedModel,
    request: Attribution,
    place: number,
    counter: RunCounter,
    made: {
      readonly background: Replacing
      readonly baseline: SourceTaps
      readonly frozen: FrozenGates | null
      readonly fullLogits: Float64Array
    },
  ) {
    this.model = model
    this.request = request
    this.place = place
    this.prompt = request.prompts[place]!
    this.#counter = counter
    this.#background = made.background
    this.#baseline = made.baseline
    this.#frozen = made.frozen
    this.#fullLogits = made.fullLogits
  }

  /** `taps` are those whose baseline values are needed. */
  static *of(
    model: PreparedModel,
    request: Attribution,
    p: number,
    taps: Iterable<string>,
    counter: RunCounter,
  ): Generator<void, Bench> {
    const { background, baseline, gates, metric, normEpsilon } = request
    const { tokens } = request.prompts[p]!
    const { length } = tokens
    const running = { normEpsilon, workspace: new Workspace(), onRun: () => counter.add() }
    const reference =
      anyFrozen(gates) || metric.name === 'KL_DIVERGENCE'
        ? yield* unablated(model, tokens, gates, running)
        : { frozen: null, logits: new Float64Array(0) }
    const behind = yield* sourceTaps(model, background.fill, p, length, background.replaced.keys(), running)
    const taken = yield* sourceTaps(model, baseline, p, length, taps, running)
    return new Bench(model, request, p, counter, {
      background: {
        taps: wholeTaps(background.replaced),
        fill: background.fill,
        source: behind,
        positions: [],
      },
      baseline: taken,
      frozen: reference.frozen,
      fullLogits: reference.logits,
    })
  }

  get positions(): number {
    return this.prompt.tokens.length
  }

  get isFrozen(): boolean {
    return this.#frozen !== null
  }

  width(tap: string): number {
    return tapPlace(this.model.config, tap).width!
  }

  /** z̃ of a whole tap: one number where it is the same everywhere, else [T, width]. */
  baselineOrConstant(tap: string): Float64Array | number {
    const { baseline } = this.request
    return baseline.kind === 'CONSTANT' ? baseline.value : this.baseline(tap)
  }

  /** z̃ of a whole tap, [T, width]. */
  baseline(tap: string): Float64Array {
    const width = this.width(tap)
    const rows: FillRows = fillRows(this.request.baseline, tap, width, this.positions, this.#baseline)
    const out = new Float64Array(this.positions * width)
    const { values, rowLength } = rows
    if (values === null) return rows.constant === 0 ? out : out.fill(rows.constant)
    for (let t = 0; t < this.positions; t++)
      out.set(values.subarray(t * rowLength, t * rowLength + width), t * width)
    return out
  }

  /** The background, recording `record`. */
  tap(record: Iterable<string> = []): ReplacingTap {
    return new ReplacingTap(this.#background, record)
  }

  /** The background, with channels of one tap held at the values of [T, width]. */
  pinned(name: string, channels: Uint32Array, values: Float64Array, record: Iterable<string> = []): Tap {
    return new PinnedTap(this.#background, { name, channels, values }, record)
  }

  /** Forward and back. */
  *gradients(tap: Tap, sink: GradientSink, input: InputRows | null = null): Generator<void, Traced> {
    const answer = yield* differentiate(this.model, this.prompt, this.request.metric, tap, sink, {
      ...this.#shared(),
      input,
    })
    this.#counter.add()
    return answer
  }

  /** Forward alone, with its trace. */
  *trace(
    tap: Tap,
    more: { readonly input?: InputRows | null; readonly uncut?: boolean } = {},
  ): Generator<void, Traced> {
    const answer = yield* traced(this.model, this.prompt, this.request.metric, tap, {
      ...this.#shared(),
      ...more,
    })
    this.#counter.add()
    return answer
  }

  /** m of one more run. */
  *value(
    tap: Tap,
    {
      input = null,
      links = [],
    }: { readonly input?: InputRows | null; readonly links?: readonly LinkFamily[] } = {},
  ): Generator<void, number> {
    const { fullLogits, ...shared } = this.#shared()
    const logits = yield* forward(
      newRun(this.model, this.prompt.tokens, tap, {
        ...shared,
        firstRow: firstWantedRow([this.request.metric], this.prompt),
        skipsRows: true,
        input,
        links: links.length === 0 ? null : this.#changes(links),
      }),
    )
    checkFinite(logits)
    this.#counter.add()
    return metricValue(this.request.metric, this.prompt, logits, fullLogits, this.model.config.vocabSize)
  }

  #changes(families: readonly LinkFamily[]): LinkChanges {
    const plan = linkPlan(this.model, [{ families, complement: false }], new Map())
    return new LinkChanges(plan, {
      positions: this.positions,
      fill: this.request.baseline,
      source: this.#baseline,
      widthOf: (tap) => this.width(tap),
    })
  }

  #shared() {
    const { normEpsilon } = this.request
    return {
      workspace: this.#workspace,
      normEpsilon,
      margin: this.margin,
      frozen: this.#frozen,
      fullLogits: this.#fullLogits,
    }
  }
}
