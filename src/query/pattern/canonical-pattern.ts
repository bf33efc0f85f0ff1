/**
 * One tree for patterns that are written alike: sequences and alternatives are flat, edges stand between nodes, and a
 * node that asks nothing is left out where another part says where the path is.
 */
import type { Condition, NodePattern, PathPattern } from './path-pattern.js'

const ANYWHERE: NodePattern = { kind: 'node', variable: null, labels: [], where: null }

export function canonicalPattern(pattern: PathPattern): PathPattern {
  switch (pattern.kind) {
    case 'residualHop':
      return pattern
    case 'node':
    case 'edge':
      return pattern.where === null ? pattern : { ...pattern, where: canonicalCondition(pattern.where) }
    case 'repeat':
      return { ...pattern, of: canonicalPattern(pattern.of) }
    case 'alternatives': {
      const options = pattern.options.map(canonicalWhole)
      return {
        kind: 'alternatives',
        options: options.flatMap((option) => (option.kind === 'alternatives' ? option.options : [option])),
      }
    }
    case 'sequence':
      return spaced(pattern.parts.map(canonicalPattern))
    default:
      return pattern satisfies never
  }
}

/** The canonical tree of a whole pattern, or of an alternative: it begins and ends in nodes. */
export function canonicalWhole(pattern: PathPattern): PathPattern {
  const canonical = canonicalPattern(pattern)
  return isStep(canonical) ? spaced([canonical]) : canonical
}

function spaced(given: readonly PathPattern[]): PathPattern {
  const flat = given.flatMap((part) => (part.kind === 'sequence' ? part.parts : [part]))
  const parts: PathPattern[] = []
  for (const part of flat.filter((one) => !isAnywhere(one))) {
    const before = parts.at(-1)
    if (isStep(part) && (before === undefined || isStep(before))) parts.push(ANYWHERE)
    parts.push(part)
  }
  if (parts.length === 0 || isStep(parts.at(-1)!)) parts.push(ANYWHERE)
  return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
}

/** Edges, also repeated ones: what nodes stand between. */
function isStep(part: PathPattern): boolean {
  return part.kind === 'edge' || part.kind === 'residualHop' || (part.kind === 'repeat' && isStep(part.of))
}

function isAnywhere(part: PathPattern): boolean {
  return part.kind === 'node' && part.variable === null && part.labels.length === 0 && part.where === null
}

function canonicalCondition(condition: Condition): Condition {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const of = condition.of.map(canonicalCondition)
      return {
        kind: condition.kind,
        of: of.flatMap((one) => (one.kind === condition.kind ? one.of : [one])),
      }
    }
    case 'not': {
      const of = canonicalCondition(condition.of)
      return of.kind === 'not' ? of.of : { kind: 'not', of }
    }
    default:
      return condition
  }
}
