/** Positions of each measured prompt that a question speaks of. */
import { InvalidInput } from '../../domain/errors.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { PositionChoice } from '../questions.js'
import type { DataSet, MeasuredCase } from './data-set.js'

/** Ascending positions, one list per case; `path`: where the choice stands. Throws BAD_INPUT for a choice that hits no position of any prompt. */
export function chosenPositions(
  choice: PositionChoice,
  { cases }: DataSet,
  structure: ModelStructure,
  path: string,
): readonly Uint32Array[] {
  const chosen = cases.map(({ prompt: { tokens }, roles }) =>
    positionsIn(choice, {
      length: tokens.length,
      idAt: (position) => tokens[position]!,
      textAt: (position) => structure.tokenText(tokens[position]!),
      roles,
      path,
    }),
  )
  if (chosen.every((positions) => positions.length === 0))
    throw new InvalidInput('BAD_INPUT', 'no prompt has any of these positions', { path })
  return chosen
}

/** What a choice of positions needs to know of one prompt. */
export interface PlacedTokens {
  readonly length: number
  readonly idAt: (position: number) => number | null
  readonly textAt: (position: number) => string | null
  /** Positions by the part they play. */
  readonly roles: MeasuredCase['roles']
  /** Where the choice stands. */
  readonly path: string
}

/** Ascending positions of one prompt. Throws BAD_INPUT for what is no position, and for a role that it does not name. */
export function positionsIn(
  choice: PositionChoice,
  { length, idAt, textAt, roles, path }: PlacedTokens,
): Uint32Array {
  const checked = (position: number): number => {
    if (Number.isInteger(position) && position >= 0) return position
    throw new InvalidInput('BAD_INPUT', `${position} is not a position: they count from 0`, { path })
  }
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
          (i) => ids.has(idAt(i) ?? -1) || texts.has(textAt(i) ?? '\0'),
        ),
      )
    }
    case 'role': {
      const positions = roles[choice.role]
      if (positions === undefined)
        throw new InvalidInput(
          'BAD_INPUT',
          `these examples name no role ${JSON.stringify(choice.role)}; they name ${Object.keys(roles).join(', ') || 'none'}`,
          { path: `${path}.role` },
        )
      return ascending(positions.filter((position) => position < length))
    }
    default:
      return choice satisfies never
  }
}

function ascending(positions: readonly number[]): Uint32Array {
  return Uint32Array.from(new Set(positions.filter((position) => position >= 0))).sort()
}
