/**
 * Large bytes in chunks. A payload is written as `loading` in short transactions, becomes `ready` in the transaction
 * that makes its owner visible, and is erased as `dropped` in short transactions after its owner is gone. Whatever is
 * not `ready` and whose process is gone is swept when a store opens.
 */
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { throwIfAborted } from '../../domain/errors.js'
import type { Database } from './database.js'
import { isGone, thisOwner } from './owner.js'

const CHUNK_BYTES = 1 << 20
const NODES_PER_TRANSACTION = 1_000
const CHUNKS_PER_TURN = 4

export interface StagedNode {
  readonly ordinal: number
  readonly address: string
  readonly kind: string
  readonly layer: number | null
  readonly component: string
}

export class Payloads {
  readonly #db: Database
  readonly #owner = thisOwner()

  constructor(db: Database) {
    this.#db = db
  }

  /** Opens a payload that nothing shows yet. */
  begin(bytes: number): Promise<number> {
    return this.#db.write(() => {
      const insert = this.#db.sql(
        `INSERT INTO payload (state, bytes, owner, touched_at) VALUES ('loading', ?, ?, ?)`,
      )
      return Number(insert.run(bytes, this.#owner, Date.now()).lastInsertRowid)
    })
  }

  /** Writes the bytes chunk by chunk; `onProgress` gets the bytes written so far. Throws CANCELLED on abort. */
  async writeBytes(
    id: number,
    bytes: Uint8Array,
    signal?: AbortSignal,
    onProgress?: (done: number) => void,
  ): Promise<void> {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const end = Math.min(bytes.length, at + CHUNK_BYTES)
      await this.#step(id, signal, () => {
        this.#db
          .sql('INSERT INTO payload_chunk (payload_id, part, bytes) VALUES (?, ?, ?)')
          .run(id, at / CHUNK_BYTES, bytes.subarray(at, end))
      })
      onProgress?.(end)
    }
  }

  async writeNodes(
    id: number,
    count: number,
    nodeAt: (i: number) => StagedNode,
    signal?: AbortSignal,
  ): Promise<void> {
    for (let at = 0; at < count; at += NODES_PER_TRANSACTION) {
      await this.#step(id, signal, () => {
        const insert = this.#db.sql(
          'INSERT INTO node (payload_id, ordinal, address, kind, layer, component) VALUES (?, ?, ?, ?, ?, ?)',
        )
        for (let i = at; i < Math.min(count, at + NODES_PER_TRANSACTION); i++) {
          const { ordinal, address, kind, layer, component } = nodeAt(i)
          insert.run(id, ordinal, address, kind, layer, component)
        }
      })
    }
  }

  /** Makes a staged payload part of what is visible; inside the transaction that does so. False when it was swept. */
  adopt(id: number): boolean {
    return (
      this.#db.sql(`UPDATE payload SET state = 'ready' WHERE id = ? AND state = 'loading'`).run(id)
        .changes === 1
    )
  }

  /** Marks a payload for erasing; inside the transaction that hides its owner. */
  drop(id: number): void {
    this.#db
      .sql(`UPDATE payload SET state = 'dropped', owner = ?, touched_at = ? WHERE id = ?`)
      .run(this.#owner, Date.now(), id)
  }

  /** The whole bytes, or null when the payload is gone (also when it goes while it is read). */
  async read(id: number): Promise<Uint8Array | null> {
    const size = await this.#db.read(
      () => this.#db.sql(`SELECT bytes FROM payload WHERE id = ? AND state = 'ready'`).get(id)?.['bytes'],
    )
    if (typeof size !== 'number') return null
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; ) {
      const part = at / CHUNK_BYTES
      const chunks = await this.#db.read(() =>
        this.#db
          .sql('SELECT bytes FROM payload_chunk WHERE payload_id = ? AND part BETWEEN ? AND ? ORDER BY part')
          .all(id, part, part + CHUNKS_PER_TURN - 1),
      )
      const wanted = Math.min(size - at, CHUNKS_PER_TURN * CHUNK_BYTES)
      const start = at
      for (const chunk of chunks) {
        bytes.set(chunk['bytes'] as Uint8Array, at)
        at += (chunk['bytes'] as Uint8Array).length
      }
      if (at - start !== wanted) return null
      await yieldToOthers()
    }
    return bytes
  }

  /** Erases payloads that nothing shows, in short transactions. */
  async erase(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      while (await this.#db.write(() => this.#eraseSome(id))) await yieldToOthers()
    }
  }

  /** Erases what dead processes left behind; gives back how many payloads that were. */
  async sweep(): Promise<number> {
    const unfinished = await this.#db.read(() =>
      this.#db.sql(`SELECT id, owner, touched_at FROM payload WHERE state <> 'ready'`).all(),
    )
    const abandoned = unfinished
      .filter((row) => isGone(String(row['owner']), Number(row['touched_at'])))
      .map((row) => Number(row['id']))
    await this.erase(abandoned)
    return abandoned.length
  }

  /** One short transaction of a staged write, with the sign of life that keeps others from sweeping it. */
  async #step(id: number, signal: AbortSignal | undefined, body: () => void): Promise<void> {
    throwIfAborted(signal)
    const alive = await this.#db.write(() => {
      const { changes } = this.#db
        .sql(`UPDATE payload SET touched_at = ? WHERE id = ? AND state = 'loading'`)
        .run(Date.now(), id)
      if (changes === 1) body()
      return changes === 1
    })
    if (!alive) throw new PayloadLost()
    await yieldToOthers()
  }

  /** True while something is left. Refuses to touch what has become ready. */
  #eraseSome(id: number): boolean {
    const state = this.#db.sql('SELECT state FROM payload WHERE id = ?').get(id)?.['state']
    if (state === undefined || state === 'ready') return false
    const nodes = this.#db
      .sql(
        'DELETE FROM node WHERE payload_id = ? AND ordinal IN (SELECT ordinal FROM node WHERE payload_id = ? ORDER BY ordinal LIMIT ?)',
      )
      .run(id, id, NODES_PER_TRANSACTION)
    if (Number(nodes.changes) === NODES_PER_TRANSACTION) return true
    const chunks = this.#db
      .sql(
        'DELETE FROM payload_chunk WHERE payload_id = ? AND part IN (SELECT part FROM payload_chunk WHERE payload_id = ? ORDER BY part LIMIT ?)',
      )
      .run(id, id, CHUNKS_PER_TURN)
    if (Number(chunks.changes) === CHUNKS_PER_TURN) return true
    this.#db.sql('DELETE FROM payload WHERE id = ?').run(id)
    return false
  }
}

/** Another process took this one for dead and swept its work; the write starts again. Never leaves the store. */
export class PayloadLost extends Error {}
