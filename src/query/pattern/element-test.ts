/** Whether a node or an edge is what a pattern asks for at its place. */

import type { Port } from '../../domain/address.js'
import { coordinatesOf } from '../../domain/canonical-order.js'
import { compareCodePoints, foldedKey } from '../../domain/code-point-order.js'
import type { CircuitNode, EdgeKind, GraphData } from '../../domain/graph-data.js'
import { blockName, nodeText, type Scores, tapName, unknownScore } from '../node-filter.js'
import type { Comparison, Condition, EdgePattern, Literal, NodePattern, Operand } from './path-pattern.js'
import { type EdgeProperty, meaningOfLabel, type NodeProperty } from './pattern-words.js'

/** What conditions on nodes are asked of beside the node. */
export interface NodeSetting {
  readonly graph: GraphData
  /** By name, one value per node of the graph in canonical order. */
  readonly scores: Scores
  /** Width of an attention head; null where nodes are no channels of heads. */
  readonly dHead: number | null
  /** Ordinal in `graph`, or −1 for an end that the question attached. */
  readonly ordinalOf: (node: CircuitNode) => number
  /** Text of a token or logit that the graph does not tell, or null. */
  readonly textOf: (node: CircuitNode) => string | null
}

/** A hop between two nodes as a condition sees it. */
export interface HopSeen {
  readonly kind: EdgeKind
  readonly port: Port | null
  /** Null where it has none. */
  readonly weight: number | null
  /** Null for implied links. */
  readonly member: boolean | null
}

/** True, false, or unknown where a property is missing. */
type Truth = boolean | null

/** Throws BAD_INPUT for a score that the graph does not have. */
export function nodeTest(
  { labels, where }: NodePattern,
  setting: NodeSetting,
): (node: CircuitNode) => boolean {
  const meanings = labels.map(meaningOfLabel)
  const fits = (node: CircuitNode): boolean =>
    meanings.length === 0 ||
    meanings.some((one) => ('kind' in one ? node.kind === one.kind : tapOf(node) === one.tap))
  if (where === null) return fits
  const readerOf = nodeReader(setting)
  const condition = conditionTest(
    where,
    (name) => readerOf(name as NodeProperty),
    (name) => {
      const values = setting.scores.get(name)
      if (values === undefined) throw unknownScore(name, setting.scores)
      return (node) => values[setting.ordinalOf(node)] ?? null
    },
  )
  return (node) => fits(node) && condition(node) === true
}

export function hopTest({ labels, where }: EdgePattern): (hop: HopSeen) => boolean {
  const fits = (hop: HopSeen): boolean => labels.length === 0 || labels.includes(hop.kind)
  if (where === null) return fits
  const condition = conditionTest<HopSeen>(
    where,
    (name) => (hop) => hop[name as EdgeProperty],
    () => () => null,
  )
  return (hop) => fits(hop) && condition(hop) === true
}

type Read<T> = (element: T) => Literal | null

function tapOf(node: CircuitNode): string | null {
  return tapName(node)?.toLowerCase() ?? null
}

function nodeReader({ graph, dHead, textOf }: NodeSetting): (name: NodeProperty) => Read<CircuitNode> {
  const inHead = (node: CircuitNode, of: (index: number, width: number) => number): number | null => {
    const { site } = node.place
    if (dHead === null || site.kind !== 'channel' || !['q', 'k', 'v'].includes(site.tap)) return null
    return of(site.index, dHead)
  }
  const ranks = new Map(
    graph.nodes
      .filter(({ kind, probability }) => kind === 'LOGIT' && probability !== null)
      .sort((a, b) => b.probability! - a.probability! || a.ordinal - b.ordinal)
      .map(({ address }, i) => [address, i + 1]),
  )
  const readers: Readonly<Record<NodeProperty, Read<CircuitNode>>> = {
    layer: (node) => coordinatesOf(node.place).layer,
    block: (node) => blockName(node)?.toLowerCase() ?? null,
    tap: tapOf,
    index: (node) => coordinatesOf(node.place).index,
    headIndex: (node) => inHead(node, (index, width) => Math.floor(index / width)),
    channelInHead: (node) => inHead(node, (index, width) => index % width),
    position: (node) => node.place.position,
    kind: (node) => node.kind,
    text: (node) => nodeText(node, graph) ?? textOf(node),
    label: (node) => node.label,
    address: (node) => node.address,
    sourceId: (node) => node.sourceId,
    activation: (node) => node.activation,
    logitRank: (node) => ranks.get(node.address) ?? null,
    probability: (node) => node.probability,
    isTarget: (node) => node.isTarget,
  }
  return (name) => readers[name]
}

function conditionTest<T>(
  condition: Condition,
  property: (name: string) => Read<T>,
  score: (name: string) => Read<T>,
): (element: T) => Truth {
  const inner = (one: Condition): ((element: T) => Truth) => conditionTest(one, property, score)
  const value = (operand: Operand): Read<T> => operandReader(operand, property, score)
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const tests = condition.of.map(inner)
      const decides = condition.kind === 'or'
      return (element) => {
        let truth: Truth = !decides
        for (const test of tests) {
          const one = test(element)
          if (one === decides) return decides
          if (one === null) truth = null
        }
        return truth
      }
    }
    case 'not': {
      const test = inner(condition.of)
      return (element) => {
        const truth = test(element)
        return truth === null ? null : !truth
      }
    }
    case 'compare': {
      const [left, right] = [value(condition.left), value(condition.right)]
      return (element) => {
        const [a, b] = [left(element), right(element)]
        return a === null || b === null ? null : compares(a, condition.op, b)
      }
    }
    case 'in': {
      const left = value(condition.left)
      const values = new Set(condition.values)
      return (element) => known(left(element), (a) => values.has(a))
    }
    case 'between': {
      const left = value(condition.left)
      const { low, high } = condition
      return (element) => known(left(element), (a) => compares(a, '>=', low) && compares(a, '<=', high))
    }
    case 'text': {
      const left = value(condition.left)
      const { op, value: part } = condition
      const test = {
        'STARTS WITH': (text: string) => text.startsWith(part),
        'ENDS WITH': (text: string) => text.endsWith(part),
        CONTAINS: (text: string) => text.includes(part),
      }[op]
      return (element) => known(left(element), (a) => test(String(a)))
    }
    case 'isNull': {
      const left = value(condition.left)
      return (element) => left(element) === null
    }
    default:
      return condition satisfies never
  }
}

function known(value: Literal | null, test: (value: Literal) => boolean): Truth {
  return value === null ? null : test(value)
}

function operandReader<T>(
  operand: Operand,
  property: (name: string) => Read<T>,
  score: (name: string) => Read<T>,
): Read<T> {
  switch (operand.kind) {
    case 'property':
      return property(operand.name)
    case 'score':
      return score(operand.name)
    case 'literal':
      return () => operand.value
    case 'abs':
    case 'lower': {
      const inner = operandReader(operand.of, property, score)
      return (element) => {
        const value = inner(element)
        if (value === null) return null
        return operand.kind === 'abs' ? Math.abs(value as number) : foldedKey(value as string)
      }
    }
    default:
      return operand satisfies never
  }
}

/** Texts by code point, as everywhere. */
function compares(a: Literal, op: Comparison, b: Literal): boolean {
  const order =
    typeof a === 'string' && typeof b === 'string' ? compareCodePoints(a, b) : Number(a) - Number(b)
  switch (op) {
    case '=':
      return order === 0
    case '<>':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return op satisfies never
  }
}
