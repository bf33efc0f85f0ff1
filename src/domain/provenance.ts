/**
 * How to get an answer again: only what question and data determine, so that the same question on the same data has
 * the same provenance on either store (language.md §6).
 */
import type { JsonValue } from './canonical-json.js'
import { canonicalJson } from './canonical-json.js'
import { sha256Hex } from './sha256.js'

export const ENGINE_VERSION = '1'

export interface Provenance {
  /** `cql1:` and the canonical JSON of the question with every default filled in. */
  readonly question: string
  readonly questionHash: string
  readonly graphId: string
  readonly modelId: string | null
  readonly referenceSetId: string | null
  readonly engineVersion: string
  readonly numberType: 'float64'
  readonly seed: number | null
  /** Smallest gap at an AbsTopK cut in any run behind the answer; null when none ran or the model has none. */
  readonly smallestMargin: number | null
}

export function provenanceOf(
  question: JsonValue,
  graphId: string,
  run: {
    modelId?: string | null
    referenceSetId?: string | null
    seed?: number | null
    smallestMargin?: number | null
  } = {},
): Provenance {
  const text = `cql1:${canonicalJson(question)}`
  return {
    question: text,
    questionHash: sha256Hex(text),
    graphId,
    modelId: run.modelId ?? null,
    referenceSetId: run.referenceSetId ?? null,
    engineVersion: ENGINE_VERSION,
    numberType: 'float64',
    seed: run.seed ?? null,
    smallestMargin: run.smallestMargin ?? null,
  }
}
