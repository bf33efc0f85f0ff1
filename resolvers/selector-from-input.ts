/** Inputs that say which nodes, ends and graphs, as the query language holds them. */

import type { GraphExpressionInput, ReachExpressionInput } from '../schema/graph-expression.input.js'
import type { LinksInput } from '../schema/links.input.js'
import type { NodeSelectorInput, PathEndInput } from '../schema/node-selector.input.js'
import type { PathEnd } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { parseAddress } from '../src/domain/address.js'
import { InvalidInput, NotFound, standingAt } from '../src/domain/errors.js'
import { parseDirection } from '../src/query/direction.js'
import {
  EXISTENCE_LINKS,
  type GraphExpression,
  type LinkPolicy,
  PRODUCT_LINKS,
} from '../src/query/graph-expression.js'
import { type NodeSelector, ordinalsByAddress } from '../src/query/node-selector.js'
import type { ApiContext } from './api-context.js'
import { bareId } from './bare-id.js'
import { checkFilterSize } from './filter-limit.js'

export async function selectorFromInput(
  input: NodeSelectorInput,
  context: ApiContext,
  path: string,
): Promise<NodeSelector> {
  if (input.addresses) return { kind: 'addresses', addresses: input.addresses }
  if (input.where) return { kind: 'where', where: checkFilterSize(input.where, `${path}.where`) }
  if (input.tokens) return { kind: 'tokens', tokens: input.tokens }
  if (input.logits) return { kind: 'logits', logits: input.logits }
  const where = `${path}.supernode`
  const id = standingAt(where, () => bareId(input.supernode ?? '', 'annotation'))
  const annotation = await context.loaders.annotation.load(id)
  if (annotation?.kind !== 'SUPERNODE')
    throw new NotFound(`there is no supernode ${JSON.stringify(id)}`, { path: where })
  return {
    kind: 'supernode',
    annotation: `${annotation.id}@${annotation.version}`,
    members: annotation.members,
  }
}

/** Ends that a weight graph does not hold itself are attached to it; see `PathEnd` in the schema. */
export async function pathEndFromInput(
  input: PathEndInput | null | undefined,
  open: OpenGraph,
  context: ApiContext,
  path: string,
): Promise<PathEnd | null> {
  if (input == null) return null
  const attachable = open.graph.edgeMeaning === 'WEIGHT'
  const text = input.attached ?? (attachable ? attachedText(input, open) : null)
  return text === null
    ? { kind: 'nodes', nodes: await selectorFromInput(input, context, path) }
    : standingAt(path, () => attachedEnd(text))
}

/** One token, or one logit, that is not a node of the graph. */
function attachedText(input: PathEndInput, { graph }: OpenGraph): string | null {
  const [choice, kind] = input.tokens ? [input.tokens, 'token'] : [input.logits, 'logit']
  const only = choice?.length === 1 ? choice[0] : undefined
  const text =
    only?.id != null && only.position == null
      ? `${kind}(${only.id})`
      : input.addresses?.length === 1 && /^(token|logit)\(\d+\)$/.test(input.addresses[0]!)
        ? input.addresses[0]!
        : null
  return text !== null && !ordinalsByAddress(graph).has(text) ? text : null
}

function attachedEnd(text: string): PathEnd {
  if (text.trim().startsWith('token(')) {
    const { site } = parseAddress(text.trim())
    if (site.kind === 'token' && typeof site.token === 'number') return { kind: 'token', token: site.token }
  } else {
    const { plus, minus } = parseDirection(text)
    const ids = [plus, minus].map((end) => (end?.site.kind === 'logit' ? end.site.token : null))
    if (typeof ids[0] === 'number' && (minus === null || typeof ids[1] === 'number')) {
      return { kind: 'logit', token: ids[0], minus: minus === null ? null : (ids[1] as number) }
    }
  }
  throw new InvalidInput('BAD_INPUT', `${JSON.stringify(text.slice(0, 80))} cannot be attached to a graph`, {
    hint: 'write token(5), logit(5) or logit(5)-logit(7) with vocabulary ids',
  })
}

/** Null: the default of the question. */
export function linksFromInput(input: LinksInput | null | undefined, fallback: LinkPolicy): LinkPolicy {
  return input == null
    ? fallback
    : {
        residual: input.residual,
        attention: input.attention ?? fallback.attention,
        ...(input.bigram ? { bigram: true } : {}),
      }
}

export function productLinks(input: LinksInput | null | undefined): LinkPolicy {
  return linksFromInput(input, PRODUCT_LINKS)
}

export async function expressionFromInput(
  input: GraphExpressionInput,
  context: ApiContext,
): Promise<GraphExpression> {
  if (input.nodes) return { kind: 'nodes', where: checkFilterSize(input.nodes, 'expression.nodes') }
  if (input.edges) return { kind: 'edges', where: checkFilterSize(input.edges, 'expression.edges') }
  if (input.upstreamOf)
    return { kind: 'upstreamOf', ...(await reach('upstreamOf', input.upstreamOf, context)) }
  if (input.downstreamOf)
    return { kind: 'downstreamOf', ...(await reach('downstreamOf', input.downstreamOf, context)) }
  if (input.between) {
    const from = await selectorFromInput(input.between.from, context, 'expression.between.from')
    const to = await selectorFromInput(input.between.to, context, 'expression.between.to')
    return { kind: 'between', from, to, links: linksFromInput(input.between.links, EXISTENCE_LINKS) }
  }
  if (input.influence) {
    const { nodeThreshold, edgeThreshold, on } = input.influence
    return { kind: 'influence', nodeThreshold, edgeThreshold, on: on ?? null }
  }
  const steps = await Promise.all((input.pipe ?? []).map((step) => expressionFromInput(step, context)))
  return { kind: 'pipe', steps }
}

async function reach(
  operator: 'upstreamOf' | 'downstreamOf',
  { of, hops, links }: ReachExpressionInput,
  context: ApiContext,
): Promise<{ of: NodeSelector; hops: number | null; links: LinkPolicy }> {
  return {
    of: await selectorFromInput(of, context, `expression.${operator}.of`),
    hops: hops ?? null,
    links: linksFromInput(links, EXISTENCE_LINKS),
  }
}
