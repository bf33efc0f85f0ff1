/**
 * Threads that work on graphs, each with a house of its own: they answer queries and make parts of downloads. Work that
 * nobody waits for any more is asked to stop; what does not listen ends with its thread, and another takes its place.
 */
import { BroadcastChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { BulkFormat, BulkPart } from '../application/ports/format-library.js'
import { throwIfAborted, Unavailable } from '../domain/errors.js'
import type { GraphQLRequest } from './graphql-request.js'
import { type PartOutcome, partOf } from './part-outcome.js'
import { FORGOTTEN, type QuestionOutcome, type QuestionTask, type QuestionWork } from './question-task.js'

/** An idle thread beyond the first ends after this long. */
const IDLE_MS = 60_000
/** Time that a query has to notice that it is to stop. */
const GRACE_MS = 2_000

export interface QuestionPoolOptions {
  /** Settings of the server, plain data: what every thread composes its house of. */
  readonly settings: object
  readonly threads: number
  /** The compiled worker entry; default the one beside this file. */
  readonly workerFile?: URL
}

export class QuestionPool {
  readonly #threads: Piscina<QuestionTask, QuestionOutcome | PartOutcome>
  readonly #forgotten = new BroadcastChannel(FORGOTTEN)
  readonly #underWay = new Set<Int32Array>()
  #isClosed = false

  constructor({ settings, threads, workerFile }: QuestionPoolOptions) {
    this.#forgotten.unref()
    this.#threads = new Piscina({
      filename: (workerFile ?? new URL('./question-worker.js', import.meta.url)).href,
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      workerData: settings,
    })
  }

  /** Rejects with CANCELLED as soon as the signal comes, whatever becomes of the work; UNAVAILABLE while closing. */
  answer(request: GraphQLRequest, signal: AbortSignal): Promise<QuestionOutcome> {
    return this.#done({ kind: 'query', request }, signal) as Promise<QuestionOutcome>
  }

  /** A part of a download, as `graphPart` gives it; rejects as `answer` does, and with what it throws. */
  async part(globalId: string, format: BulkFormat, row: number, signal: AbortSignal): Promise<BulkPart> {
    return partOf((await this.#done({ kind: 'part', globalId, format, row }, signal)) as PartOutcome)
  }

  async #done(work: QuestionWork, signal: AbortSignal): Promise<QuestionOutcome | PartOutcome> {
    throwIfAborted(signal)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const end = new AbortController()
    const outcome = this.#threads.run({ work, stop }, { signal: end.signal })
    this.#underWay.add(stop)
    let impatience: NodeJS.Timeout | undefined
    let leave = (): void => {}
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        Atomics.store(stop, 0, 1)
        impatience = setTimeout(() => end.abort(), GRACE_MS)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave)
    })
    const settled = outcome.finally(() => {
      clearTimeout(impatience)
      this.#underWay.delete(stop)
    })
    settled.catch(() => {}) // when nobody waits for it any more
    try {
      return await Promise.race([settled, left])
    } catch (error) {
      throwIfAborted(signal)
      if (this.#isClosed) throw new Unavailable('the server is closing', {}, 'CANCELLED')
      throw error
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** What the threads hold of a deleted circuit or model is dropped. */
  forget(rootId: string): void {
    this.#forgotten.postMessage(rootId)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const stop of this.#underWay) Atomics.store(stop, 0, 1)
    this.#forgotten.close()
    await this.#threads.destroy()
  }
}
