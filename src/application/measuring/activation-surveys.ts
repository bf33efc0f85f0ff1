/**
 * Activations over a set of texts, surveyed a whole tap at a time (or as many neighbouring channels as memory allows),
 * so that the next node of the tap costs no run, and kept while they are asked for.
 */
import { LRUCache } from 'lru-cache'
import type { ModelRunner, Watching } from '../ports/model-runner.js'
import type { ReferenceSet } from './reference-means.js'

/** Values of one survey, 16 MB, and of all that are kept, 128 MB. */
const SURVEY_VALUES = 2_000_000
const KEPT_VALUES = 16_000_000

interface Survey {
  /** First channel of the block. */
  readonly first: number
  /** [channel, token] */
  readonly values: Float64Array
  readonly tokens: number
  readonly margin: number
}

export interface ChannelValues {
  /** Of every token, sequence after sequence. */
  readonly values: Float64Array
  readonly margin: number
  /** Runs that this answer took; 0 where the survey was at hand. */
  readonly evaluations: number
}

export class ActivationSurveys {
  readonly #runner: ModelRunner
  readonly #known = new LRUCache<string, Survey>({
    maxSize: KEPT_VALUES,
    sizeCalculation: ({ values }) => values.length + 1,
  })
  /** Under way by who waits for it: a survey that one asker gives up is not lost to another. */
  readonly #underWay = new WeakMap<AbortSignal, Map<string, Promise<Survey>>>()

  constructor(runner: ModelRunner) {
    this.#runner = runner
  }

  /** `width` is that of the tap. */
  async of(
    modelId: string,
    set: ReferenceSet,
    { tap, index, width }: { readonly tap: string; readonly index: number; readonly width: number },
    watching: Watching,
  ): Promise<ChannelValues> {
    const tokens = set.sequences.reduce((sum, sequence) => sum + sequence.length, 0)
    const size = Math.max(1, Math.min(width, Math.floor(SURVEY_VALUES / tokens)))
    const first = Math.floor(index / size) * size
    const key = `${modelId} ${set.id} ${tap} ${first}`
    const known = this.#known.get(key)
    const survey =
      known ??
      (await this.#once(key, watching.signal, async () => {
        const channels = Uint32Array.from({ length: Math.min(size, width - first) }, (_, i) => first + i)
        const request = { modelId, sequences: set.sequences, channels: new Map([[tap, channels]]) }
        const answer = await this.#runner.survey(request, watching)
        const made = { first, values: answer.values.get(tap)!, tokens, margin: answer.smallestMargin }
        this.#known.set(key, made)
        return made
      }))
    const from = (index - survey.first) * survey.tokens
    return {
      values: survey.values.subarray(from, from + survey.tokens),
      margin: survey.margin,
      evaluations: known === undefined ? set.sequences.length : 0,
    }
  }

  #once(key: string, asker: AbortSignal, make: () => Promise<Survey>): Promise<Survey> {
    const own = this.#underWay.get(asker) ?? new Map<string, Promise<Survey>>()
    this.#underWay.set(asker, own)
    const promise = own.get(key) ?? make().finally(() => own.delete(key))
    own.set(key, promise)
    return promise
  }
}
