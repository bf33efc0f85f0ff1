/**
 * One page of a catalogue by key: rows strictly beyond a key in a total order (the id breaks every tie, null stands
 * last in both directions), so that a page is stable whatever comes in or goes out elsewhere.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { CatalogueQuery, Direction, PageKey, Slice } from '../../query/catalogue-query.js'
import type { Sql } from './condition-sql.js'
import type { Database } from './database.js'
import type { SqlRow, SqlValue } from './sqlite.js'
import { bytesText, textBytes } from './stored-text.js'

interface OrderColumn {
  readonly column: string
  readonly direction: Direction
}

const COLUMNS: Readonly<Record<string, string>> = {
  name: 'name_key',
  createdAt: 'created_at',
  nodeCount: 'node_count',
  edgeCount: 'edge_count',
  parameterCount: 'parameter_count',
  nonzeroCount: 'nonzero_count',
  id: 'id',
}

/** Inside a transaction of the caller: the slice of `table` that a query asks for. */
export function selectPage<Row>(
  db: Database,
  table: 'circuit' | 'model',
  where: Sql,
  query: CatalogueQuery<string>,
  toRow: (row: SqlRow) => Row,
): Slice<Row> {
  const order = [
    ...query.orderBy.map(({ field, direction }) => ({ column: COLUMNS[field]!, direction })),
    { column: 'id', direction: 'ASC' as const },
  ]
  const seek = query.after === null ? { text: '1', values: [] } : beyond(order, query.after, query.backwards)
  const { count } = db
    .prepare(`SELECT count(*) AS count FROM ${table} WHERE ${where.text}`)
    .get(...where.values)!
  const found = db
    .prepare(
      `SELECT * FROM ${table} WHERE ${where.text} AND ${seek.text} ORDER BY ${orderSql(order, query.backwards)} LIMIT ?`,
    )
    .all(...where.values, ...seek.values, query.limit + 1)
  const rows = found
    .slice(0, query.limit)
    .map((row) => ({ row: toRow(row), key: order.map(({ column }) => keyPart(row[column]!)) }))
  return {
    rows: query.backwards ? rows.reverse() : rows,
    more: found.length > query.limit,
    totalCount: Number(count),
  }
}

function orderSql(order: readonly OrderColumn[], backwards: boolean): string {
  return order
    .map(
      ({ column, direction }) =>
        `${column} ${(direction === 'ASC') === backwards ? 'DESC' : 'ASC'}${column === 'name_key' ? ` NULLS ${backwards ? 'FIRST' : 'LAST'}` : ''}`,
    )
    .join(', ')
}

/** Rows that stand after the key (before it, when `backwards`): equal in the first columns, beyond in the next. */
function beyond(order: readonly OrderColumn[], key: PageKey, backwards: boolean): Sql {
  if (key.length !== order.length)
    throw new InvalidInput(
      'BAD_CURSOR',
      `the key of a row in this order has ${order.length} parts, not ${key.length}`,
    )
  const values: SqlValue[] = []
  const alternatives = order.map((last, i) => {
    const equal = order.slice(0, i).map(({ column }, j) => {
      values.push(bound(column, key[j]!))
      return `${column} IS ?`
    })
    const part = key[i]!
    const back = backwards ? 'IS NOT NULL' : null
    if (part === null) return [...equal, back === null ? '0' : `${last.column} ${back}`].join(' AND ')
    values.push(bound(last.column, part))
    const rises = (last.direction === 'ASC') !== backwards
    const further = `${last.column} ${rises ? '>' : '<'} ?`
    return [...equal, backwards ? further : `(${further} OR ${last.column} IS NULL)`].join(' AND ')
  })
  return { text: `(${alternatives.map((text) => `(${text})`).join(' OR ')})`, values }
}

function bound(column: string, part: string | number | null): SqlValue {
  return column === 'name_key' && part !== null ? textBytes(String(part)) : part
}

function keyPart(value: SqlValue): string | number | null {
  return value instanceof Uint8Array ? bytesText(value) : value
}
