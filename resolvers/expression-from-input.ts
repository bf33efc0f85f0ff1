/** Expressions as the query language holds them: every default filled in, every name resolved to an id. */
import type { CollapseExpressionInput } from '../schema/collapse-expression.input.js'
import type {
  GraphExpressionInput,
  NodeSelectorInput,
  PathEndInput,
} from '../schema/graph-expression.input.js'
import type { ReplacementInput } from '../schema/replacement.input.js'
import type { StrengthInput } from '../schema/strongest-expression.input.js'
import type { UnrollExpressionInput } from '../schema/unroll-expression.input.js'
import type { PathEnd } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { compareCodePoints } from '../src/domain/code-point-order.js'
import { InvalidInput, NotFound, standingAt } from '../src/domain/errors.js'
import type { Annotation } from '../src/domain/records.js'
import {
  EXISTENCE_LINKS,
  type GraphExpression,
  type NodeSelector,
  PRODUCT_LINKS,
  type Strength,
  UNROLL_PRESETS,
  type UnrollBaseline,
} from '../src/query/graph-expression.js'
import { patternOf } from '../src/query/pattern/pattern-of.js'
import { printPattern } from '../src/query/pattern/print-pattern.js'
import type { ApiContext } from './api-context.js'
import { attachedEndOf } from './attached-end.js'
import { bareId } from './bare-id.js'
import { checkFilterSize } from './filter-limit.js'
import { linksFromInput } from './links-from-input.js'
import { openByRef } from './open-by-ref.js'
import { promptFromInput } from './prompt-from-input.js'

/** `open`: the graph that the question is asked of, whose supernodes are meant. */
export function expressionFromInput(
  input: GraphExpressionInput,
  open: OpenGraph,
  context: ApiContext,
  path = 'expression',
): Promise<GraphExpression> {
  return new ExpressionReader(open, context).expression(input, path)
}

/** A selector whose expression is not applied yet. */
export function selectorInExpression(
  input: NodeSelectorInput,
  open: OpenGraph,
  context: ApiContext,
  path: string,
): Promise<NodeSelector> {
  return new ExpressionReader(open, context).selector(input, path)
}

class ExpressionReader {
  constructor(
    private readonly open: OpenGraph,
    private readonly context: ApiContext,
  ) {}

  async expression(input: GraphExpressionInput, path: string): Promise<GraphExpression> {
    if (input.nodes) return { kind: 'nodes', where: checkFilterSize(input.nodes, `${path}.nodes`) }
    if (input.edges) return { kind: 'edges', where: checkFilterSize(input.edges, `${path}.edges`) }
    for (const kind of ['upstreamOf', 'downstreamOf'] as const) {
      const reach = input[kind]
      if (reach) return { kind, ...(await this.#around(reach, `${path}.${kind}`)), hops: reach.hops ?? null }
    }
    if (input.neighbourhood) {
      const { hops, first } = input.neighbourhood
      const around = await this.#around(input.neighbourhood, `${path}.neighbourhood`)
      return { kind: 'neighbourhood', ...around, hops, first }
    }
    if (input.between) {
      const from = await this.selector(input.between.from, `${path}.between.from`)
      const to = await this.selector(input.between.to, `${path}.between.to`)
      return { kind: 'between', from, to, links: linksFromInput(input.between.links, EXISTENCE_LINKS) }
    }
    if (input.strongest) {
      const { first, by, on } = input.strongest
      return { kind: 'strongest', first, by: strength(by), on: on ?? null }
    }
    if (input.influence) {
      const { nodeThreshold, edgeThreshold, on } = input.influence
      return { kind: 'influence', nodeThreshold, edgeThreshold, on: on ?? null }
    }
    if (input.paths) {
      const { pattern, rankBy, first, links } = input.paths
      return {
        kind: 'paths',
        pattern: pattern == null ? null : printPattern(patternOf(pattern, `${path}.paths.pattern`)),
        from: await this.#end(input.paths.from, `${path}.paths.from`),
        to: await this.#end(input.paths.to, `${path}.paths.to`),
        rankBy: rankBy ?? null,
        first,
        links: linksFromInput(links, PRODUCT_LINKS),
      }
    }
    for (const kind of ['union', 'intersection'] as const) {
      const of = input[kind]
      if (of) return { kind, of: await this.#all(of, `${path}.${kind}`) }
    }
    if (input.difference) {
      const at = `${path}.difference`
      const of = await this.expression(input.difference.of, `${at}.of`)
      return { kind: 'difference', of, minus: await this.#all(input.difference.minus, `${at}.minus`) }
    }
    if (input.without)
      return { kind: 'without', nodes: await this.selector(input.without, `${path}.without`) }
    if (input.unroll) return unrolled(input.unroll, `${path}.unroll`)
    if (input.collapse) return this.#collapse(input.collapse, `${path}.collapse`)
    if (input.graph) {
      const { type, id } = await openByRef(input.graph, this.context)
      return { kind: 'graph', graph: { type, id } }
    }
    return { kind: 'pipe', steps: await this.#all(input.pipe ?? [], `${path}.pipe`) }
  }

  async selector(input: NodeSelectorInput, path: string): Promise<NodeSelector> {
    if (input.addresses) return { kind: 'addresses', addresses: input.addresses }
    if (input.where) return { kind: 'where', where: checkFilterSize(input.where, `${path}.where`) }
    if (input.tokens) return { kind: 'tokens', tokens: input.tokens }
    if (input.logits) return { kind: 'logits', logits: input.logits }
    if (input.expression) {
      const expression = await this.expression(input.expression, `${path}.expression`)
      return { kind: 'expression', expression, members: null }
    }
    const { members, ...supernode } = await this.#supernode(input.supernode ?? '', `${path}.supernode`)
    return { kind: 'supernode', annotation: versioned(supernode), members }
  }

  #all(inputs: readonly GraphExpressionInput[], path: string): Promise<GraphExpression[]> {
    return Promise.all(inputs.map((input, i) => this.expression(input, `${path}[${i}]`)))
  }

  async #around(
    { of, links }: Pick<NonNullable<GraphExpressionInput['upstreamOf']>, 'of' | 'links'>,
    path: string,
  ) {
    return { of: await this.selector(of, `${path}.of`), links: linksFromInput(links, EXISTENCE_LINKS) }
  }

  async #end(input: PathEndInput | null | undefined, path: string): Promise<PathEnd | null> {
    if (input == null) return null
    return attachedEndOf(input, this.open, path) ?? { kind: 'nodes', nodes: await this.selector(input, path) }
  }

  async #collapse(
    { by, supernodes, links }: CollapseExpressionInput,
    path: string,
  ): Promise<GraphExpression> {
    const policy = linksFromInput(links, PRODUCT_LINKS)
    if (by === 'SUPERNODE') {
      const found = await this.#supernodes(supernodes ?? null, `${path}.supernodes`)
      const groups = found
        .map((one) => ({ annotation: versioned(one), title: one.title, members: one.members }))
        .sort((a, b) => compareCodePoints(a.annotation, b.annotation))
      return { kind: 'collapse', by, groups, links: policy }
    }
    if (supernodes != null)
      throw new InvalidInput('BAD_EXPRESSION', `supernodes are collapsed by SUPERNODE, not by ${by}`, {
        path: `${path}.supernodes`,
      })
    return { kind: 'collapse', by, links: policy }
  }

  async #supernodes(ids: readonly string[] | null, path: string): Promise<readonly Annotation[]> {
    if (ids !== null) return Promise.all(ids.map((id, i) => this.#supernode(id, `${path}[${i}]`)))
    if (this.open.rootType !== 'circuit') return []
    const all = await this.context.loaders.annotations.load(this.open.rootId)
    return all.filter(({ kind }) => kind === 'SUPERNODE')
  }

  async #supernode(text: string, path: string): Promise<Annotation> {
    const id = standingAt(path, () => bareId(text, 'annotation'))
    const annotation = await this.context.loaders.annotation.load(id)
    if (annotation?.kind === 'SUPERNODE') return annotation
    throw new NotFound(`there is no supernode ${JSON.stringify(id)}`, { path })
  }
}

function versioned({ id, version }: Pick<Annotation, 'id' | 'version'>): string {
  return `${id}@${version}`
}

/** The schema sees to it that exactly one member is given. */
function strength({ preset, score }: StrengthInput): Strength {
  switch (preset) {
    case 'EDGE_WEIGHT':
      return { measure: 'WEIGHT', of: 'EDGES' }
    case 'NODE_WEIGHT':
      return { measure: 'WEIGHT', of: 'NODES' }
    case 'EDGE_INFLUENCE':
      return { measure: 'INFLUENCE', of: 'EDGES' }
    case 'NODE_INFLUENCE':
      return { measure: 'INFLUENCE', of: 'NODES' }
    case null:
    case undefined:
      return { measure: 'SCORE', score: score ?? '' }
    default:
      return preset satisfies never
  }
}

function unrolled(input: UnrollExpressionInput, path: string): GraphExpression {
  if (input.topK === 'LIVE')
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'derivatives do not see AbsTopK change its choice: topK is FROZEN in an unrolled graph',
      { path: `${path}.topK`, hint: 'ablate measures what changes with it' },
    )
  return {
    kind: 'unroll',
    prompt: promptFromInput(input.prompt),
    attention: input.attention,
    norms: input.norms,
    logits: input.logits ?? null,
    baseline: baselineOf(input.baseline ?? null, `${path}.baseline`),
  }
}

function baselineOf(input: ReplacementInput | null, path: string): UnrollBaseline {
  if (input === null) return { kind: 'preset', preset: 'MEAN' }
  const preset = UNROLL_PRESETS.find((one) => one === input.preset)
  if (preset !== undefined) return { kind: 'preset', preset }
  if (input.value != null) return { kind: 'value', value: input.value }
  throw new InvalidInput(
    'BAD_INPUT',
    'what stands outside an unrolled circuit is ZERO, MEAN, MEAN_PER_POSITION or a value',
    {
      path,
    },
  )
}
