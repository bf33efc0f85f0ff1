/** The circuit store in one SQLite file; see the port for what each method promises. */
import type {
  CircuitStore,
  ComponentUse,
  PutOptions,
  PutOutcome,
  StoreDescription,
  SubcircuitRecord,
} from '../../application/ports/circuit-store.js'
import { parseAddress, printSite } from '../../domain/address.js'
import { decodeCircuitInSteps } from '../../domain/circuit-payload.js'
import { Conflict, NotFound } from '../../domain/errors.js'
import type { Circuit } from '../../domain/graph-data.js'
import { modelKey } from '../../domain/model-identity.js'
import type {
  Annotation,
  CircuitRecord,
  CircuitSummary,
  ImportRecord,
  ScoreSet,
  SparseModelRecord,
  SparseModelSummary,
} from '../../domain/records.js'
import { runInTurns } from '../../domain/steps.js'
import type { TaskRecord } from '../../domain/task.js'
import type { CircuitCatalogueQuery, ModelCatalogueQuery, Slice } from '../../query/catalogue-query.js'
import { ALWAYS, conditionSql, nameSql } from './condition-sql.js'
import type { Database } from './database.js'
import {
  dropImports,
  hasImport,
  importRecord,
  importsOf,
  insertImport,
  residueIdOf,
} from './import-records.js'
import { dropNames, giveName, type NamedKind, namesOf, resolveName } from './names.js'
import { selectPage } from './page-sql.js'
import type { Payloads } from './payloads.js'
import { putCircuit } from './put-circuit.js'
import { dropScoreSets, scoreSetsOf } from './score-sets.js'
import type { SqlRow } from './sqlite.js'
import { textBytes } from './stored-text.js'
import { deleteTask, putTask, tasks } from './tasks.js'

export class EmbeddedCircuitStore implements CircuitStore {
  readonly #db: Database
  readonly #payloads: Payloads
  readonly #schemaVersion: string

  /** Use `openEmbeddedStore`. */
  constructor(db: Database, payloads: Payloads, schemaVersion: string) {
    this.#db = db
    this.#payloads = payloads
    this.#schemaVersion = schemaVersion
  }

  async describe(): Promise<StoreDescription> {
    return { kind: 'embedded', engine: this.#db.engine, schemaVersion: this.#schemaVersion }
  }

  putCircuit(record: CircuitRecord, options?: PutOptions): Promise<PutOutcome> {
    return putCircuit(this.#db, this.#payloads, record, options)
  }

  async circuit(id: string): Promise<Circuit | null> {
    for (;;) {
      const row = await this.#db.read(() =>
        this.#db.sql('SELECT payload_id FROM circuit WHERE id = ?').get(id),
      )
      if (row === undefined) return null
      const bytes = await this.#payloads.read(Number(row['payload_id']))
      // Null when it was deleted while it was read: it may have come in again since, so look again.
      if (bytes !== null) return runInTurns(decodeCircuitInSteps(bytes))
    }
  }

  circuitSummaries(ids: readonly string[]): Promise<readonly (CircuitSummary | null)[]> {
    return this.#db.read(() =>
      ids.map((id) => {
        const row = this.#db.sql('SELECT * FROM circuit WHERE id = ?').get(id)
        return row === undefined ? null : this.#circuitSummary(row)
      }),
    )
  }

  findCircuits(query: CircuitCatalogueQuery): Promise<Slice<CircuitSummary>> {
    return this.#db.read(() =>
      selectPage(this.#db, 'circuit', conditionSql(query.where), query, (row) => this.#circuitSummary(row)),
    )
  }

  async deleteCircuit(id: string): Promise<boolean> {
    const dropped = await this.#db.write(() => {
      const payloadId = this.#db.sql('SELECT payload_id FROM circuit WHERE id = ?').get(id)?.['payload_id']
      if (payloadId === undefined) return null
      this.#db.sql('DELETE FROM annotation WHERE circuit_id = ?').run(id)
      this.#db.sql(`DELETE FROM subcircuit WHERE root_type = 'circuit' AND root_id = ?`).run(id)
      dropNames(this.#db, 'circuit', id)
      const payloads = [Number(payloadId), ...dropScoreSets(this.#db, id), ...dropImports(this.#db, id)]
      this.#db.sql('DELETE FROM circuit WHERE id = ?').run(id)
      for (const payload of payloads) this.#payloads.drop(payload)
      return payloads
    })
    if (dropped === null) return false
    await this.#payloads.erase(dropped)
    return true
  }

  putModel(record: SparseModelRecord): Promise<PutOutcome> {
    const { id, name, config, weightsSha256, parameterCount, nonzeroCount } = record
    return this.#db.write(() => {
      const created = this.#db.sql('SELECT 1 FROM model WHERE id = ?').get(id) === undefined
      if (created) {
        this.#db
          .sql(
            'INSERT INTO model (id, parameter_count, nonzero_count, created_at, facts) VALUES (?, ?, ?, ?, ?)',
          )
          .run(
            id,
            parameterCount,
            nonzeroCount,
            record.importRecord.importedAt,
            JSON.stringify({ config, weightsSha256 }),
          )
      }
      if (!hasImport(this.#db, record.importRecord.id)) insertImport(this.#db, record.importRecord, null)
      return { created, name: name === null ? null : giveName(this.#db, 'model', id, name) }
    })
  }

  modelSummaries(ids: readonly string[]): Promise<readonly (SparseModelSummary | null)[]> {
    return this.#db.read(() =>
      ids.map((id) => {
        const row = this.#db.sql('SELECT * FROM model WHERE id = ?').get(id)
        return row === undefined ? null : this.#modelSummary(row)
      }),
    )
  }

  findModels(query: ModelCatalogueQuery): Promise<Slice<SparseModelSummary>> {
    const where = query.nameContains === null ? ALWAYS : nameSql('model', { contains: query.nameContains })
    return this.#db.read(() => selectPage(this.#db, 'model', where, query, (row) => this.#modelSummary(row)))
  }

  deleteModel(id: string): Promise<boolean> {
    return this.#db.write(() => {
      if (this.#db.sql('SELECT 1 FROM model WHERE id = ?').get(id) === undefined) return false
      const circuit = this.#db
        .sql('SELECT id FROM circuit WHERE model_key = ? LIMIT 1')
        .get(textBytes(modelKey({ kind: 'sparse', id })))
      if (circuit !== undefined) {
        throw new Conflict(
          `the model ${id} cannot be deleted: the circuit ${String(circuit['id'])} speaks about it`,
          { hint: 'delete its circuits first' },
        )
      }
      this.#db.sql(`DELETE FROM subcircuit WHERE root_type = 'model' AND root_id = ?`).run(id)
      dropNames(this.#db, 'model', id)
      dropImports(this.#db, id)
      this.#db.sql('DELETE FROM model WHERE id = ?').run(id)
      return true
    })
  }

  resolveName(kind: NamedKind, name: string): Promise<string | null> {
    return this.#db.read(() => resolveName(this.#db, kind, name))
  }

  idsWithPrefix(kind: NamedKind, prefix: string, limit: number): Promise<readonly string[]> {
    const table = kind === 'circuit' ? 'circuit' : 'model'
    return this.#db.read(() => {
      const rows = this.#db
        .sql(`SELECT id FROM ${table} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`)
        .all(prefix, `${prefix}\u{10ffff}`, limit)
      return rows.map((row) => String(row['id']))
    })
  }

  importsOf(subjectId: string): Promise<readonly ImportRecord[]> {
    return this.#db.read(() => importsOf(this.#db, subjectId))
  }

  importRecord(id: string): Promise<ImportRecord | null> {
    return this.#db.read(() => importRecord(this.#db, id))
  }

  async residueOf(importId: string): Promise<Uint8Array | null> {
    const id = await this.#db.read(() => residueIdOf(this.#db, importId))
    return id === null ? null : this.#payloads.read(id)
  }

  scoreSetsOf(circuitId: string): Promise<readonly ScoreSet[]> {
    return scoreSetsOf(this.#db, this.#payloads, circuitId)
  }

  annotationsOf(circuitId: string): Promise<readonly Annotation[]> {
    return this.#db.read(() => {
      const rows = this.#db
        .sql('SELECT record FROM annotation WHERE circuit_id = ? ORDER BY kind, title, id')
        .all(circuitId)
      return rows.map((row) => JSON.parse(String(row['record'])) as Annotation)
    })
  }

  annotation(id: string): Promise<Annotation | null> {
    return this.#db.read(() => {
      const row = this.#db.sql('SELECT record FROM annotation WHERE id = ?').get(id)
      return row === undefined ? null : (JSON.parse(String(row['record'])) as Annotation)
    })
  }

  async componentUses(key: string, address: string, limit: number): Promise<readonly ComponentUse[]> {
    const component = printSite(parseAddress(address).site)
    const rows = await this.#db.read(() =>
      this.#db
        .sql(
          `SELECT circuit.id AS circuit_id, node.address FROM node JOIN circuit USING (payload_id)
           WHERE node.component = ? AND circuit.model_key = ? ORDER BY circuit.id, node.ordinal LIMIT ?`,
        )
        .all(component, textBytes(key), limit),
    )
    return rows.map((row) => ({ circuitId: String(row['circuit_id']), address: String(row['address']) }))
  }

  putSubcircuit({ id, rootType, rootId, expression }: SubcircuitRecord): Promise<void> {
    const root = rootType === 'circuit' ? 'circuit' : 'model'
    return this.#db.write(() => {
      if (this.#db.sql(`SELECT 1 FROM ${root} WHERE id = ?`).get(rootId) === undefined) {
        throw new NotFound(
          `the subcircuit ${id} is derived from the ${root} ${rootId}, which is not in the store`,
        )
      }
      this.#db
        .sql('INSERT OR IGNORE INTO subcircuit (id, root_type, root_id, expression) VALUES (?, ?, ?, ?)')
        .run(id, rootType, rootId, JSON.stringify(expression))
    })
  }

  async subcircuit(id: string): Promise<SubcircuitRecord | null> {
    const row = await this.#db.read(() => this.#db.sql('SELECT * FROM subcircuit WHERE id = ?').get(id))
    if (row === undefined) return null
    return {
      id,
      rootType: row['root_type'] === 'circuit' ? 'circuit' : 'model',
      rootId: String(row['root_id']),
      expression: JSON.parse(String(row['expression'])) as string,
    }
  }

  putTask(record: TaskRecord): Promise<{ readonly created: boolean }> {
    return putTask(this.#db, record)
  }

  tasks(): Promise<readonly TaskRecord[]> {
    return tasks(this.#db)
  }

  deleteTask(id: string): Promise<boolean> {
    return deleteTask(this.#db, id)
  }

  async ping(): Promise<void> {
    await this.#db.read(() => this.#db.sql('SELECT count(*) FROM circuit').get())
  }

  async close(): Promise<void> {
    this.#db.close()
  }

  #circuitSummary(row: SqlRow): CircuitSummary {
    const id = String(row['id'])
    const { modelKey, taskName, promptText } = JSON.parse(String(row['facts'])) as Pick<
      CircuitSummary,
      'modelKey' | 'taskName' | 'promptText'
    >
    return {
      id,
      names: namesOf(this.#db, 'circuit', id),
      source: row['source'] as CircuitSummary['source'],
      edgeMeaning: row['edge_meaning'] as CircuitSummary['edgeMeaning'],
      modelKey,
      taskName,
      promptText,
      nodeCount: Number(row['node_count']),
      edgeCount: Number(row['edge_count']),
      createdAt: String(row['created_at']),
      relationshipsComplete: true,
    }
  }

  #modelSummary(row: SqlRow): SparseModelSummary {
    const id = String(row['id'])
    const { config, weightsSha256 } = JSON.parse(String(row['facts'])) as Pick<
      SparseModelSummary,
      'config' | 'weightsSha256'
    >
    return {
      id,
      names: namesOf(this.#db, 'model', id),
      config,
      weightsSha256,
      parameterCount: Number(row['parameter_count']),
      nonzeroCount: Number(row['nonzero_count']),
      createdAt: String(row['created_at']),
    }
  }
}
