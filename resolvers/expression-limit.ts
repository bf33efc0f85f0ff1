import type { GraphExpressionInput } from '../schema/graph-expression.input.js'
import { LimitExceeded } from '../src/domain/errors.js'

/** Objects of an expression, with those of its selectors and filters; far more than a person writes. */
export const MAX_EXPRESSION_OBJECTS = 2_000
export const MAX_EXPRESSION_DEPTH = 32

/** Gives the expression back; throws LIMIT_EXCEEDED for one that is too large or too deep, before any of it is read. */
export function checkExpressionSize(expression: GraphExpressionInput): GraphExpressionInput {
  let objects = 0
  let level: readonly object[] = [expression]
  for (let depth = 1; level.length > 0; depth++) {
    objects += level.length
    if (objects > MAX_EXPRESSION_OBJECTS) throw tooLarge(`${MAX_EXPRESSION_OBJECTS} parts`)
    if (depth > MAX_EXPRESSION_DEPTH) throw tooLarge(`${MAX_EXPRESSION_DEPTH} levels`)
    level = level.flatMap((part) => Object.values(part).flatMap(objectsIn))
  }
  return expression
}

function objectsIn(value: unknown): readonly object[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn)
  return value !== null && typeof value === 'object' ? [value] : []
}

function tooLarge(limit: string): LimitExceeded {
  return new LimitExceeded(`an expression, with its selectors and filters, has at most ${limit}`, {
    path: 'expression',
    hint: 'select in two fields, the second from the result of the first',
  })
}
