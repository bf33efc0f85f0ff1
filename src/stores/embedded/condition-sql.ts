/**
 * Catalogue conditions as SQL. Every value is bound; the text is made of fixed parts only. A comparison with a missing
 * value is false, never unknown, so that NOT means the same everywhere.
 */
import type { CircuitCondition, NodePlace, NumberMatch, TextMatch } from '../../query/catalogue-query.js'
import type { SqlValue } from './sqlite.js'
import { foldedBytes } from './stored-text.js'

export interface Sql {
  readonly text: string
  readonly values: readonly SqlValue[]
}

export const ALWAYS: Sql = { text: '1', values: [] }

const COLUMNS = {
  modelKey: 'model_key_folded',
  taskName: 'task_name_folded',
  promptText: 'prompt_text_folded',
  source: 'source',
  edgeMeaning: 'edge_meaning',
  id: 'id',
  nodeCount: 'node_count',
  edgeCount: 'edge_count',
  createdAt: 'created_at',
} as const

/** True for the rows of `circuit` that fit. */
export function conditionSql(condition: CircuitCondition | null): Sql {
  if (condition === null) return ALWAYS
  switch (condition.kind) {
    case 'and':
      return all(condition.of.map(conditionSql))
    case 'or':
      return joined(condition.of.map(conditionSql), 'OR', '0')
    case 'not': {
      const inner = conditionSql(condition.of)
      return { text: `NOT ${inner.text}`, values: inner.values }
    }
    case 'text':
      return condition.field === 'name'
        ? nameSql('circuit', condition.match)
        : textSql(COLUMNS[condition.field], condition.match)
    case 'choice':
      return {
        text: `${COLUMNS[condition.field]} IN (SELECT value FROM json_each(?))`,
        values: [JSON.stringify(condition.in)],
      }
    case 'number':
      return boundsSql(COLUMNS[condition.field], condition.match)
    case 'time':
      return boundsSql(COLUMNS[condition.field], condition)
    case 'holds':
      return holdsSql(condition.node)
    case 'chain':
      // Edges lie in the payload.
      return all(condition.nodes.map(holdsSql))
    default:
      return condition satisfies never
  }
}

/** True for rows of `circuit` or `model` with one name that fits all of the match. */
export function nameSql(kind: 'circuit' | 'model', match: TextMatch): Sql {
  const fits = textSql('folded', match)
  if (fits === ALWAYS) return ALWAYS
  return {
    text: `id IN (SELECT subject_id FROM name WHERE kind = '${kind}' AND ${fits.text})`,
    values: fits.values,
  }
}

function textSql(column: string, match: TextMatch): Sql {
  const parts: Sql[] = []
  if (match.eq !== undefined) parts.push({ text: `${column} = ?`, values: [foldedBytes(match.eq)] })
  if (match.in !== undefined) {
    const texts = match.in.map((text) => Buffer.from(foldedBytes(text)).toString('hex').toUpperCase())
    parts.push({
      text: `hex(${column}) IN (SELECT value FROM json_each(?))`,
      values: [JSON.stringify(texts)],
    })
    // `hex` of nothing is the empty text, which would fit an empty one.
    parts.push({ text: `${column} IS NOT NULL`, values: [] })
  }
  for (const piece of [match.contains, match.startsWith]) {
    // SQLite's functions give null, not "at the start", for nothing in nothing.
    if (piece === '') parts.push({ text: `${column} IS NOT NULL`, values: [] })
  }
  if (match.contains) parts.push({ text: `instr(${column}, ?) > 0`, values: [foldedBytes(match.contains)] })
  if (match.startsWith) {
    const start = foldedBytes(match.startsWith)
    parts.push({ text: `substr(${column}, 1, ?) = ?`, values: [start.length, start] })
  }
  const { text, values } = all(parts)
  return parts.length === 0 ? ALWAYS : { text: `coalesce(${text}, 0)`, values }
}

function boundsSql(
  column: string,
  match: NumberMatch | { readonly gte?: string; readonly lte?: string },
): Sql {
  const parts: Sql[] = []
  if ('eq' in match && match.eq !== undefined) parts.push({ text: `${column} = ?`, values: [match.eq] })
  if (match.gte !== undefined) parts.push({ text: `${column} >= ?`, values: [match.gte] })
  if (match.lte !== undefined) parts.push({ text: `${column} <= ?`, values: [match.lte] })
  return all(parts)
}

function holdsSql({ kinds, taps, layer }: NodePlace): Sql {
  const either: Sql[] = []
  if (kinds !== undefined)
    either.push({ text: 'kind IN (SELECT value FROM json_each(?))', values: [JSON.stringify(kinds)] })
  for (const tap of taps ?? [])
    either.push({ text: "(kind = 'CHANNEL' AND component GLOB ?)", values: [`*.${tap}[[]*`] })
  const fits = all([
    ...(either.length === 0 ? [] : [joined(either, 'OR', '0')]),
    ...(layer === undefined ? [] : [boundsSql('layer', layer)]),
  ])
  return {
    text: `EXISTS (SELECT 1 FROM node WHERE node.payload_id = circuit.payload_id AND ${fits.text})`,
    values: fits.values,
  }
}

function all(parts: readonly Sql[]): Sql {
  return joined(parts, 'AND', '1')
}

function joined(parts: readonly Sql[], word: 'AND' | 'OR', none: '0' | '1'): Sql {
  if (parts.length === 0) return { text: none, values: [] }
  return {
    text: `(${parts.map(({ text }) => text).join(` ${word} `)})`,
    values: parts.flatMap(({ values }) => values),
  }
}
