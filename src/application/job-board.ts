/**
 * Long work of this process: started, watched, cancelled. Jobs live in memory and are forgotten, oldest first, once
 * a thousand have ended; what they made is in the store.
 */
import { randomUUID } from 'node:crypto'
import { CircuitQLError, Conflict, NotFound } from '../domain/errors.js'
import type { Job, JobKind, JobProgress } from '../domain/job.js'
import { problemOf } from '../domain/problem.js'
import type { AblationRow } from './answers.js'
import type { QuestionOutcome } from './long-question.js'
import type { OpenGraph } from './open-graph.js'
import type { Clock } from './ports/clock.js'

const KEPT = 1_000
const KEPT_ANSWERS = 50
const RUNNING_AT_ONCE = 2

export interface JobTools {
  readonly signal: AbortSignal
  readonly report: (progress: JobProgress) => void
  /** Rows of a sweep as they are complete, in their order. */
  readonly addRows: (rows: readonly AblationRow[]) => void
}
export interface JobResult {
  readonly circuitIds: readonly string[]
  readonly modelIds: readonly string[]
  readonly taskIds: readonly string[]
  /** What a question's job answers. */
  readonly outcome?: QuestionOutcome
}
export interface JobEvent {
  readonly sequence: number
  readonly job: Job
  /** Rows that came since the event before. */
  readonly rows: readonly AblationRow[]
  /** The graph that the job asks; null for other jobs. */
  readonly graph: OpenGraph | null
}

interface Entry {
  job: Job
  sequence: number
  readonly graph: OpenGraph | null
  readonly rows: AblationRow[]
  /** How many rows there were at each sequence number. */
  readonly rowsAt: number[]
  outcome: QuestionOutcome | null
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
  start(
    kind: JobKind,
    owner: string,
    idempotencyKey: string | null,
    work: Entry['work'],
    graph: OpenGraph | null = null,
  ): Job {
    const key = idempotencyKey === null ? null : JSON.stringify([owner, kind, idempotencyKey])
    const known = key === null ? undefined : this.#entries.get(this.#byIdempotencyKey.get(key) ?? '')
    if (known) return known.job
    const job: Job = {
      id: randomUUID(),
      kind,
      state: 'QUEUED',
      owner,
      progress: { done: 0, total: null, unit: kind === 'IMPORT' ? 'bytes' : 'runs', message: 'waiting' },
      createdAt: this.#clock.now(),
      startedAt: null,
      finishedAt: null,
      circuitIds: [],
      modelIds: [],
      taskIds: [],
      problem: null,
    }
    this.#entries.set(job.id, {
      job,
      sequence: 1,
      graph,
      rows: [],
      rowsAt: [0, 0],
      outcome: null,
      abort: new AbortController(),
      work,
      listeners: new Set(),
    })
    if (key !== null) this.#byIdempotencyKey.set(key, job.id)
    this.#next()
    return job
  }

  /** The answer of a question's job; null before, and once later answers have taken its room. */
  outcome(id: string): { readonly graph: OpenGraph; readonly outcome: QuestionOutcome } | null {
    const entry = this.#entries.get(id)
    return entry?.graph && entry.outcome ? { graph: entry.graph, outcome: entry.outcome } : null
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
        const from = entry.rowsAt[Math.min(seen, entry.sequence)]!
        seen = entry.sequence
        yield {
          sequence: seen,
          job: entry.job,
          rows: entry.rows.slice(from, entry.rowsAt[seen]),
          graph: entry.graph,
        }
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
        addRows: (rows) => {
          entry.rows.push(...rows)
          this.#change(entry, {})
        },
      })
      const { outcome = null, ...ids } = result
      entry.outcome = outcome
      this.#change(entry, { ...ids, state: 'SUCCEEDED', finishedAt: this.#clock.now() })
      this.#forgetOldAnswers()
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
    entry.rowsAt[entry.sequence] = entry.rows.length
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

  /** Answers are large and their questions can be asked again. */
  #forgetOldAnswers(): void {
    const answered = [...this.#entries.values()].filter(({ outcome }) => outcome !== null)
    for (const entry of answered.slice(0, Math.max(0, answered.length - KEPT_ANSWERS))) {
      entry.outcome = null
      entry.rows.length = 0
      entry.rowsAt.fill(0)
    }
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
