/** Tokens and logits that a question attaches to a weight graph: those it names, and those its pattern speaks of. */
import { InvalidInput, LimitExceeded } from '../domain/errors.js'
import { type CircuitNode, type GraphData, nodeKindOf } from '../domain/graph-data.js'
import type { WalkEnd } from '../graph/weight-walk.js'
import type { Scores } from '../query/node-filter.js'
import { type NodeSetting, nodeTest } from '../query/pattern/element-test.js'
import type { NodePattern, PathPattern } from '../query/pattern/path-pattern.js'
import { checkToken } from './measuring/prompt-tokens.js'
import type { ModelStructure } from './ports/model-library.js'
import type { PathEnd } from './questions.js'

export interface AttachedEnd extends WalkEnd {
  /** `token(5)`, `logit(5)` or `logit(5)-logit(7)`. */
  readonly name: string
  /** Second token of a contrast. */
  readonly minus: number | null
}

/** Tokens and logits that one pattern may attach. */
export const MOST_ATTACHED = 4_096

export function attachedSource(end: PathEnd | null, structure: ModelStructure): AttachedEnd | null {
  if (end === null || end.kind === 'nodes') return null
  if (end.kind === 'logit') {
    throw new InvalidInput('BAD_INPUT', 'paths begin at nodes or at a token, not at a logit', {
      path: 'from',
    })
  }
  return tokenEnd(checkToken(end.token, structure, 'from.token'), structure)
}

export function attachedSink(end: PathEnd | null, structure: ModelStructure): AttachedEnd | null {
  if (end === null || end.kind === 'nodes') return null
  if (end.kind === 'token') {
    throw new InvalidInput('BAD_INPUT', 'paths end at nodes or at a logit, not at a token', { path: 'to' })
  }
  const { token, minus } = end
  const plus = logitEnd(checkToken(token, structure, 'to.logit.token'), structure)
  if (minus === null) return plus
  const other = structure.unembedding(checkToken(minus, structure, 'to.logit.minus'))
  const row = Float64Array.from(plus.row, (value, c) => value - other[c]!)
  return { ...plus, row, minus, name: `logit(${token})-logit(${minus})` }
}

function tokenEnd(token: number, structure: ModelStructure): AttachedEnd {
  return { kind: 'token', token, row: structure.embedding(token), name: `token(${token})`, minus: null }
}

function logitEnd(token: number, structure: ModelStructure): AttachedEnd {
  return { kind: 'logit', token, row: structure.unembedding(token), name: `logit(${token})`, minus: null }
}

/** What the bigram table adds to an attached logit after an attached token; null for a model without one. */
export function bigramsBetween(
  ends: readonly AttachedEnd[],
  structure: ModelStructure,
): ((token: number, logit: number) => number) | null {
  if (structure.bigram(0) === null) return null
  return (from, to) => {
    const row = structure.bigram(ends[from]!.token)!
    const { token, minus } = ends[to]!
    return row[token]! - (minus === null ? 0 : row[minus]!)
  }
}

/** An attached end as a node that conditions can be asked of. */
export function nodeOfEnd({ kind, token, name }: AttachedEnd): CircuitNode {
  const site = { kind, token } as const
  return {
    ordinal: -1,
    address: name,
    place: { site, position: null },
    kind: nodeKindOf(site),
    sourceId: null,
    label: null,
    activation: null,
    probability: null,
    isTarget: false,
  }
}

/** What conditions of a pattern are asked of beside the node itself. */
export function nodeSetting(
  graph: GraphData,
  scores: Scores,
  structure: ModelStructure | null,
  ordinalOf: NodeSetting['ordinalOf'],
): NodeSetting {
  const textOf = ({ place: { site } }: CircuitNode): string | null =>
    (site.kind === 'token' || site.kind === 'logit') && typeof site.token === 'number'
      ? (structure?.tokenText(site.token) ?? null)
      : null
  return { graph, scores, dHead: structure?.dHead ?? null, ordinalOf, textOf }
}

/**
 * Tokens and logits that nodes of the pattern labelled so may stand for, in ascending order of tokens. Throws
 * COST_EXCEEDED where there are too many.
 */
export function endsOfPattern(
  pattern: PathPattern,
  structure: ModelStructure,
  setting: NodeSetting,
): readonly AttachedEnd[] {
  const nodes = nodesOf(pattern)
  const kinds = [
    ['token', tokenEnd],
    ['logit', logitEnd],
  ] as const
  return kinds.flatMap(([label, endOf]) => {
    const tests = nodes.filter(({ labels }) => labels.includes(label)).map((node) => nodeTest(node, setting))
    if (tests.length === 0) return []
    const found: AttachedEnd[] = []
    for (let token = 0; token < structure.vocabSize; token++) {
      const node = nodeOfEnd({ kind: label, token, row: [], name: `${label}(${token})`, minus: null })
      if (!tests.some((test) => test(node))) continue
      if (found.length === MOST_ATTACHED)
        throw new LimitExceeded(
          `the pattern speaks of more than ${MOST_ATTACHED} ${label}s`,
          { path: 'pattern', hint: `say which: (:${label} WHERE text = '…') or (:${label} WHERE index = …)` },
          'COST_EXCEEDED',
        )
      found.push(endOf(token, structure))
    }
    return found
  })
}

function nodesOf(pattern: PathPattern): readonly NodePattern[] {
  switch (pattern.kind) {
    case 'node':
      return [pattern]
    case 'edge':
    case 'residualHop':
      return []
    case 'sequence':
      return pattern.parts.flatMap(nodesOf)
    case 'alternatives':
      return pattern.options.flatMap(nodesOf)
    case 'repeat':
      return nodesOf(pattern.of)
    default:
      return pattern satisfies never
  }
}
