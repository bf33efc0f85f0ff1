import type { PathPattern } from './path-pattern.js'

/** Names of its variables as they stand in the text. */
export function patternVariables(pattern: PathPattern): readonly string[] {
  switch (pattern.kind) {
    case 'node':
    case 'edge':
      return pattern.variable === null ? [] : [pattern.variable]
    case 'residualHop':
      return []
    case 'sequence':
      return pattern.parts.flatMap(patternVariables)
    case 'alternatives':
      return pattern.options.flatMap(patternVariables)
    case 'repeat':
      return patternVariables(pattern.of)
    default:
      return pattern satisfies never
  }
}
