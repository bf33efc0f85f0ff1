/**
 * Ablation by running the model: removes or keeps only the target, with one or several replacements in its place, all
 * at once and element by element, and reports effect, importance and faithfulness with the evidence beside them
 * (semantics.md §3–6, §10–11).
 */
import { printAddress } from '../domain/address.js'
import { InvalidInput } from '../domain/errors.js'
import { LIVE_GATES } from '../domain/experiment/measurement.js'
import type { CircuitNode } from '../domain/graph-data.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import { beginAnswer } from './answer-base.js'
import type { AblationAnswer, AblationReading, AblationRow, RankAgreement } from './answers.js'
import { type AblationPlan, ablationMeasurement, ROWS, rowsPerFill } from './measuring/ablation-plan.js'
import { channelsOf, tapOfSite } from './measuring/channel-mask.js'
import { type DataSet, dataSet, promptsOf } from './measuring/data-set.js'
import {
  atEachPosition,
  cumulativeElements,
  type Element,
  edgeElements,
  headElements,
  layerElements,
  nodeElements,
  pairElements,
} from './measuring/elements.js'
import { type NamedFill, namedFill } from './measuring/fills.js'
import { type MeasuredLink, measuredLinks, storedLink } from './measuring/measured-links.js'
import { type ChosenMetric, chosenMetrics, EFFECT_SIGN } from './measuring/metric-choice.js'
import { chosenPositions } from './measuring/positions.js'
import { rankCorrelation } from './measuring/rank-correlation.js'
import { ablationReading, type ReadingRuns } from './measuring/readings.js'
import type { ReferenceMeans } from './measuring/reference-means.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { ModelRunner } from './ports/model-runner.js'
import type { TaskLibrary } from './ports/task-library.js'
import type { AblationQuestion } from './questions.js'
import { type SparseSetting, sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

/** Rows of one sweep; each is a run of the model on every prompt. */
export const MAX_SWEEP = 20_000

export interface ModelDeps {
  readonly library: ModelLibrary
  readonly runner: ModelRunner
  readonly means: ReferenceMeans
  readonly tasks: TaskLibrary
  readonly clock: Clock
}

export async function ablateModel(
  open: OpenGraph,
  question: AblationQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AblationAnswer> {
  const finish = beginAnswer(open, { ask: 'ablate', ...question }, deps.clock)
  const setting = await sparseSetting(open, deps.library, deps.runner)
  const data = await dataSet(question.on, setting.structure, question.direction, deps.tasks)
  const metrics = chosenMetrics(question.metrics)
  const { plan, ignored, singles } = planAblation(open, question, scores, setting, data)
  if (question.replacements.length === 0)
    throw new InvalidInput('BAD_INPUT', 'give at least one replacement', { path: 'input.replacements' })
  const fills: NamedFill[] = []
  for (const choice of question.replacements)
    fills.push(await namedFill(choice, data, { ...setting, means: deps.means }, asking))
  const measurement = ablationMeasurement(
    plan,
    fills.map(({ fill }) => fill),
    metrics.map(({ metric }) => metric),
    promptsOf(data),
  )
  const count = plan.elements.length - singles
  const rowOf = (table: ReadingTable, i: number): AblationRow => {
    const element = plan.elements[i]!
    return {
      kind: element.kind as AblationRow['kind'],
      label: element.label,
      nodes: element.nodes,
      edge: element.links.length === 1 ? element.links[0]!.edge : null,
      size: element.nodes.length + element.links.length,
      layer: element.layer,
      head: element.head,
      position: element.position,
      readings: table.readings(ROWS.elements + i),
      interactions: element.pair === null ? null : table.interactions(i, element.pair, singles),
    }
  }
  const partial = new Float64Array(measurement.variants.length * metrics.length * data.cases.length)
  const coming = new ReadingTable(plan, fills, metrics, data, partial)
  // A row is complete with its last replacement; interactions wait for the single elements behind all rows.
  const lastFill = (fills.length - 1) * rowsPerFill(plan) + ROWS.elements
  let sent = 0
  const answer = await deps.runner.measure(measurement, {
    signal: asking.signal,
    ...(asking.onProgress === undefined ? {} : { onProgress: asking.onProgress }),
    onRows: ({ first, values }) => {
      const row = metrics.length * data.cases.length
      partial.set(values, first * row)
      const complete = Math.min(count, first + values.length / row - lastFill)
      if (asking.onSweepRows === undefined || singles > 0 || complete <= sent) return
      asking.onSweepRows(Array.from({ length: complete - sent }, (_, i) => rowOf(coming, sent + i)))
      sent = complete
    },
  })
  const table = new ReadingTable(plan, fills, metrics, data, answer.values)
  const rows = Array.from({ length: count }, (_, i) => rowOf(table, i))
  if (sent < count) asking.onSweepRows?.(rows.slice(sent))
  const margin = Math.min(...answer.margins, ...fills.map((fill) => fill.margin))
  const smallestMargin = margin === Number.POSITIVE_INFINITY ? null : margin
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: setting.modelId,
      referenceSetId: fills.find(({ reference }) => reference !== null)?.reference?.id ?? null,
      smallestMargin,
      evaluations: answer.evaluations,
    }),
    readings: table.readings(ROWS.together),
    rows,
    rankAgreement: rankAgreements(rows, metrics, fills),
    replacements: fills.map(({ name, reference }) => ({ name, reference })),
    dataSet: dataFacts(data),
    ignored,
    signConvention: EFFECT_SIGN,
    smallestMargin,
  }
}

/** Readings by row of the measurement: [replacement][metric]. */
class ReadingTable {
  constructor(
    private readonly plan: AblationPlan,
    private readonly fills: readonly NamedFill[],
    private readonly metrics: readonly ChosenMetric[],
    private readonly data: DataSet,
    private readonly values: Float64Array,
  ) {}

  readings(row: number): readonly AblationReading[] {
    return this.fills.flatMap(({ name }, fill) =>
      this.metrics.map((metric, m) => {
        const runs: ReadingRuns = {
          model: this.#values(fill, ROWS.model, m),
          full: this.#values(fill, ROWS.background, m),
          ablated: this.#values(fill, row, m),
          empty: this.#values(fill, ROWS.empty, m),
        }
        return ablationReading(metric, name, runs, this.data)
      }),
    )
  }

  /** I_ij = m(M) − m(M∖i) − m(M∖j) + m(M∖ij), mean over prompts, in the order of `readings`. */
  interactions(
    element: number,
    pair: readonly [number, number],
    singles: number,
  ): readonly (number | null)[] {
    const firstSingle = ROWS.elements + this.plan.elements.length - singles
    return this.fills.flatMap((_, fill) =>
      this.metrics.map((__, m) => {
        const [full, both, i, j] = [
          ROWS.background,
          ROWS.elements + element,
          firstSingle + pair[0],
          firstSingle + pair[1],
        ].map((row) => this.#values(fill, row, m))
        const sum = full!.reduce((total, value, p) => total + value - i![p]! - j![p]! + both![p]!, 0)
        return Number.isNaN(sum) ? null : sum / full!.length
      }),
    )
  }

  #values(fill: number, row: number, metric: number): Float64Array {
    const prompts = this.data.cases.length
    const at = ((fill * rowsPerFill(this.plan) + row) * this.metrics.length + metric) * prompts
    return this.values.subarray(at, at + prompts)
  }
}

interface Planned {
  readonly plan: AblationPlan
  readonly ignored: readonly string[]
  /** How many elements at the end are single members of pairs. */
  readonly singles: number
}

function planAblation(
  open: OpenGraph,
  question: AblationQuestion,
  scores: Scores,
  { modelId, structure, sites }: SparseSetting,
  data: DataSet,
): Planned {
  const { graph } = open
  if (open.type !== 'model' && question.background === null) {
    throw new InvalidInput(
      'BAD_INPUT',
      'say what is taken apart: background MODEL (the whole model) or CIRCUIT (this graph alone)',
      { path: 'input.background' },
    )
  }
  const { nodes, links, ignored } = targetOf(open, question, scores, sites)
  const together: Element = {
    kind: 'STEP',
    label: 'together',
    nodes,
    links,
    layer: null,
    head: null,
    position: null,
    pair: null,
  }
  if (links.length > 0 && question.positions !== null)
    throw new InvalidInput('UNSUPPORTED', 'edges are ablated at all positions', { path: 'input.positions' })
  const elements = sweptElements(open, question, together, data, structure.dHead)
  const singles = elements.some(({ pair }) => pair !== null) ? singleElements(together) : []
  if (elements.length > MAX_SWEEP) {
    throw new InvalidInput(
      'LIMIT_EXCEEDED',
      `a sweep takes at most ${MAX_SWEEP} elements, this one has ${elements.length}`,
      { path: 'input.sweep', hint: 'narrow the target' },
    )
  }
  return {
    plan: {
      modelId,
      sites,
      circuit: question.background === 'CIRCUIT' ? channelsOf(graph.nodes) : null,
      mode: question.mode,
      together,
      elements: [...elements, ...singles],
      positions: question.positions === null ? null : chosenPositions(question.positions, data, structure),
      gates: question.gates ?? LIVE_GATES,
    },
    ignored,
    singles: singles.length,
  }
}

function targetOf(
  { graph }: OpenGraph,
  { target, mode }: AblationQuestion,
  scores: Scores,
  sites: SparseSetting['sites'],
): {
  readonly nodes: readonly CircuitNode[]
  readonly links: readonly MeasuredLink[]
  readonly ignored: readonly string[]
} {
  const path = `input.target.${target.kind}`
  if (target.kind === 'edges') {
    const links = measuredLinks(target.edges, graph, scores)
    if (links.length === 0) throw new InvalidInput('BAD_INPUT', 'the target selects no edge', { path })
    return { nodes: [], links, ignored: [] }
  }
  const chosen = selectNodes(target.nodes, graph, scores).map((ordinal) => graph.nodes[ordinal]!)
  if (chosen.length === 0) throw new InvalidInput('BAD_INPUT', 'the target selects no node', { path })
  const masked = new Set(sites.map(({ tap }) => tap))
  const reachable = chosen.filter(({ place }) => masked.has(tapOfSite(place.site)?.tap ?? ''))
  const ignored = chosen.filter((node) => !reachable.includes(node)).map((node) => printAddress(node.place))
  if (mode === 'REMOVE' && ignored.length > 0)
    throw new InvalidInput('NOT_MEANINGFUL', `${ignored[0]} cannot be masked, so it cannot be removed`, {
      path,
    })
  return { nodes: reachable, links: [], ignored }
}

function sweptElements(
  open: OpenGraph,
  { sweep }: AblationQuestion,
  together: Element,
  data: DataSet,
  dHead: number,
): readonly Element[] {
  if (sweep.kind === 'cumulative') {
    const ranked = rankedElements(sweep.ranking, together)
    const all = Array.from({ length: ranked.length }, (_, i) => i + 1)
    return cumulativeElements(
      sweep.order === 'FIRST_TO_LAST' ? ranked : [...ranked].reverse(),
      sweep.sizes ?? all,
    )
  }
  const onNodes = (what: readonly CircuitNode[]): readonly CircuitNode[] => {
    if (together.links.length === 0) return what
    throw new InvalidInput('NOT_MEANINGFUL', `${sweep.preset} sweeps over nodes, and the target is edges`, {
      path: 'input.sweep',
    })
  }
  switch (sweep.preset) {
    case 'TOGETHER':
      return []
    case 'EACH_NODE':
      return nodeElements(onNodes(together.nodes))
    case 'EACH_EDGE':
      return edgeElements(together.links.length > 0 ? together.links : edgesWithin(open, together.nodes))
    case 'EACH_PAIR':
      return pairElements(singleElements(together))
    case 'EACH_HEAD':
      return headElements(onNodes(together.nodes), dHead)
    case 'EACH_LAYER':
      return layerElements(onNodes(together.nodes))
    case 'EACH_POSITION':
      return atEachPosition([{ ...together, nodes: onNodes(together.nodes) }], commonLength(data))
    case 'EACH_LAYER_AND_POSITION':
      return atEachPosition(layerElements(onNodes(together.nodes)), commonLength(data))
    default:
      return sweep.preset satisfies never
  }
}

function singleElements(together: Element): readonly Element[] {
  return together.links.length > 0 ? edgeElements(together.links) : nodeElements(together.nodes)
}

function rankedElements(ranking: readonly string[] | null, together: Element): readonly Element[] {
  const singles = singleElements(together)
  if (ranking === null) return singles
  const byLabel = new Map(singles.map((element) => [element.label, element]))
  return ranking.map((label) => {
    const element = byLabel.get(label)
    if (element === undefined)
      throw new InvalidInput(
        'BAD_INPUT',
        `the ranking names ${JSON.stringify(label)}, which is not in the target`,
        {
          path: 'input.sweep.cumulative.ranking',
        },
      )
    return element
  })
}

function edgesWithin({ graph }: OpenGraph, nodes: readonly CircuitNode[]): readonly MeasuredLink[] {
  const inside = new Set(nodes.map(({ ordinal }) => ordinal))
  return Array.from({ length: graph.edges.count }, (_, e) => e)
    .filter((e) => inside.has(graph.edges.source[e]!) && inside.has(graph.edges.target[e]!))
    .map((e) => storedLink(graph, e))
}

function commonLength({ cases }: DataSet): number {
  const length = cases[0]!.prompt.tokens.length
  const other = cases.find(({ prompt }) => prompt.tokens.length !== length)
  if (other !== undefined)
    throw new InvalidInput(
      'BAD_INPUT',
      `a sweep over positions needs prompts of one length, not of ${length} and ${other.prompt.tokens.length} tokens`,
      { path: 'input.sweep', hint: 'name positions instead: positions: {fromEnd: [0]}' },
    )
  return length
}

/** Do different replacements order the elements alike? */
function rankAgreements(
  rows: readonly AblationRow[],
  metrics: readonly ChosenMetric[],
  fills: readonly NamedFill[],
): readonly RankAgreement[] {
  if (rows.length === 0) return []
  return metrics.flatMap(({ name }, m) =>
    fills.flatMap((first, a) =>
      fills.slice(a + 1).map((second, n) => {
        const effects = (fill: number): (number | null)[] =>
          rows.map(({ readings }) => readings[fill * metrics.length + m]!.effect)
        const [x, y] = [effects(a), effects(a + 1 + n)]
        const defined = !x.includes(null) && !y.includes(null)
        const correlation = defined ? rankCorrelation(x as number[], y as number[]) : null
        return {
          metric: name,
          replacements: [first.name, second.name] as const,
          correlation,
          reason: correlation === null ? 'too few rows, or all of one side are equal' : null,
        }
      }),
    ),
  )
}

export function dataFacts({ id, cases }: DataSet): AblationAnswer['dataSet'] {
  return {
    id,
    prompts: cases.length,
    examples: new Set(cases.map(({ example }) => example)).size,
    tokens: cases.reduce((sum, { prompt }) => sum + prompt.tokens.length, 0),
  }
}
