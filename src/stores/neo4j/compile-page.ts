/**
 * One page of a catalogue by key: rows strictly beyond a key in a total order (the id breaks every tie, null stands
 * last in both directions), so that a page is stable whatever comes in or goes out elsewhere. Pure: text and parameters.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { CatalogueQuery, Direction, PageKey } from '../../query/catalogue-query.js'
import type { CompiledCondition } from './compile-circuit-condition.js'
import { codePointKey } from './names.js'
import { integer } from './neo4j-database.js'

export interface CatalogueShape {
  readonly variable: 'c' | 'm'
  readonly label: 'Circuit' | 'SparseModel'
  /** The RETURN list of a row. */
  readonly columns: string
}

export interface CompiledPage {
  readonly text: string
  readonly parameters: Readonly<Record<string, unknown>>
}

interface OrderField {
  readonly field: string
  readonly direction: Direction
}

const PROPERTIES: Readonly<Record<string, string>> = {
  name: 'nameOrder',
  createdAt: 'createdAt',
  nodeCount: 'nodeCount',
  edgeCount: 'edgeCount',
  parameterCount: 'parameterCount',
  nonzeroCount: 'nonzeroCount',
  id: 'id',
}
/** The types a key may have: a name can be missing. */
const TEXTS = ['name', 'createdAt', 'id']

export function orderOf(query: CatalogueQuery<string>): readonly OrderField[] {
  return [...query.orderBy, { field: 'id', direction: 'ASC' }]
}

export function compileCount(shape: CatalogueShape, ns: string, where: CompiledCondition): CompiledPage {
  return {
    text: `${matching(shape, where)}\nRETURN count(*) AS total`,
    parameters: { ...where.parameters, ns },
  }
}

/** One row more than asked for, so that it is seen whether there are more. Throws BAD_CURSOR for a foreign key. */
export function compilePage(
  shape: CatalogueShape,
  ns: string,
  where: CompiledCondition,
  query: CatalogueQuery<string>,
): CompiledPage {
  const order = orderOf(query)
  const { variable } = shape
  const seek = query.after === null ? null : beyond(variable, order, query.after, query.backwards)
  const lines = [
    matching(shape, where) + (seek === null ? '' : `\n  AND ${seek.text}`),
    `WITH ${variable}`,
    `ORDER BY ${order.map((field) => orderTerm(variable, field, query.backwards)).join(', ')}`,
    'LIMIT $limit',
    `RETURN ${shape.columns}`,
  ]
  return {
    text: lines.join('\n'),
    parameters: { ...where.parameters, ...seek?.parameters, ns, limit: integer(query.limit + 1) },
  }
}

function matching({ variable, label }: CatalogueShape, where: CompiledCondition): string {
  return `MATCH (${variable}:${label} {ns: $ns, state: 'ready'})\nWHERE ${where.text}`
}

function orderTerm(variable: string, { field, direction }: OrderField, backwards: boolean): string {
  const property = `${variable}.${PROPERTIES[field]}`
  const term = `${property} ${(direction === 'ASC') === backwards ? 'DESC' : 'ASC'}`
  return field === 'name' ? `${property} IS NULL ${backwards ? 'DESC' : 'ASC'}, ${term}` : term
}

/** Rows that stand after the key (before it, when `backwards`): equal in the first fields, beyond in the next. */
function beyond(
  variable: string,
  order: readonly OrderField[],
  key: PageKey,
  backwards: boolean,
): CompiledCondition {
  const parts = checkedKey(order, key)
  const parameters = Object.fromEntries(parts.map((part, i) => [`k${i}`, part]))
  const property = (i: number): string => `${variable}.${PROPERTIES[order[i]!.field]}`
  const equal = (i: number): string =>
    parts[i] === null ? `${property(i)} IS NULL` : `${property(i)} = $k${i}`
  const further = (i: number): string => {
    if (parts[i] === null) return backwards ? `${property(i)} IS NOT NULL` : 'false'
    const rises = (order[i]!.direction === 'ASC') !== backwards
    const comparison = `${property(i)} ${rises ? '>' : '<'} $k${i}`
    if (order[i]!.field !== 'name') return comparison
    return backwards ? `coalesce(${comparison}, false)` : `(${property(i)} IS NULL OR ${comparison})`
  }
  const alternatives = order.map((_, i) =>
    [...Array.from({ length: i }, (__, j) => equal(j)), further(i)].join(' AND '),
  )
  return { text: `(${alternatives.join(' OR ')})`, parameters }
}

function checkedKey(order: readonly OrderField[], key: PageKey): readonly (string | number | null)[] {
  if (key.length !== order.length) {
    throw new InvalidInput(
      'BAD_CURSOR',
      `the key of a row in this order has ${order.length} parts, not ${key.length}`,
    )
  }
  return order.map(({ field }, i) => {
    const part = key[i]!
    const isRight = part === null ? field === 'name' : TEXTS.includes(field) === (typeof part === 'string')
    if (!isRight) throw new InvalidInput('BAD_CURSOR', `${JSON.stringify(part)} is not a key of ${field}`)
    return field === 'name' && typeof part === 'string' ? codePointKey(part) : part
  })
}
