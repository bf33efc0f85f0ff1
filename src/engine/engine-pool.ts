/**
 * Runs models in worker threads: the answers, bit for bit, of `EngineRunner`. Weights lie in shared memory, so that a
 * task carries only its request; a cancelled task is given up at once and stops at its next pause.
 */

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { InvalidInput, throwIfAborted, Unavailable } from '../domain/errors.js'
import { Arenas } from './arenas.js'
import { Engine, type Watching } from './engine.js'
import type { Answers, Requests, TaskKind } from './engine-task.js'
import type { WorkerOutcome, WorkerTask } from './engine-worker.js'
import { FairGate } from './fair-gate.js'
import type { ModelSource } from './model-cache.js'
import { ModelCache } from './model-cache.js'

export interface EnginePoolOptions extends ModelSource {
  readonly workers: number
  /** The compiled worker entry; default the one beside this file. */
  readonly workerFile?: URL
}

/** An idle thread ends after this long. */
const IDLE_MS = 60_000
/** Threads that parts of long questions never take, so that a short one need not wait for them. */
const SHORT_LANE = 1

export class EnginePool extends Engine {
  protected readonly workers: number
  readonly #models: ModelCache
  readonly #threads: Piscina<WorkerTask, WorkerOutcome>
  readonly #gate: FairGate
  readonly #arenas = new Arenas()
  /** Tasks that somebody waits for. */
  #asked = 0
  /** Tasks that threads are busy with, by the cell that stops them. */
  readonly #underWay = new Map<Int32Array, Promise<unknown>>()

  constructor(options: EnginePoolOptions) {
    super()
    this.workers = options.workers
    this.#gate = new FairGate(options.workers)
    this.#models = new ModelCache(options)
    this.#threads = new Piscina({
      filename: (options.workerFile ?? new URL('./engine-worker.js', import.meta.url)).href,
      minThreads: 0,
      maxThreads: options.workers + SHORT_LANE,
      idleTimeout: IDLE_MS,
    })
  }

  /** Ends the threads once what is under way has stopped: Node does not survive the end of a thread that is loading. */
  override async close(): Promise<void> {
    this.#models.clear()
    for (const stop of this.#underWay.keys()) Atomics.store(stop, 0, 1)
    await Promise.allSettled(this.#underWay.values())
    await this.#threads.destroy()
  }

  protected override async task<K extends TaskKind>(
    kind: K,
    request: Requests[K],
    watching: Watching,
    question: object | null,
  ): Promise<Answers[K]> {
    // A question that is one task, and the only one, has both hands free.
    const helped = question === null && this.workers > 1 && this.#asked === 0
    const work = (): Promise<Answers[K]> => this.#run(kind, request, watching, helped)
    this.#asked++
    try {
      return await (question === null ? work() : this.#gate.run(question, work))
    } finally {
      this.#asked--
    }
  }

  async #run<K extends TaskKind>(
    kind: K,
    request: Requests[K],
    { signal, onProgress }: Watching,
    helped: boolean,
  ): Promise<Answers[K]> {
    throwIfAborted(signal)
    const prepared = await this.#models.get(request.modelId)
    throwIfAborted(signal)
    const room = prepared.room === null ? null : await this.#arenas.take(prepared.room)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const channel = onProgress === undefined ? null : new MessageChannel()
    channel?.port1.on('message', ([done, total]: [number, number]) => onProgress?.(done, total))
    const task: WorkerTask<K> = {
      kind,
      model: { ...prepared, room },
      request,
      progress: channel?.port2 ?? null,
      helped,
      stop,
    }
    const ended = this.#threads.run(task, { transferList: channel === null ? [] : [channel.port2] })
    const outcome = (ended as Promise<WorkerOutcome<K>>).finally(() => {
      this.#underWay.delete(stop)
      if (room !== null) this.#arenas.giveBack(room)
    })
    this.#underWay.set(stop, outcome)
    try {
      const found = await unlessAborted(outcome, signal)
      // What the thread said last may still lie in the channel.
      for (let late = lateMessage(channel); late !== null; late = lateMessage(channel)) onProgress?.(...late)
      if ('answer' in found) return found.answer
      if ('stopped' in found) throw new Unavailable('the engine was closed', {}, 'CANCELLED')
      const { code, message, hint, path, facts } = found.refusal
      throw new InvalidInput(code, message, {
        facts,
        ...(hint === null ? {} : { hint }),
        ...(path === null ? {} : { path }),
      })
    } catch (error) {
      Atomics.store(stop, 0, 1)
      throwIfAborted(signal)
      throw error
    } finally {
      channel?.port1.close()
    }
  }
}

/** Rejects as soon as the signal comes, whatever becomes of the work. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let leave = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave)
  })
  work.catch(() => {}) // when nobody waits for it any more
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

function lateMessage(channel: MessageChannel | null): [number, number] | null {
  const late = channel === null ? undefined : receiveMessageOnPort(channel.port1)
  return late === undefined ? null : (late.message as [number, number])
}
