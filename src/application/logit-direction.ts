/** What is measured on a graph without a model: one logit node or a contrast of two. */
import { type NodeAddress, printAddress } from '../domain/address.js'
import { InvalidInput, standingAt } from '../domain/errors.js'
import type { CircuitNode, GraphData } from '../domain/graph-data.js'
import type { EndWeight } from '../graph/linear-model.js'
import { parseDirection, printDirection } from '../query/direction.js'
import type { MetricChoice } from './questions.js'

export interface GraphMetric {
  readonly name: string
  readonly ends: readonly EndWeight[]
  /** importance = effect · sign; null for a free direction. */
  readonly sign: -1 | null
}

/**
 * A direction names its logits with or without position. LOGIT_DIFFERENCE is the most probable logit minus the second
 * one. Other presets need a run: NOT_MEANINGFUL.
 */
export function graphMetric(choice: MetricChoice, graph: GraphData, path: string): GraphMetric {
  return standingAt(choice.kind === 'direction' ? `${path}.direction` : path, () => ends(choice, graph))
}

function ends(choice: MetricChoice, graph: GraphData): GraphMetric {
  if (choice.kind === 'direction') {
    const direction = parseDirection(choice.direction)
    const ends = [{ node: logitNode(direction.plus, graph), weight: 1 }]
    if (direction.minus !== null) ends.push({ node: logitNode(direction.minus, graph), weight: -1 })
    return { name: printDirection(direction), ends, sign: null }
  }
  if (choice.preset !== 'LOGIT_DIFFERENCE') {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${choice.preset} is read from a run; on this graph measure LOGIT_DIFFERENCE or a direction`,
      {
        hint: 'for example {direction: "logit(5)-logit(7)"}',
      },
    )
  }
  const [first, second] = graph.nodes
    .filter((node) => node.probability !== null)
    .sort((a, b) => b.probability! - a.probability! || a.ordinal - b.ordinal)
  if (first === undefined || second === undefined) {
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'LOGIT_DIFFERENCE needs two logits with probabilities, which this graph does not have',
    )
  }
  return {
    name: `${first.address}-${second.address}`,
    ends: [
      { node: first.ordinal, weight: 1 },
      { node: second.ordinal, weight: -1 },
    ],
    sign: -1,
  }
}

function logitNode(address: NodeAddress, graph: GraphData): number {
  const fits = (node: CircuitNode): boolean =>
    printAddress({ ...node.place, position: null }) === printAddress({ ...address, position: null }) &&
    (address.position === null || node.place.position === address.position)
  const found = graph.nodes.filter(fits)
  if (found.length === 1) return found[0]!.ordinal
  throw new InvalidInput(
    'BAD_INPUT',
    `this graph has ${found.length === 0 ? 'no node' : 'several nodes'} ${printAddress(address)}`,
    {
      hint:
        found.length > 1
          ? 'add the position: logit(5)@3'
          : `its logits: ${graph.nodes
              .filter((node) => node.kind === 'LOGIT' || node.kind === 'TARGET')
              .slice(0, 5)
              .map((node) => node.address)
              .join(', ')}`,
    },
  )
}
