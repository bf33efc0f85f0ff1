import type {
  CatalogueCountFilterInput,
  CatalogueTextFilterInput,
  CircuitFilterInput,
} from '../schema/circuit-filter.input.js'
import type { CircuitCondition, NumberMatch, TextMatch } from '../src/query/catalogue-query.js'
import { checkFilterSize } from './filter-limit.js'

/** The filter as the stores compile it; null when it asks nothing. */
export function circuitConditionFromInput(
  filter: CircuitFilterInput | null | undefined,
): CircuitCondition | null {
  return filter == null ? null : condition(checkFilterSize(filter, 'filter'))
}

function condition(filter: CircuitFilterInput): CircuitCondition {
  const of: CircuitCondition[] = []
  if (filter.AND) of.push({ kind: 'and', of: filter.AND.map(condition) })
  if (filter.OR) of.push({ kind: 'or', of: filter.OR.map(condition) })
  if (filter.NOT) of.push({ kind: 'not', of: condition(filter.NOT) })
  for (const [field, text] of [
    ['name', filter.name],
    ['modelKey', filter.model],
    ['taskName', filter.task],
    ['promptText', filter.prompt],
  ] as const) {
    if (text) of.push({ kind: 'text', field, match: textMatch(text) })
  }
  for (const field of ['source', 'edgeMeaning'] as const) {
    const choice = filter[field]
    if (choice?.eq) of.push({ kind: 'choice', field, in: [choice.eq] })
    if (choice?.in) of.push({ kind: 'choice', field, in: choice.in })
  }
  for (const field of ['nodeCount', 'edgeCount'] as const) {
    const count = filter[field]
    if (count) of.push({ kind: 'number', field, match: numberMatch(count) })
  }
  const { gte, lte } = filter.createdAt ?? {}
  if (gte != null || lte != null) {
    of.push({
      kind: 'time',
      field: 'createdAt',
      ...(gte == null ? {} : { gte }),
      ...(lte == null ? {} : { lte }),
    })
  }
  return of.length === 1 ? of[0]! : { kind: 'and', of }
}

function textMatch({ eq, in: any, contains, startsWith }: CatalogueTextFilterInput): TextMatch {
  return {
    ...(eq == null ? {} : { eq }),
    ...(any == null ? {} : { in: any }),
    ...(contains == null ? {} : { contains }),
    ...(startsWith == null ? {} : { startsWith }),
  }
}

function numberMatch({ eq, gte, lte }: CatalogueCountFilterInput): NumberMatch {
  return { ...(eq == null ? {} : { eq }), ...(gte == null ? {} : { gte }), ...(lte == null ? {} : { lte }) }
}
