/** Positions of the parts that a pair names, in one of its prompts. */
import { positionsOfSpan } from '../../domain/text-span.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { DataPair } from './task-pairs.js'

/** Given positions, and parts given in characters as the tokens of this model that they fall on. */
export function rolePositions(
  { roles, spans = {}, ...prompts }: DataPair,
  member: 'clean' | 'corrupt',
  tokens: readonly number[],
  structure: Pick<ModelStructure, 'tokenText'>,
): DataPair['roles'] {
  const prompt = prompts[member]
  if (prompt.kind !== 'text') return roles
  const pieces = tokens.map((token) => structure.tokenText(token) ?? '')
  const found: Record<string, readonly number[]> = {}
  for (const [role, span] of Object.entries(spans)) {
    const positions = positionsOfSpan(span[member], pieces, prompt.text)
    // Where tokens are parts of a character no token can be named.
    if (positions !== null) found[role] = positions
  }
  return { ...roles, ...found }
}
