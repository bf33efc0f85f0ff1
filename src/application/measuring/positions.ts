/** Positions of each measured prompt that a question speaks of. */
import { InvalidInput } from '../../domain/errors.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { PositionChoice } from '../questions.js'
import type { DataSet, MeasuredCase } from './data-set.js'

/** Ascending positions, one list per case. Throws BAD_INPUT for a choice that hits no position of any prompt. */
export function chosenPositions(
  choice: PositionChoice,
  { cases }: DataSet,
  structure: ModelStructure,
): readonly Uint32Array[] {
  const chosen = cases.map((measured) => positionsOf(choice, measured, structure))
  if (chosen.every((positions) => positions.length === 0))
    throw new InvalidInput('BAD_INPUT', 'no prompt has any of these positions', { path: 'input.positions' })
  return chosen
}

function positionsOf(
  choice: PositionChoice,
  { prompt: { tokens }, roles }: MeasuredCase,
  structure: ModelStructure,
): Uint32Array {
  const length = tokens.length
  switch (choice.kind) {
    case 'indices':
      return ascending(choice.indices.map(checked).filter((index) => index < length))
    case 'range':
      return ascending(
        Array.from({ length }, (_, i) => i).filter((i) => i >= checked(choice.from) && i < choice.to),
      )
    case 'fromEnd':
      return ascending(choice.offsets.map(checked).map((offset) => length - 1 - offset))
    case 'tokens': {
      const ids = new Set(choice.ids)
      const texts = new Set(choice.texts)
      return ascending(
        Array.from({ length }, (_, i) => i).filter(
          (i) => ids.has(tokens[i]!) || texts.has(structure.tokenText(tokens[i]!) ?? '\0'),
        ),
      )
    }
    case 'role': {
      const positions = roles[choice.role]
      if (positions === undefined)
        throw new InvalidInput(
          'BAD_INPUT',
          `these examples name no role ${JSON.stringify(choice.role)}; they name ${Object.keys(roles).join(', ') || 'none'}`,
          { path: 'input.positions.role' },
        )
      return ascending(positions.filter((position) => position < length))
    }
    default:
      return choice satisfies never
  }
}

function checked(position: number): number {
  if (Number.isInteger(position) && position >= 0) return position
  throw new InvalidInput('BAD_INPUT', `${position} is not a position: they count from 0`, {
    path: 'input.positions',
  })
}

function ascending(positions: readonly number[]): Uint32Array {
  return Uint32Array.from(new Set(positions.filter((position) => position >= 0))).sort()
}
