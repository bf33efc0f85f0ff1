/** A part of a text in characters, and the tokens that it falls on. */

/** Half-open range of UTF-16 code units, from 0. */
export type TextSpan = readonly [start: number, end: number]

/**
 * Ascending positions of the tokens that share a character with the span; `pieces`: the text of every token in its
 * order. Null where the pieces do not spell the text, as with tokens that are parts of a character.
 */
export function positionsOfSpan(
  [start, end]: TextSpan,
  pieces: readonly string[],
  text: string,
): readonly number[] | null {
  if (pieces.join('') !== text) return null
  const positions: number[] = []
  let at = 0
  for (const [position, { length }] of pieces.entries()) {
    if (start < end && at < end && at + length > start) positions.push(position)
    at += length
  }
  return positions
}
