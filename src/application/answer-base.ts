/** What every answer says about itself: level, basis, provenance, execution (language.md §6). */
import { type Basis, type Level, levelOf } from '../domain/edge-meaning.js'
import { provenanceOf } from '../domain/provenance.js'
import type { AnswerBase } from './answers.js'
import { type AnsweredQuestion, canonicalQuestion } from './canonical-question.js'
import { plainJson } from './plain-json.js'
import type { Clock } from './ports/clock.js'
import type { OpenGraph } from './use-cases.js'

export interface RunFacts {
  readonly basis?: Basis
  readonly level?: Level
  readonly modelId?: string | null
  readonly referenceSetId?: string | null
  readonly seed?: number | null
  readonly smallestMargin?: number | null
  readonly evaluations?: number
  readonly compiled?: number
}

/** Starts the clock; the function it gives back closes the answer. Basis is STRUCTURE unless told. */
export function beginAnswer(
  open: OpenGraph,
  question: AnsweredQuestion,
  clock: Clock,
): (facts?: RunFacts) => AnswerBase {
  const started = clock.elapsed()
  const { type, rootId, expression } = open
  const graph = { type, root: rootId, expression: expression === null ? null : JSON.parse(expression) }
  const asked = plainJson({ graph, ...(canonicalQuestion(question, open.graph) as object) })
  return (facts = {}) => ({
    level: facts.level ?? levelOf(open.graph),
    basis: facts.basis ?? 'STRUCTURE',
    provenance: provenanceOf(asked, open.id, facts),
    execution: {
      elapsedMs: clock.elapsed() - started,
      evaluations: facts.evaluations ?? 0,
      compiled: facts.compiled ?? 0,
    },
  })
}
