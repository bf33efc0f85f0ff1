/** A pattern that a question brings along, or the error that says what is wrong with it and where. */
import { InvalidInput } from '../../domain/errors.js'
import { parsePattern } from './parse-pattern.js'
import type { PathPattern } from './path-pattern.js'

/** Throws BAD_PATTERN with line, column, expected and suggestion. */
export function patternOf(text: string, path = 'pattern'): PathPattern {
  const parsed = parsePattern(text)
  if (parsed.ok) return parsed.pattern
  const { message, line, column, expected, suggestion } = parsed.problem
  const hint = suggestion === null ? {} : { hint: `did you mean ${suggestion}?` }
  throw new InvalidInput('BAD_PATTERN', `line ${line}, column ${column}: ${message}`, {
    path,
    ...hint,
    facts: { line, column, expected, suggestion },
  })
}
