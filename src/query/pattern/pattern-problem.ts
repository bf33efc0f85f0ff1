/** What is wrong with the text of a pattern, and where. Lines and columns count from 1, columns in UTF-16 units. */
export interface PatternProblem {
  readonly message: string
  readonly line: number
  readonly column: number
  /** What could stand there, in words of the grammar; empty where the text is too long or too deep. */
  readonly expected: readonly string[]
  /** What was probably meant, or null. */
  readonly suggestion: string | null
}

/** Thrown inside the parser; `parsePattern` gives the problem back. */
export class PatternError extends Error {
  readonly problem: PatternProblem

  constructor(problem: PatternProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** Where something stands in a text, from its offset. */
export function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  const lines = before.split(/\r\n|\r|\n/)
  return { line: lines.length, column: lines.at(-1)!.length + 1 }
}
