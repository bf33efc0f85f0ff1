/**
 * Long work of this process: started, watched, cancelled. Jobs live in memory and are forgotten, oldest first, once
 * a thousand have ended; what they made is in the store.
 */
import { randomUUID } from 'node:crypto'
import { CircuitQLError, Conflict, NotFound } from '../domain/errors.js'
import type { Job, JobKind, JobProgress } from '../domain/job.js'
import { problemOf } from '../domain/problem.js'
import type { Clock } from './ports/clock.js'

const KEPT = 1_000
const RUNNING_AT_ONCE = 2

export interface JobTools {
  readonly signal: AbortSignal
  readonly report: (progress: JobProgress) => void
}
export interface JobResult {
  readonly circuitIds: readonly string[]
  readonly modelIds: readonly string[]
  readonly taskIds: readonly string[]
}
export interface JobEvent {
  readonly sequence: number
  readonly job: Job
}

interface Entry {
  job: Job
  sequence: number
  readonly abort: AbortController
  readonly work: (tools: JobTools) => Promise<JobResult>
  readonly listeners: Set<() => void>
}

export class JobBoard {
  readonly #clock: Clock
  readonly #logBug: (error: unknown) => void
  readonly #entries = new Map<string, Entry>()
  readonly #byIdempotencyKey = new Map<string, string>()
  #running = 0

  constructor(clock: Clock, logBug: (error: unknown) => void) {
    this.#clock = clock
    this.#logBug = logBug
  }

  /** Starts work, or gives back the job that the same owner started under the same idempotency key. */
  start(kind: JobKind, owner: string, idempotencyKey: string | null, work: Entry['work']): Job {
    const key = idempotencyKey === null ? null : JSON.stringify([owner, kind, idempotencyKey])
    const known = key === null ? undefined : this.#entries.get(this.#byIdempotencyKey.get(key) ?? '')
    if (known) return known.job
    const job: Job = {
      id: randomUUID(),
      kind,
      state: 'QUEUED',
      owner,
      progress: { done: 0, total: null, unit: 'bytes', message: 'waiting' },
      createdAt: this.#clock.now(),
      startedAt: null,
      finishedAt: null,
      circuitIds: [],
      modelIds: [],
      taskIds: [],
      problem: null,
    }
    this.#entries.set(job.id, { job, sequence: 1, abort: new AbortController(), work, listeners: new Set() })
    if (key !== null) this.#byIdempotencyKey.set(key, job.id)
    this.#next()
    return job
  }

  job(id: string): Job | null {
    return this.#entries.get(id)?.job ?? null
  }

  /** Newest first. */
  jobs(): Job[] {
    return [...this.#entries.values()].map((entry) => entry.job).reverse()
  }

  cancel(id: string): Job {
    const entry = this.#entry(id)
    if (ended(entry.job)) throw new Conflict(`the job ${id} has ended already: ${entry.job.state}`)
    entry.abort.abort()
    if (entry.job.state === 'QUEUED')
      this.#change(entry, { state: 'CANCELLED', finishedAt: this.#clock.now() })
    return entry.job
  }

  /** The state now (if newer than `after`), then each change, until the job has ended. */
  async *events(id: string, after: number | null, signal: AbortSignal): AsyncGenerator<JobEvent> {
    const entry = this.#entry(id)
    let seen = after ?? 0
    while (!signal.aborted) {
      if (entry.sequence > seen) {
        seen = entry.sequence
        yield { sequence: seen, job: entry.job }
      } else if (ended(entry.job)) return
      else await this.#changed(entry, signal)
    }
  }

  /** Asks every running job to stop and waits until all have. */
  async close(): Promise<void> {
    for (const entry of this.#entries.values()) {
      entry.abort.abort()
      if (entry.job.state === 'QUEUED')
        this.#change(entry, { state: 'CANCELLED', finishedAt: this.#clock.now() })
    }
    const never = new AbortController().signal
    for (const entry of this.#entries.values()) while (!ended(entry.job)) await this.#changed(entry, never)
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (!entry) throw new NotFound(`there is no job ${id}`)
    return entry
  }

  #next(): void {
    for (const entry of this.#entries.values()) {
      if (this.#running >= RUNNING_AT_ONCE) return
      if (entry.job.state === 'QUEUED') void this.#run(entry)
    }
  }

  async #run(entry: Entry): Promise<void> {
    this.#running++
    this.#change(entry, { state: 'RUNNING', startedAt: this.#clock.now() })
    try {
      const result = await entry.work({
        signal: entry.abort.signal,
        report: (progress) => this.#change(entry, { progress }),
      })
      this.#change(entry, { ...result, state: 'SUCCEEDED', finishedAt: this.#clock.now() })
    } catch (error) {
      const cancelled =
        entry.abort.signal.aborted && error instanceof CircuitQLError && error.code === 'CANCELLED'
      const problem = problemOf(error)
      if (problem === null) this.#logBug(error)
      const masked = {
        code: 'INTERNAL_SERVER_ERROR',
        message: 'the job failed by a fault of ours',
        hint: null,
        path: null,
      }
      this.#change(entry, {
        state: cancelled ? 'CANCELLED' : 'FAILED',
        finishedAt: this.#clock.now(),
        problem: problem ?? masked,
      })
    } finally {
      this.#running--
      this.#forgetOldest()
      this.#next()
    }
  }

  #change(entry: Entry, change: Partial<Job>): void {
    entry.job = { ...entry.job, ...change }
    entry.sequence++
    for (const wake of [...entry.listeners]) wake()
  }

  #changed(entry: Entry, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        entry.listeners.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      entry.listeners.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  #forgetOldest(): void {
    for (const [id, entry] of this.#entries) {
      if (this.#entries.size <= KEPT) return
      if (!ended(entry.job)) continue
      this.#entries.delete(id)
      for (const [key, jobId] of this.#byIdempotencyKey) if (jobId === id) this.#byIdempotencyKey.delete(key)
    }
  }
}

function ended(job: Job): boolean {
  return job.state === 'SUCCEEDED' || job.state === 'FAILED' || job.state === 'CANCELLED'
}
