/** What an attribution scores: nodes, edges, heads or input positions, in the order in which the engine gives scores. */
import { InvalidInput } from '../../domain/errors.js'
import type { Elements } from '../../domain/experiment/attribution.js'
import type { CircuitNode, GraphData } from '../../domain/graph-data.js'
import type { Scores } from '../../query/node-filter.js'
import { selectNodes } from '../../query/node-selector.js'
import type { AttributionScore } from '../answers.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { AttributionQuestion } from '../questions.js'
import type { OpenGraph } from '../use-cases.js'
import { channelsOf, tapOfSite } from './channel-mask.js'
import type { DataSet } from './data-set.js'
import { type Element, edgeElements, headElements, nodeElements, tokenElements } from './elements.js'
import { linkFamilies, storedLink } from './measured-links.js'

export interface Attributed {
  readonly elements: readonly Element[]
  readonly asked: Elements
  /** Nodes at which no channel of the model stands. */
  readonly unscored: readonly AttributionScore[]
}

const NODES = 'input.nodes'

/** Throws BAD_INPUT for a selection that the graph does not hold, or that is empty. */
export function attributedElements(
  { graph }: OpenGraph,
  question: AttributionQuestion,
  scores: Scores,
  structure: ModelStructure,
  data: DataSet,
): Attributed {
  if (question.of === 'TOKENS' && question.nodes !== null)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'tokens are positions of the input and no nodes: leave nodes out',
      {
        path: 'input.nodes',
      },
    )
  const nodes = scoredNodes(question, graph, scores)
  switch (question.of) {
    case 'NODES':
      return attributedNodes(nodes)
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
    case 'TOKENS': {
      const longest = Math.max(...data.cases.map(({ prompt }) => prompt.tokens.length))
      return { elements: tokenElements(longest), asked: { kind: 'TOKENS' }, unscored: [] }
    }
    default:
      return question.of satisfies never
  }
}

/** The chosen nodes, or all of the graph. Throws BAD_INPUT for a choice that holds none. */
export function scoredNodes(
  { nodes }: AttributionQuestion,
  graph: GraphData,
  scores: Scores,
): readonly CircuitNode[] {
  if (nodes === null) return graph.nodes
  const chosen = selectNodes(nodes, graph, scores, NODES).map((ordinal) => graph.nodes[ordinal]!)
  if (chosen.length > 0) return chosen
  throw new InvalidInput('BAD_INPUT', 'the question selects no node to score', { path: NODES })
}

function attributedNodes(nodes: readonly CircuitNode[]): Attributed {
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
    unscored: nodes.filter(({ place }) => tapOfSite(place.site) === null).map(withoutChannel),
  }
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
