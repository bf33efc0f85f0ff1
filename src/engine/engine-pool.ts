/**
 * Runs models in worker threads: the methods and, bit for bit, the answers of `EngineRunner`. Weights lie in shared
 * memory, so that a task carries only its request; a cancelled task takes its thread with it, and a new one starts.
 */
import type { Transferable } from 'node:worker_threads'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { InvalidInput, throwIfAborted } from '../domain/errors.js'
import type { OnModel } from './engine-runner.js'
import type { Answers, Progress, Requests, TaskKind } from './engine-task.js'
import type { WorkerOutcome, WorkerTask } from './engine-worker.js'
import type { ModelSource } from './model-cache.js'
import { ModelCache } from './model-cache.js'

export interface EnginePoolOptions extends ModelSource {
  readonly workers: number
  /** The compiled worker entry; default the one beside this file. */
  readonly workerFile?: URL
}

/** An idle thread ends after this long. */
const IDLE_MS = 60_000

export class EnginePool {
  readonly #models: ModelCache
  readonly #threads: Piscina<WorkerTask, WorkerOutcome>

  constructor(options: EnginePoolOptions) {
    this.#models = new ModelCache(options)
    this.#threads = new Piscina({
      filename: (options.workerFile ?? new URL('./engine-worker.js', import.meta.url)).href,
      minThreads: 0,
      maxThreads: options.workers,
      idleTimeout: IDLE_MS,
    })
  }

  forward(request: OnModel<Requests['forward']>, signal?: AbortSignal): Promise<Answers['forward']> {
    return this.#run('forward', request, signal)
  }

  measure(
    request: OnModel<Requests['measure']>,
    signal?: AbortSignal,
    onProgress?: Progress,
  ): Promise<Answers['measure']> {
    return this.#run('measure', request, signal, onProgress)
  }

  gradients(request: OnModel<Requests['gradients']>, signal?: AbortSignal): Promise<Answers['gradients']> {
    return this.#run('gradients', request, signal)
  }

  means(request: OnModel<Requests['means']>, signal?: AbortSignal): Promise<Answers['means']> {
    return this.#run('means', request, signal)
  }

  /** Ends the threads; what is under way is cancelled. */
  async close(): Promise<void> {
    this.#models.clear()
    await this.#threads.destroy()
  }

  async #run<K extends TaskKind>(
    kind: K,
    request: OnModel<Requests[K]>,
    signal: AbortSignal | undefined,
    onProgress?: Progress,
  ): Promise<Answers[K]> {
    throwIfAborted(signal)
    const model = await this.#models.get(request.modelId)
    throwIfAborted(signal)
    const channel = onProgress === undefined ? null : new MessageChannel()
    const transferList: Transferable[] = channel === null ? [] : [channel.port2]
    channel?.port1.on('message', ([done, total]: [number, number]) => onProgress?.(done, total))
    try {
      const task: WorkerTask<K> = { kind, model, request, progress: channel?.port2 ?? null }
      const outcome = (await this.#threads.run(task, {
        signal: signal ?? null,
        transferList,
      })) as WorkerOutcome<K>
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
      throwIfAborted(signal)
      throw error
    } finally {
      channel?.port1.close()
    }
  }
}

function lateMessage(channel: MessageChannel | null): [number, number] | null {
  const late = channel === null ? undefined : receiveMessageOnPort(channel.port1)
  return late === undefined ? null : (late.message as [number, number])
}
