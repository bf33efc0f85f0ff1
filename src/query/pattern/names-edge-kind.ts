import type { EdgeKind } from '../../domain/graph-data.js'
import type { PathPattern } from './path-pattern.js'

/** Does some edge of the pattern carry this label? An edge without labels names none. */
export function namesEdgeKind(pattern: PathPattern, kind: EdgeKind): boolean {
  switch (pattern.kind) {
    case 'edge':
      return pattern.labels.includes(kind)
    case 'node':
    case 'residualHop':
      return false
    case 'sequence':
      return pattern.parts.some((part) => namesEdgeKind(part, kind))
    case 'alternatives':
      return pattern.options.some((option) => namesEdgeKind(option, kind))
    case 'repeat':
      return namesEdgeKind(pattern.of, kind)
    default:
      return pattern satisfies never
  }
}
