/** An ablation question as a plan: which channels or links are its target, and what a sweep takes one by one. */
import { printAddress } from '../../domain/address.js'
import { InvalidInput } from '../../domain/errors.js'
import type { CircuitNode } from '../../domain/graph-data.js'
import type { Scores } from '../../query/node-filter.js'
import { selectNodes } from '../../query/node-selector.js'
import type { AblationQuestion, PartsTarget, Sweep } from '../questions.js'
import type { SparseSetting } from '../sparse-setting.js'
import type { OpenGraph } from '../use-cases.js'
import type { AblationPlan } from './ablation-plan.js'
import { channelsOf, tapOfSite } from './channel-mask.js'
import type { DataSet } from './data-set.js'
import {
  atEachPosition,
  cumulativeElements,
  type Element,
  type ElementLink,
  edgeElements,
  headElements,
  layerElements,
  nodeElements,
  pairElements,
} from './elements.js'
import { type MeasuredLink, measuredLinks, storedLink } from './measured-links.js'
import { chosenPositions } from './positions.js'

/** Rows of one sweep; each is a run of the model on every prompt. */
export const MAX_SWEEP = 20_000

export interface Planned {
  readonly plan: AblationPlan
  readonly ignored: readonly string[]
  /** How many elements at the end are single members of pairs. */
  readonly singles: number
}

/** Throws LIMIT_EXCEEDED for a sweep that nobody would wait for. */
export function checkSweep({ length }: { readonly length: number }): void {
  if (length <= MAX_SWEEP) return
  throw new InvalidInput(
    'LIMIT_EXCEEDED',
    `a sweep takes at most ${MAX_SWEEP} elements, this one has ${length}`,
    { path: 'input.sweep', hint: 'narrow the target' },
  )
}

/** Throws BAD_INPUT for a circuit of which nobody said what it is taken apart in. */
export function checkBackground(open: OpenGraph, question: AblationQuestion): void {
  if (open.type !== 'model' && question.background === null) {
    throw new InvalidInput(
      'BAD_INPUT',
      'say what is taken apart: background MODEL (the whole model) or CIRCUIT (this graph alone)',
      { path: 'input.background' },
    )
  }
}

/** The whole target as one element. */
export function together<Link extends ElementLink>(
  nodes: readonly CircuitNode[],
  links: readonly Link[],
): Element<Link> {
  return {
    kind: 'STEP',
    label: 'together',
    nodes,
    links,
    layer: null,
    head: null,
    position: null,
    pair: null,
  }
}

/** Throws BAD_INPUT naming what cannot be ablated or swept so. */
export function planAblation(
  open: OpenGraph,
  question: AblationQuestion<PartsTarget>,
  scores: Scores,
  { modelId, structure, sites }: SparseSetting,
  data: DataSet,
): Planned {
  const { graph } = open
  checkBackground(open, question)
  const { nodes, links, ignored } = targetOf(open, question, scores, sites)
  const all = together(nodes, links)
  if (links.length > 0 && question.positions !== null)
    throw new InvalidInput('UNSUPPORTED', 'edges are ablated at all positions', { path: 'input.positions' })
  const elements = sweptElements(open, question, all, data, structure.dHead)
  checkSweep(elements)
  const singles = elements.some(({ pair }) => pair !== null) ? singleElements(all) : []
  return {
    plan: {
      modelId,
      sites,
      circuit: question.background === 'CIRCUIT' ? channelsOf(graph.nodes) : null,
      mode: question.mode,
      together: all,
      elements: [...elements, ...singles],
      positions:
        question.positions === null
          ? null
          : chosenPositions(question.positions, data, structure, 'input.positions'),
      gates: question.gates,
    },
    ignored,
    singles: singles.length,
  }
}

function targetOf(
  { graph }: OpenGraph,
  { target, mode }: AblationQuestion<PartsTarget>,
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
  const chosen = selectNodes(target.nodes, graph, scores, path).map((ordinal) => graph.nodes[ordinal]!)
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
  whole: Element,
  data: DataSet,
  dHead: number,
): readonly Element[] {
  if (sweep.kind === 'cumulative') return grownElements(sweep, whole)
  const onNodes = (what: readonly CircuitNode[]): readonly CircuitNode[] => {
    if (whole.links.length === 0) return what
    throw new InvalidInput('NOT_MEANINGFUL', `${sweep.preset} sweeps over nodes, and the target is edges`, {
      path: 'input.sweep',
    })
  }
  switch (sweep.preset) {
    case 'TOGETHER':
      return []
    case 'EACH_NODE':
      return nodeElements(onNodes(whole.nodes))
    case 'EACH_EDGE':
      return edgeElements(whole.links.length > 0 ? whole.links : edgesWithin(open, whole.nodes))
    case 'EACH_PATH':
      throw new InvalidInput('NOT_MEANINGFUL', 'EACH_PATH sweeps over paths, and the target has none', {
        path: 'input.sweep',
      })
    case 'EACH_PAIR':
      return pairElements(countedSingles(whole))
    case 'EACH_HEAD':
      return headElements(onNodes(whole.nodes), dHead)
    case 'EACH_LAYER':
      return layerElements(onNodes(whole.nodes))
    case 'EACH_POSITION':
      return atEachPosition([{ ...whole, nodes: onNodes(whole.nodes) }], commonLength(data))
    case 'EACH_LAYER_AND_POSITION':
      return atEachPosition(layerElements(onNodes(whole.nodes)), commonLength(data))
    default:
      return sweep.preset satisfies never
  }
}

/** Elements to be paired, counted before they are: thousands of nodes have millions of pairs. */
export function countedSingles<Link extends ElementLink>(whole: Element<Link>): readonly Element<Link>[] {
  const singles = singleElements(whole)
  checkSweep({ length: (singles.length * (singles.length - 1)) / 2 })
  return singles
}

export function singleElements<Link extends ElementLink>(whole: Element<Link>): readonly Element<Link>[] {
  return whole.links.length > 0 ? edgeElements(whole.links) : nodeElements(whole.nodes)
}

/**
 * The first of a ranking together, for every size. Throws BAD_INPUT for a ranking that names something twice, or what
 * is not in the target.
 */
export function grownElements<Link extends ElementLink>(
  { ranking, order, sizes }: Extract<Sweep, { kind: 'cumulative' }>,
  whole: Element<Link>,
): readonly Element<Link>[] {
  const ranked = rankedElements(ranking, whole)
  const all = Array.from({ length: ranked.length }, (_, i) => i + 1)
  if (sizes?.length === 0)
    throw new InvalidInput('BAD_INPUT', 'a cumulative sweep takes at least one size', {
      path: 'input.sweep.cumulative.sizes',
    })
  return order === 'FIRST_TO_LAST'
    ? cumulativeElements(ranked, sizes ?? all, 'first')
    : cumulativeElements([...ranked].reverse(), sizes ?? all, 'last')
}

function rankedElements<Link extends ElementLink>(
  ranking: readonly string[] | null,
  whole: Element<Link>,
): readonly Element<Link>[] {
  const singles = singleElements(whole)
  if (ranking === null) return singles
  const left = new Map(singles.map((element) => [element.label, element]))
  return ranking.map((label, i) => {
    const element = left.get(label)
    if (element === undefined)
      throw new InvalidInput(
        'BAD_INPUT',
        `the ranking names ${JSON.stringify(label)}, which ${ranking.indexOf(label) < i ? 'it has named before' : 'is not in the target'}`,
        { path: `input.sweep.cumulative.ranking[${i}]` },
      )
    left.delete(label)
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
