/**
 * Runs models in worker threads: the answers, bit for bit, of `EngineRunner`. Weights lie in shared memory, so that a
 * task carries only its request; a cancelled task takes its thread with it, and a new one starts.
 */

import { setTimeout } from 'node:timers/promises'
import type { Transferable } from 'node:worker_threads'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { InvalidInput, throwIfAborted } from '../domain/errors.js'
import { arenaUser } from '../model/shared-heap.js'
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
/** A thread that is stopped between getting a task and beginning it ends well within this. */
const UNBEGUN_ENDS_WITHIN_MS = 1_000
/** Threads that parts of long questions never take, so that a short one need not wait for them. */
const SHORT_LANE = 1

export class EnginePool extends Engine {
  protected readonly workers: number
  readonly #models: ModelCache
  readonly #threads: Piscina<WorkerTask, WorkerOutcome>
  readonly #gate: FairGate
  readonly #arenas = new Arenas()
  /** Threads that have not ended, by id, with their end. */
  readonly #alive = new Map<number, Promise<void>>()

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
    this.#threads.on('workerCreate', () => this.#remember())
  }

  /** Ends the threads; what is under way is cancelled. */
  override async close(): Promise<void> {
    this.#models.clear()
    await this.#threads.destroy()
  }

  protected override task<K extends TaskKind>(
    kind: K,
    request: Requests[K],
    watching: Watching,
    question: object | null,
  ): Promise<Answers[K]> {
    const work = (): Promise<Answers[K]> => this.#run(kind, request, watching)
    return question === null ? work() : this.#gate.run(question, work)
  }

  /** The pool lets go of a thread before it has ended; arenas must not. */
  #remember(): void {
    for (const thread of this.#threads.threads) {
      const id = thread.threadId
      if (this.#alive.has(id)) continue
      const ended = new Promise<void>((end) => {
        thread.once('exit', () => {
          this.#alive.delete(id)
          end()
        })
      })
      this.#alive.set(id, ended)
    }
  }

  /** Until a stopped thread is gone; one that had not said who it is either never began or ends at once. */
  #gone(thread: number): Promise<unknown> {
    if (thread === 0) return setTimeout(UNBEGUN_ENDS_WITHIN_MS)
    return this.#alive.get(thread) ?? Promise.resolve()
  }

  async #run<K extends TaskKind>(
    kind: K,
    request: Requests[K],
    { signal, onProgress }: Watching,
  ): Promise<Answers[K]> {
    throwIfAborted(signal)
    const prepared = await this.#models.get(request.modelId)
    throwIfAborted(signal)
    const room = prepared.room === null ? null : await this.#arenas.take(prepared.room)
    if (room !== null) arenaUser(room).set(0)
    const model = { ...prepared, room }
    let stopped: Promise<unknown> | null = null
    const channel = onProgress === undefined ? null : new MessageChannel()
    const transferList: Transferable[] = channel === null ? [] : [channel.port2]
    channel?.port1.on('message', ([done, total]: [number, number]) => onProgress?.(done, total))
    try {
      const task: WorkerTask<K> = { kind, model, request, progress: channel?.port2 ?? null }
      const outcome = (await this.#threads.run(task, { signal, transferList })) as WorkerOutcome<K>
      // What the thread said last may still lie in the channel.
      for (let late = lateMessage(channel); late !== null; late = lateMessage(channel)) onProgress?.(...late)
      if ('answer' in outcome) return outcome.answer
      const { code, message, hint, path, facts } = outcome.refusal
      throw new InvalidInput(code, message, {
        facts,
        ...(hint === null ? {} : { hint }),
        ...(path === null ? {} : { path }),
      })
    } catch (error) {
      if (signal.aborted && room !== null) stopped = this.#gone(arenaUser(room).get())
      throwIfAborted(signal)
      throw error
    } finally {
      channel?.port1.close()
      if (room !== null) void (stopped ?? Promise.resolve()).then(() => this.#arenas.giveBack(room))
    }
  }
}

function lateMessage(channel: MessageChannel | null): [number, number] | null {
  const late = channel === null ? undefined : receiveMessageOnPort(channel.port1)
  return late === undefined ? null : (late.message as [number, number])
}
