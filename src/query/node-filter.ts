/**
 * Filters over nodes as plain data: operator objects joined by AND, OR, NOT (language.md §4). A property that a node
 * does not have matches nothing but `isNull: true`. Text is compared exactly; `contains…` ignore case unless told.
 */
import { BLOCKS, TAPS } from '../domain/address.js'
import { coordinatesOf } from '../domain/canonical-order.js'
import { foldedKey } from '../domain/code-point-order.js'
import { InvalidInput } from '../domain/errors.js'
import type { CircuitNode, GraphData, NodeKind } from '../domain/graph-data.js'

export interface NumberCondition {
  readonly eq?: number | null
  readonly ne?: number | null
  readonly in?: readonly number[] | null
  readonly lt?: number | null
  readonly lte?: number | null
  readonly gt?: number | null
  readonly gte?: number | null
  /** On the absolute value. */
  readonly absGte?: number | null
  readonly absLte?: number | null
  readonly isNull?: boolean | null
}

export interface TextCondition {
  readonly eq?: string | null
  readonly ne?: string | null
  readonly in?: readonly string[] | null
  /** Ignore case. */
  readonly contains?: string | null
  readonly startsWith?: string | null
  readonly endsWith?: string | null
  readonly isNull?: boolean | null
}

export interface ChoiceCondition<T extends string> {
  readonly eq?: T | null
  readonly in?: readonly T[] | null
  readonly notIn?: readonly T[] | null
}

export type TapName = 'ACT_IN' | 'Q' | 'K' | 'V' | 'POST_ACT' | 'RESID_DELTA'
export type BlockName = 'ATTN' | 'MLP'

export interface NodeFilter {
  readonly AND?: readonly NodeFilter[] | null
  readonly OR?: readonly NodeFilter[] | null
  readonly NOT?: NodeFilter | null
  readonly address?: TextCondition | null
  readonly sourceId?: TextCondition | null
  readonly label?: TextCondition | null
  /** Text of a token or logit, or of the prompt token at the node's position. */
  readonly text?: TextCondition | null
  readonly kind?: ChoiceCondition<NodeKind> | null
  readonly block?: ChoiceCondition<BlockName> | null
  readonly tap?: ChoiceCondition<TapName> | null
  readonly layer?: NumberCondition | null
  readonly position?: NumberCondition | null
  readonly index?: NumberCondition | null
  readonly activation?: NumberCondition | null
  readonly probability?: NumberCondition | null
  readonly score?: (NumberCondition & { readonly name: string }) | null
}

/** Scores by name, one value per node in canonical order. */
export type Scores = ReadonlyMap<string, readonly (number | null)[]>

/** The filter as a test on nodes of `graph`. Throws `BAD_INPUT` for a score that the graph does not have. */
export function nodePredicate(
  filter: NodeFilter,
  graph: GraphData,
  scores: Scores,
): (node: CircuitNode) => boolean {
  const tests: ((node: CircuitNode) => boolean)[] = []
  const child = (inner: NodeFilter): ((node: CircuitNode) => boolean) => nodePredicate(inner, graph, scores)
  if (filter.AND) tests.push(all(filter.AND.map(child)))
  if (filter.OR) tests.push(any(filter.OR.map(child)))
  if (filter.NOT) tests.push(not(child(filter.NOT)))
  const text = (
    condition: TextCondition | null | undefined,
    of: (node: CircuitNode) => string | null,
  ): void => {
    if (condition) tests.push((node) => matchesText(of(node), condition))
  }
  const number = (
    condition: NumberCondition | null | undefined,
    of: (node: CircuitNode) => number | null,
  ): void => {
    if (condition) tests.push((node) => matchesNumber(of(node), condition))
  }
  const choice = (
    condition: ChoiceCondition<string> | null | undefined,
    of: (node: CircuitNode) => string | null,
  ): void => {
    if (condition) tests.push((node) => matchesChoice(of(node), condition))
  }
  text(filter.address, (node) => node.address)
  text(filter.sourceId, (node) => node.sourceId)
  text(filter.label, (node) => node.label)
  text(filter.text, (node) => nodeText(node, graph))
  choice(filter.kind, (node) => node.kind)
  choice(filter.block, blockName)
  choice(filter.tap, tapName)
  number(filter.layer, (node) => coordinatesOf(node.place).layer)
  number(filter.position, (node) => node.place.position)
  number(filter.index, (node) => coordinatesOf(node.place).index)
  number(filter.activation, (node) => node.activation)
  number(filter.probability, (node) => node.probability)
  if (filter.score) {
    const values = scores.get(filter.score.name)
    if (!values) throw unknownScore(filter.score.name, scores)
    number(filter.score, (node) => values[node.ordinal] ?? null)
  }
  return all(tests)
}

export function unknownScore(name: string, scores: Scores): InvalidInput {
  const known = [...scores.keys()].join(', ') || 'none'
  return new InvalidInput('BAD_INPUT', `this graph has no score ${JSON.stringify(name)}`, {
    hint: `its scores: ${known}`,
  })
}

export function tapName(node: CircuitNode): TapName | null {
  const { tap } = coordinatesOf(node.place)
  return tap === null ? null : (TAPS[tap]!.toUpperCase() as TapName)
}

export function blockName(node: CircuitNode): BlockName | null {
  const { block } = coordinatesOf(node.place)
  return block === null ? null : (BLOCKS[block]!.toUpperCase() as BlockName)
}

/** Text of a token or logit where it is known, else of the prompt token at the node's position. */
export function nodeText(node: CircuitNode, graph: GraphData): string | null {
  const { site, position } = node.place
  if (site.kind === 'target') return site.name
  if (site.kind === 'token' || site.kind === 'logit') {
    if (typeof site.token === 'string') return site.token
    if (site.kind === 'logit') return logitText(node)
  }
  return position === null ? null : (graph.prompt?.tokens[position]?.text ?? null)
}

/** circuit-tracer keeps a logit's text only inside its label: `Output " Austin" (p=0.332)`. */
function logitText(node: CircuitNode): string | null {
  return /^(?:Output|Logit) "(.*)" \(p=[^)]*\)$/s.exec(node.label ?? '')?.[1] ?? null
}

export function matchesNumber(value: number | null, c: NumberCondition): boolean {
  if (value === null) return c.isNull === true
  return (
    !c.isNull &&
    (c.eq == null || value === c.eq) &&
    (c.ne == null || value !== c.ne) &&
    (c.in == null || c.in.includes(value)) &&
    (c.lt == null || value < c.lt) &&
    (c.lte == null || value <= c.lte) &&
    (c.gt == null || value > c.gt) &&
    (c.gte == null || value >= c.gte) &&
    (c.absGte == null || Math.abs(value) >= c.absGte) &&
    (c.absLte == null || Math.abs(value) <= c.absLte)
  )
}

export function matchesText(value: string | null, c: TextCondition): boolean {
  if (value === null) return c.isNull === true
  const folded = c.contains != null || c.startsWith != null || c.endsWith != null ? foldedKey(value) : ''
  return (
    !c.isNull &&
    (c.eq == null || value === c.eq) &&
    (c.ne == null || value !== c.ne) &&
    (c.in == null || c.in.includes(value)) &&
    (c.contains == null || folded.includes(foldedKey(c.contains))) &&
    (c.startsWith == null || folded.startsWith(foldedKey(c.startsWith))) &&
    (c.endsWith == null || folded.endsWith(foldedKey(c.endsWith)))
  )
}

export function matchesChoice(value: string | null, c: ChoiceCondition<string>): boolean {
  return (
    (c.eq == null || value === c.eq) &&
    (c.in == null || (value !== null && c.in.includes(value))) &&
    (c.notIn == null || value === null || !c.notIn.includes(value))
  )
}

export function all<T>(tests: readonly ((item: T) => boolean)[]): (item: T) => boolean {
  return (item) => tests.every((test) => test(item))
}
export function any<T>(tests: readonly ((item: T) => boolean)[]): (item: T) => boolean {
  return (item) => tests.some((test) => test(item))
}
export function not<T>(test: (item: T) => boolean): (item: T) => boolean {
  return (item) => !test(item)
}
