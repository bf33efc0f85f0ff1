/** Which positions of a prompt are meant. */
import type { PositionChoiceInput } from '../schema/position-choice.input.js'
import type { PositionChoice } from '../src/application/questions.js'
import { given } from './given.js'

export function positionsFromInput(input: PositionChoiceInput | null | undefined): PositionChoice | null {
  if (input == null) return null
  if (input.indices != null) return { kind: 'indices', indices: input.indices }
  if (input.range != null) return { kind: 'range', from: input.range.from, to: input.range.to }
  if (input.fromEnd != null) return { kind: 'fromEnd', offsets: input.fromEnd }
  if (input.role != null) return { kind: 'role', role: input.role }
  return { kind: 'tokens', ...given(input.tokenMatches, 'input.positions') }
}
