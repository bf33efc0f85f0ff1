/**
 * One Neo4j database, the only place where the driver is called: each call names database, access mode, time limit and
 * signal, integers come as numbers, and errors leave as those of the domain.
 */
import neo4j, { type Driver, type ManagedTransaction, type Session } from 'neo4j-driver'
import { throwIfAborted, Unavailable } from '../../domain/errors.js'
import { retryTransient } from './retry-transient.js'
import { translatedError } from './translate-error.js'

export interface Cypher {
  readonly text: string
  readonly parameters: Readonly<Record<string, unknown>>
}
export type Row = Readonly<Record<string, unknown>>
/** Runs one statement of a transaction. Statements run in the order of the calls; awaiting each is not needed. */
export type RunInTransaction = (text: string, parameters: Cypher['parameters']) => Promise<readonly Row[]>

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface Neo4jConnection {
  readonly uri: string
  readonly user: string
  /** Null: no credentials are sent. */
  readonly password: string | null
  /** Null: the server's default database. */
  readonly database: string | null
}

const READ_LIMIT_MS = 60_000
const WRITE_LIMIT_MS = 120_000
const CONNECT_LIMIT_MS = 10_000
const RETRY_LIMIT_MS = 30_000

export class Neo4jDatabase {
  readonly uri: string
  readonly #driver: Driver
  readonly #database: string | undefined
  readonly #bookmarks = neo4j.bookmarkManager()
  #closed = false

  constructor({ uri, user, password, database }: Neo4jConnection) {
    this.uri = uri
    this.#database = database ?? undefined
    this.#driver = neo4j.driver(uri, password === null ? undefined : neo4j.auth.basic(user, password), {
      disableLosslessIntegers: true,
      telemetryDisabled: true,
      connectionTimeout: CONNECT_LIMIT_MS,
      maxTransactionRetryTime: RETRY_LIMIT_MS,
      userAgent: 'circuitql',
      notificationFilter: { minimumSeverityLevel: 'WARNING' },
    })
  }

  /** One statement that reads. */
  read({ text, parameters }: Cypher, options: CallOptions = {}): Promise<readonly Row[]> {
    return this.#transaction('READ', (run) => run(text, parameters), options)
  }

  /** One statement that writes. */
  write({ text, parameters }: Cypher, options: CallOptions = {}): Promise<readonly Row[]> {
    return this.#transaction('WRITE', (run) => run(text, parameters), options)
  }

  /** Several statements in one writing transaction; `work` may run again after a deadlock, so it must not count runs. */
  transaction<T>(work: (run: RunInTransaction) => Promise<T>, options: CallOptions = {}): Promise<T> {
    return this.#transaction('WRITE', work, options)
  }

  /** A statement that manages its own transaction or changes the schema; it must be safe to repeat. */
  async runAlone({ text, parameters }: Cypher, options: CallOptions = {}): Promise<void> {
    const timeout = options.timeoutMs ?? WRITE_LIMIT_MS
    await this.#inSession('WRITE', options, (session) =>
      retryTransient(async () => session.run(text, parameters, { timeout })),
    )
  }

  /** Rejects with UNAVAILABLE at once, without the retries of a transaction, when the server does not answer. */
  async ping(): Promise<void> {
    if (this.#closed) throw this.#closedError()
    try {
      await this.#driver.verifyConnectivity({ database: this.#database })
    } catch (error) {
      throw translatedError(error, this.uri)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#driver.close()
  }

  /** Stands open for tests that look at every statement. */
  protected async runStatement(
    transaction: ManagedTransaction,
    text: string,
    parameters: Cypher['parameters'],
  ): Promise<readonly Row[]> {
    const { records } = await transaction.run(text, parameters)
    return records.map((record) => record.toObject())
  }

  #transaction<T>(
    mode: 'READ' | 'WRITE',
    work: (run: RunInTransaction) => Promise<T>,
    { signal, timeoutMs }: CallOptions,
  ): Promise<T> {
    return this.#inSession(mode, { signal }, (session) => {
      const settings = { timeout: timeoutMs ?? (mode === 'READ' ? READ_LIMIT_MS : WRITE_LIMIT_MS) }
      const run = async (transaction: ManagedTransaction): Promise<T> => {
        throwIfAborted(signal)
        return work((text, parameters) => this.runStatement(transaction, text, parameters))
      }
      return mode === 'READ' ? session.executeRead(run, settings) : session.executeWrite(run, settings)
    })
  }

  async #inSession<T>(
    mode: 'READ' | 'WRITE',
    { signal }: CallOptions,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal)
    if (this.#closed) throw this.#closedError()
    const session = this.#driver.session({
      ...(this.#database === undefined ? {} : { database: this.#database }),
      defaultAccessMode: mode,
      bookmarkManager: this.#bookmarks,
    })
    // Closing the session rolls its transaction back; the time limit ends it should that message be lost.
    const leave = (): void => void session.close().catch(() => {})
    signal?.addEventListener('abort', leave, { once: true })
    try {
      return await work(session)
    } catch (error) {
      throwIfAborted(signal)
      throw translatedError(error, this.uri)
    } finally {
      signal?.removeEventListener('abort', leave)
      await session.close().catch(() => {})
    }
  }

  #closedError(): Unavailable {
    return new Unavailable(`the store on ${this.uri} is closed`)
  }
}

/** A whole number as Neo4j's integer: the driver sends plain numbers as floats. */
export function integer(value: number): unknown {
  return neo4j.int(value)
}

export function integerOrNull(value: number | null): unknown {
  return value === null ? null : neo4j.int(value)
}
