/**
 * Attribution on a sparse model. Every score approximates, or is, effect = m(replaced) − m(full), so a good method
 * correlates positively with exact ablation (semantics.md §3, §7); a gradient estimate is never called an ablation.
 */
import { InvalidInput } from '../domain/errors.js'
import type { AttributionScores, Elements, GradientMethod } from '../domain/experiment/attribution.js'
import type { CircuitNode } from '../domain/graph-data.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import { ablateModel, dataFacts, type ModelDeps } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { AttributionAnswer, AttributionScore } from './answers.js'
import { channelsOf, tapOfSite } from './measuring/channel-mask.js'
import { dataSet, promptsOf } from './measuring/data-set.js'
import { type Element, edgeElements, headElements, nodeElements } from './measuring/elements.js'
import { namedFill } from './measuring/fills.js'
import { linkFamilies, storedLink } from './measuring/measured-links.js'
import { chosenMetric } from './measuring/metric-choice.js'
import { meanOf } from './measuring/readings.js'
import type { AttributionQuestion } from './questions.js'
import { type SparseSetting, sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

const GRADIENT_SIGN =
  'score ≈ metric(replaced) − metric(full), summed over positions, mean over prompts: an estimate from gradients, not an ablation'
const EXACT_SIGN =
  'score = metric(ablated) − metric(full), each element replaced on its own in the whole model'

/** Integrated gradients stop being refined here. */
const MAX_STEPS = 256

export async function attributeModel(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AttributionAnswer> {
  const method = gradientMethod(question)
  if (method === 'EXACT_ABLATION') return exactAblation(open, question, scores, asking, deps)
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, deps.clock)
  const setting = await sparseSetting(open, deps.library, deps.runner)
  const data = dataSet(question.on, setting.structure, 'NOISING')
  const metric = chosenMetric(question.metric)
  const baseline = await namedFill(question.baseline, data, { ...setting, means: deps.means }, asking)
  const { elements, asked, unscored } = askedElements(open, question, scores, setting)
  const answer = await deps.runner.attribute(
    {
      modelId: setting.modelId,
      prompts: promptsOf(data),
      metric: metric.metric,
      method,
      of: asked,
      baseline: baseline.fill,
      background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
      gates: question.gates,
    },
    asking,
  )
  const prompts = data.cases.length
  const margin = Math.min(answer.smallestMargin, baseline.margin)
  const smallestMargin = margin === Number.POSITIVE_INFINITY ? null : margin
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: setting.modelId,
      referenceSetId: baseline.reference?.id ?? null,
      smallestMargin,
      evaluations: answer.evaluations,
    }),
    method: methodName(question),
    metric: metric.name,
    baseline: baseline.name,
    baselineReference: baseline.reference,
    signConvention: GRADIENT_SIGN,
    scores: [...scoreRows(elements, answer, prompts), ...unscored],
    cuts: answer.cuts.map(({ site, sum, replaced }) => {
      const total = meanOf(sum)
      const trueDifference = meanOf(replaced) - meanOf(answer.values)
      return { site, sum: total, trueDifference, gap: trueDifference - total, reason: null }
    }),
    value: meanOf(answer.values),
    replacedValue: answer.cuts.length === 1 ? meanOf(answer.cuts[0]!.replaced) : null,
    steps: answer.steps,
    jumps: answer.jumps,
    dataSet: dataFacts(data),
    smallestMargin,
  }
}

interface Asked {
  /** In the order of the scores that the engine gives. */
  readonly elements: readonly Element[]
  readonly asked: Elements
  /** Nodes at which no channel of the model stands. */
  readonly unscored: readonly AttributionScore[]
}

function askedElements(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  { structure }: SparseSetting,
): Asked {
  const { graph } = open
  const nodes = attributedNodes(open, question, scores)
  switch (question.of) {
    case 'NODES': {
      const scored = nodes.filter(({ place }) => tapOfSite(place.site) !== null)
      const channels = channelsOf(scored)
      const byPlace = new Map(
        scored.map((node) => {
          const { tap, index } = tapOfSite(node.place.site)!
          return [`${tap} ${index}`, node]
        }),
      )
      const ordered = [...channels].flatMap(([tap, indices]) =>
        Array.from(indices, (index) => byPlace.get(`${tap} ${index}`)!),
      )
      return {
        elements: nodeElements(ordered),
        asked: { kind: 'CHANNELS', channels },
        unscored: nodes.filter((node) => !scored.includes(node)).map(withoutChannel),
      }
    }
    case 'EDGES': {
      const inside = new Set(nodes.map(({ ordinal }) => ordinal))
      const links = Array.from({ length: graph.edges.count }, (_, e) => e)
        .filter((e) => inside.has(graph.edges.source[e]!) && inside.has(graph.edges.target[e]!))
        .map((e) => storedLink(graph, e))
      const families = linkFamilies(links)
      const ordered = families.flatMap(({ from, to }) =>
        links.filter((link) => link.from === from && link.to === to),
      )
      return { elements: edgeElements(ordered), asked: { kind: 'LINKS', families }, unscored: [] }
    }
    case 'HEADS': {
      const values = nodes.filter(({ place: { site } }) => site.kind === 'channel' && site.tap === 'v')
      return {
        elements: headElements(values, structure.dHead),
        asked: { kind: 'HEADS', channels: channelsOf(values) },
        unscored: [],
      }
    }
    case 'TOKENS':
      return { elements: [], asked: { kind: 'TOKENS' }, unscored: [] }
    default:
      return question.of satisfies never
  }
}

function attributedNodes(
  { graph }: OpenGraph,
  { nodes }: AttributionQuestion,
  scores: Scores,
): readonly CircuitNode[] {
  return nodes === null
    ? graph.nodes
    : selectNodes(nodes, graph, scores).map((ordinal) => graph.nodes[ordinal]!)
}

/** Mean over prompts of signed and absolute sums over positions, back in canonical order. */
function scoreRows(
  elements: readonly Element[],
  { count, scores, absolute, labels }: AttributionScores,
  prompts: number,
): readonly AttributionScore[] {
  const mean = (values: Float64Array, element: number): number | null => {
    let sum = 0
    let seen = 0
    for (let p = 0; p < prompts; p++) {
      const value = values[p * count + element]!
      if (Number.isNaN(value)) continue // a position that this prompt does not have
      sum += value
      seen++
    }
    return seen === 0 ? null : sum / seen
  }
  const rows = Array.from({ length: count }, (_, i): AttributionScore => {
    const element = elements[i]
    return {
      kind: element === undefined ? 'TOKEN' : (element.kind as 'NODE' | 'EDGE' | 'HEAD'),
      label: element?.label ?? labels?.[i] ?? `position ${i}`,
      node: element?.kind === 'NODE' ? element.nodes[0]! : null,
      edge: element?.kind === 'EDGE' ? element.links[0]!.edge : null,
      layer: element?.layer ?? null,
      head: element?.head ?? null,
      position: element === undefined ? i : null,
      score: mean(scores, i),
      absSum: mean(absolute, i),
      standardError: null,
      reason: mean(scores, i) === null ? 'it does not write to the residual stream' : null,
    }
  })
  return rows.sort((a, b) => (a.node?.ordinal ?? 0) - (b.node?.ordinal ?? 0) || (a.edge ?? 0) - (b.edge ?? 0))
}

function withoutChannel(node: CircuitNode): AttributionScore {
  return {
    kind: 'NODE',
    label: node.address,
    node,
    edge: null,
    layer: null,
    head: null,
    position: null,
    score: null,
    absSum: null,
    standardError: null,
    reason: 'no channel of the model stands here',
  }
}

async function exactAblation(
  open: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<AttributionAnswer> {
  const finish = beginAnswer(open, { ask: 'attribute', ...question }, deps.clock)
  if (question.of === 'TOKENS')
    throw new InvalidInput('UNSUPPORTED', 'tokens are ablated by integratedGradients or shapley', {
      path: 'input.method',
    })
  const nodes = attributedNodes(open, question, scores)
  const swept = await ablateModel(
    open,
    {
      target: {
        kind: 'nodes',
        nodes: { kind: 'addresses', addresses: nodes.map((node) => node.address) },
      },
      positions: null,
      mode: 'REMOVE',
      background: 'MODEL',
      replacements: [question.baseline],
      direction: 'NOISING',
      on: question.on,
      metrics: [question.metric],
      gates: question.gates,
      sweep: {
        kind: 'preset',
        preset: question.of === 'NODES' ? 'EACH_NODE' : question.of === 'EDGES' ? 'EACH_EDGE' : 'EACH_HEAD',
      },
      allowEstimate: false,
    },
    scores,
    asking,
    deps,
  )
  const { smallestMargin } = swept
  const reading = swept.readings[0]!
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: swept.provenance.modelId,
      referenceSetId: swept.provenance.referenceSetId,
      smallestMargin,
      evaluations: swept.execution.evaluations,
    }),
    method: methodName(question),
    metric: reading.metric,
    baseline: reading.replacement,
    baselineReference: swept.replacements[0]!.reference,
    signConvention: EXACT_SIGN,
    scores: swept.rows.map((row) => ({
      kind: row.kind as 'NODE' | 'EDGE' | 'HEAD',
      label: row.label,
      node: row.kind === 'NODE' ? row.nodes[0]! : null,
      edge: row.edge,
      layer: row.layer,
      head: row.head,
      position: null,
      score: row.readings[0]!.effect,
      absSum: null,
      standardError: null,
      reason: row.readings[0]!.effect === null ? row.readings[0]!.reason : null,
    })),
    cuts: [],
    value: reading.full,
    replacedValue: reading.ablated,
    steps: null,
    jumps: null,
    dataSet: swept.dataSet,
    smallestMargin,
  }
}

function gradientMethod({ method, of }: AttributionQuestion): GradientMethod | 'EXACT_ABLATION' {
  switch (method.kind) {
    case 'preset':
      switch (method.preset) {
        case 'EXACT_ABLATION':
          return 'EXACT_ABLATION'
        case 'GRADIENT_TIMES_ACTIVATION':
        case 'EDGE_ATTRIBUTION_PATCHING':
          return { kind: of === 'EDGES' ? 'EDGE_ATTRIBUTION_PATCHING' : 'GRADIENT_TIMES_ACTIVATION' }
        case 'DEEP_LIFT':
        case 'DIRECT_LOGIT':
          return { kind: method.preset }
        default:
          return method.preset satisfies never
      }
    case 'attributionPatching':
      return { kind: 'ATTRIBUTION_PATCHING', qkFix: method.qkFix, gradDrop: method.gradDrop }
    case 'integratedGradients':
      return { kind: 'INTEGRATED_GRADIENTS', steps: method.steps, rule: method.rule, maxSteps: MAX_STEPS }
    case 'edgeIntegratedGradients':
      return { kind: 'EDGE_INTEGRATED_GRADIENTS', steps: method.steps, rule: method.rule }
    case 'shapley':
      throw new InvalidInput('UNSUPPORTED', 'shapley is not answered yet', { path: 'input.method' })
    default:
      return method satisfies never
  }
}

function methodName({ method }: AttributionQuestion): string {
  if (method.kind === 'preset') return method.preset
  const { kind, ...settings } = method
  return `${kind}(${Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')})`
}
