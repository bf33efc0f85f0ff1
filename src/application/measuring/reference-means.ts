/** Means over reference sets, taken once per model, set and axis and kept while they are asked for. */
import { LRUCache } from 'lru-cache'
import { canonicalJson } from '../../domain/canonical-json.js'
import type { Means } from '../../domain/experiment/reference-means.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { ModelRunner, Watching } from '../ports/model-runner.js'

/** Which text a mean was taken over, and by which rules: stored with every number that used it (semantics.md §11). */
export interface ReferenceSet {
  readonly id: string
  /** Where it came from, in words. */
  readonly origin: string
  readonly sequences: readonly (readonly number[])[]
}

export interface ReferenceFacts {
  readonly id: string
  readonly origin: string
  readonly sequences: number
  /** Tokens that entered each mean. */
  readonly tokens: number
  readonly axis: 'PER_CHANNEL' | 'PER_POSITION'
  readonly rules: string
}

export const MEAN_RULES =
  'full model, after AbsTopK, every token of every sequence counts, the first included; sequences are given without padding'

/** Means of a model take as much room as its channels; the largest released model has 140,000 of them, 1 MB. */
const KEPT_VALUES = 32_000_000

export class ReferenceMeans {
  readonly #runner: ModelRunner
  readonly #known = new LRUCache<string, Means>({
    maxSize: KEPT_VALUES,
    sizeCalculation: ({ values }) => [...values.values()].reduce((sum, row) => sum + row.length, 1),
  })

  constructor(runner: ModelRunner) {
    this.#runner = runner
  }

  async of(
    modelId: string,
    set: ReferenceSet,
    axis: ReferenceFacts['axis'],
    watching: Watching,
  ): Promise<{ readonly means: Means; readonly facts: ReferenceFacts }> {
    const key = `${modelId} ${set.id} ${axis}`
    const means =
      this.#known.get(key) ??
      (await this.#runner.means({ modelId, sequences: set.sequences, axis }, { signal: watching.signal }))
    this.#known.set(key, means)
    return {
      means,
      facts: {
        id: set.id,
        origin: set.origin,
        sequences: set.sequences.length,
        tokens: means.tokens,
        axis,
        rules: MEAN_RULES,
      },
    }
  }
}

export function givenReferenceSet(sequences: readonly (readonly number[])[]): ReferenceSet {
  return {
    id: sha256Hex(canonicalJson(sequences.map((sequence) => [...sequence]))),
    origin: 'given with the question',
    sequences,
  }
}
