import type { AnswerOrderEnum } from '../schema/answer.enum.js'
import type { FlowList } from '../src/application/answers.js'

/** Rows in the asked order; STRONGEST: by absolute value, ties as they stood, rows without a value last. */
export function inAnswerOrder<Row>(
  rows: readonly Row[],
  order: keyof typeof AnswerOrderEnum,
  value: (row: Row) => number | null | undefined,
): readonly Row[] {
  if (order === 'CANONICAL') return rows
  const strength = (row: Row): number => Math.abs(value(row) ?? Number.NaN)
  return [...rows].sort((a, b) => {
    const x = strength(a)
    const y = strength(b)
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
    return y - x
  })
}

/** The same for lists whose rows are made when they are asked for: their places. */
export function indicesInOrder(list: FlowList<unknown>, order: keyof typeof AnswerOrderEnum): Uint32Array {
  const places = Uint32Array.from({ length: list.count }, (_, i) => i)
  if (order === 'CANONICAL') return places
  const strength = Float64Array.from(places, (i) => list.strength(i) ?? -1)
  return places.sort((a, b) => strength[b]! - strength[a]! || a - b)
}
