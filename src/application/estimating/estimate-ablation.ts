/**
 * Ablation on graphs without a model: linear arithmetic that the edge meaning supports, always labelled GRAPH_ESTIMATE
 * and only when it was allowed (semantics.md §1, language.md §6). Removal and KEEP_ONLY of nodes and edges, together
 * and in sweeps, with 0 or one given value in their place.
 */
import { InvalidInput, throwIfAborted } from '../../domain/errors.js'
import type { GraphData } from '../../domain/graph-data.js'
import type { GraphEstimate } from '../../graph/linear-model.js'
import type { Scores } from '../../query/node-filter.js'
import { beginAnswer } from '../answer-base.js'
import type { AblationAnswer, AblationReading, AblationRow } from '../answers.js'
import { roleOf } from '../influence-setting.js'
import { EFFECT_SIGN } from '../measuring/metric-choice.js'
import { rankAgreements } from '../measuring/reading-table.js'
import type { Clock } from '../ports/clock.js'
import type { AblationQuestion } from '../questions.js'
import { modelNotAtHand } from '../sparse-setting.js'
import type { Asking, OpenGraph } from '../use-cases.js'
import { type GraphEstimator, graphEstimators, type RemovedPart } from './graph-estimators.js'
import { type GraphReplacement, graphReplacement } from './graph-replacement.js'
import { type GraphElement, graphSweep, graphTarget } from './graph-target.js'

const UNKNOWN_VALUES = 'the graph gives changes, not values: biases and pruned edges are not in it'
/** Edge visits between two looks at the signal: some hundredths of a second. */
const PAUSE_AFTER = 4_000_000

export async function estimateAblation(
  open: OpenGraph,
  question: AblationQuestion,
  scores: Scores,
  asking: Asking,
  clock: Clock,
): Promise<AblationAnswer> {
  if (!question.allowEstimate) throw modelNotAtHand(open, 'ablation is measured by running the model', true)
  const finish = beginAnswer(open, { ask: 'ablate', ...question }, clock)
  const { graph } = open
  if (question.metrics.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one metric', { path: 'input.metrics' })
  const estimators = graphEstimators(graph, question.metrics)
  const whole = graphTarget(graph, question, scores)
  const { elements, singles } = graphSweep(graph, question, whole)
  const replacements = replacementsOf(graph, question, whole)
  if (question.direction === 'DENOISING')
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'a graph without its model has no corrupt prompt to start from',
      {
        path: 'input.direction',
      },
    )
  const reader = new EstimateReader(graph, question.mode, whole, replacements, estimators)
  const stride = Math.max(1, Math.floor(PAUSE_AFTER / (1 + graph.edges.count)))
  const alone: (readonly AblationReading[])[] = []
  for (const single of singles) {
    alone.push(reader.readings(single))
    if (alone.length % stride === 0) await breathe(asking)
  }
  const rows: AblationRow[] = []
  for (const element of elements) {
    const readings = reader.readings(element)
    const [i, j] = element.pair ?? [0, 0]
    const interactions =
      element.pair === null
        ? null
        : readings.map((both, r) => interaction(both.effect, alone[i]![r]!.effect, alone[j]![r]!.effect))
    rows.push({ ...rowOf(element, readings), interactions })
    if (rows.length % stride === 0) await breathe(asking)
  }
  asking.onSweepRows?.(rows)
  return {
    ...finish({ basis: 'GRAPH_ESTIMATE' }),
    readings: reader.readings(whole),
    rows,
    rankAgreement: rankAgreements(
      rows,
      estimators.map(({ metric }) => metric),
      replacements.map(({ name }) => name),
    ),
    replacements: replacements.map(({ name }) => ({ name, reference: null, fits: [] })),
    dataSet: null,
    ignored: [],
    signConvention: EFFECT_SIGN,
    smallestMargin: null,
  }
}

function replacementsOf(
  graph: GraphData,
  { replacements }: AblationQuestion,
  whole: GraphElement,
): readonly GraphReplacement[] {
  if (replacements.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one replacement', { path: 'input.replacements' })
  return replacements.map((choice, i) => {
    const found = graphReplacement(choice, graph.edgeMeaning, `input.replacements[${i}]`)
    if (found.value !== 0 && whole.links.length > 0)
      throw new InvalidInput(
        'UNSUPPORTED',
        `edges are estimated without their source, not with ${found.name}`,
        {
          path: 'input.replacements',
          hint: 'replacements: [{preset: ZERO}]',
        },
      )
    return found
  })
}

/** Readings of one element after another; the empty circuit is estimated once. */
class EstimateReader {
  readonly #empty: readonly GraphEstimate[]

  constructor(
    private readonly graph: GraphData,
    private readonly mode: AblationQuestion['mode'],
    private readonly whole: GraphElement,
    private readonly replacements: readonly GraphReplacement[],
    private readonly estimators: readonly GraphEstimator[],
  ) {
    this.#empty = this.#estimates(this.#removed('KEEP_ONLY', [], []))
  }

  /** [replacement][metric], flat. */
  readings({ nodes, links }: GraphElement): readonly AblationReading[] {
    const removed = this.#removed(
      this.mode,
      nodes.map(({ ordinal }) => ordinal),
      links.map(({ edge }) => edge),
    )
    const names = this.replacements.flatMap(({ name }) =>
      this.estimators.map(({ metric }) => ({ name, metric })),
    )
    return this.#estimates(removed).map((estimate, i) =>
      reading(names[i]!.metric, names[i]!.name, estimate, this.#empty[i]!),
    )
  }

  #estimates(removed: RemovedPart): readonly GraphEstimate[] {
    return this.replacements.flatMap(({ value }) =>
      this.estimators.map(({ estimate }) => estimate(removed, value)),
    )
  }

  /** KEEP_ONLY takes away every other edge, or every other feature and error: tokens are the prompt, and ends stay. */
  #removed(mode: AblationQuestion['mode'], nodes: readonly number[], edges: readonly number[]): RemovedPart {
    if (mode === 'REMOVE') return { nodes, edges }
    const keep = new Set(this.whole.links.length > 0 ? edges : nodes)
    if (this.whole.links.length > 0) {
      const all = Array.from({ length: this.graph.edges.count }, (_, e) => e)
      return { nodes: [], edges: all.filter((edge) => !keep.has(edge)) }
    }
    const others = this.graph.nodes.filter(({ ordinal, kind }) => {
      const role = roleOf(kind)
      return !keep.has(ordinal) && role !== 'token' && role !== 'logit'
    })
    return { nodes: others.map(({ ordinal }) => ordinal), edges: [] }
  }
}

/**
 * Faithfulness needs differences alone: (m(ablated) − m(∅)) ÷ (m(full) − m(∅)) is 1 − effect ÷ effect of the empty
 * circuit, though neither value is known.
 */
function reading(
  { name, sign }: GraphEstimator['metric'],
  replacement: string,
  { effect, reason }: GraphEstimate,
  empty: GraphEstimate,
): AblationReading {
  const undefinedBecause =
    empty.reason ?? (empty.effect === 0 ? 'without all of it the metric is the same' : null)
  const faithfulness = effect === null || undefinedBecause !== null ? null : 1 - effect / empty.effect!
  return {
    metric: name,
    replacement,
    full: null,
    ablated: null,
    empty: null,
    effect,
    importance: effect === null || sign === null ? null : effect * sign + 0,
    faithfulness,
    reason:
      reason ??
      (faithfulness === null ? `${UNKNOWN_VALUES}; no faithfulness: ${undefinedBecause}` : UNKNOWN_VALUES),
    faithfulnessAboveChance: null,
    aboveChanceReason: UNKNOWN_VALUES,
    perExample: [],
    sides: [],
    spread: null,
    effectInterval: () => null,
    faithfulnessInterval: () => null,
  }
}

function rowOf(
  element: GraphElement,
  readings: readonly AblationReading[],
): Omit<AblationRow, 'interactions'> {
  const { kind, label, nodes, links, layer, head, position } = element
  return {
    kind: kind as AblationRow['kind'],
    label,
    nodes,
    edge: links.length === 1 ? links[0]!.edge : null,
    size: nodes.length + links.length,
    layer,
    head,
    position,
    readings,
  }
}

/** m − m(∖i) − m(∖j) + m(∖ij), from effects. */
function interaction(both: number | null, i: number | null, j: number | null): number | null {
  return both === null || i === null || j === null ? null : both - i - j
}

async function breathe(asking: Asking): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
  throwIfAborted(asking.signal)
}
