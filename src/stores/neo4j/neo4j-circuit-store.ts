/** The circuit store on Neo4j; see the port for what each method promises. */
import { randomUUID } from 'node:crypto'
import type {
  CircuitStore,
  ComponentUse,
  PutOptions,
  PutOutcome,
  StoreDescription,
  SubcircuitRecord,
} from '../../application/ports/circuit-store.js'
import type { Circuit } from '../../domain/graph-data.js'
import type {
  Annotation,
  CircuitRecord,
  CircuitSummary,
  ImportRecord,
  ScoreSet,
  SparseModelRecord,
  SparseModelSummary,
} from '../../domain/records.js'
import type { TaskRecord } from '../../domain/task.js'
import type { CircuitCatalogueQuery, ModelCatalogueQuery, Slice } from '../../query/catalogue-query.js'
import { annotation, annotationsOf } from './annotations.js'
import { circuitSummaries, findCircuits, findModels, idsWithPrefix } from './catalogue.js'
import { readCircuit } from './circuit-payload-chunks.js'
import { componentUses } from './component-uses.js'
import { eraseCircuit } from './erase-circuit.js'
import { importRecord, importsOf, residueOf } from './import-records.js'
import { type NamedKind, resolveName } from './names.js'
import type { Neo4jDatabase } from './neo4j-database.js'
import { putCircuit } from './put-circuit.js'
import { scoreSetsOf } from './score-sets.js'
import { serverEngine } from './server-engine.js'
import { deleteModel, modelSummaries, putModel } from './sparse-models.js'
import { putSubcircuit, subcircuit } from './subcircuits.js'
import { deleteTask, putTask, tasks } from './tasks.js'

export interface Neo4jStoreSettings {
  /** Keeps catalogues in one database apart. */
  readonly namespace: string
  /** Edges of one circuit that become relationships. */
  readonly relationshipLimit: number
  readonly schemaVersion: string
}

export class Neo4jCircuitStore implements CircuitStore {
  readonly #db: Neo4jDatabase
  readonly #ns: string
  readonly #settings: Neo4jStoreSettings

  /** Use `openNeo4jStore`. */
  constructor(db: Neo4jDatabase, settings: Neo4jStoreSettings) {
    this.#db = db
    this.#ns = settings.namespace
    this.#settings = settings
  }

  async describe(): Promise<StoreDescription> {
    const engine = await serverEngine(this.#db)
    return {
      kind: 'neo4j',
      engine: `Neo4j ${engine.version} ${engine.edition}`,
      schemaVersion: this.#settings.schemaVersion,
    }
  }

  putCircuit(record: CircuitRecord, options?: PutOptions): Promise<PutOutcome> {
    return putCircuit(this.#db, this.#ns, record, this.#settings.relationshipLimit, options)
  }

  circuit(id: string): Promise<Circuit | null> {
    return readCircuit(this.#db, this.#ns, id)
  }

  circuitSummaries(ids: readonly string[]): Promise<readonly (CircuitSummary | null)[]> {
    return circuitSummaries(this.#db, this.#ns, ids)
  }

  findCircuits(query: CircuitCatalogueQuery): Promise<Slice<CircuitSummary>> {
    return findCircuits(this.#db, this.#ns, query)
  }

  deleteCircuit(id: string): Promise<boolean> {
    return eraseCircuit(this.#db, this.#ns, id, randomUUID(), ['ready'])
  }

  putModel(record: SparseModelRecord): Promise<PutOutcome> {
    return putModel(this.#db, this.#ns, record, randomUUID())
  }

  modelSummaries(ids: readonly string[]): Promise<readonly (SparseModelSummary | null)[]> {
    return modelSummaries(this.#db, this.#ns, ids)
  }

  findModels(query: ModelCatalogueQuery): Promise<Slice<SparseModelSummary>> {
    return findModels(this.#db, this.#ns, query)
  }

  deleteModel(id: string): Promise<boolean> {
    return deleteModel(this.#db, this.#ns, id, randomUUID())
  }

  resolveName(kind: NamedKind, name: string): Promise<string | null> {
    return resolveName(this.#db, this.#ns, kind, name)
  }

  idsWithPrefix(kind: NamedKind, prefix: string, limit: number): Promise<readonly string[]> {
    return idsWithPrefix(this.#db, this.#ns, kind, prefix, limit)
  }

  importsOf(subjectId: string): Promise<readonly ImportRecord[]> {
    return importsOf(this.#db, this.#ns, subjectId)
  }

  importRecord(id: string): Promise<ImportRecord | null> {
    return importRecord(this.#db, this.#ns, id)
  }

  residueOf(importId: string): Promise<Uint8Array | null> {
    return residueOf(this.#db, this.#ns, importId)
  }

  scoreSetsOf(circuitId: string): Promise<readonly ScoreSet[]> {
    return scoreSetsOf(this.#db, this.#ns, circuitId)
  }

  annotationsOf(circuitId: string): Promise<readonly Annotation[]> {
    return annotationsOf(this.#db, this.#ns, circuitId)
  }

  annotation(id: string): Promise<Annotation | null> {
    return annotation(this.#db, this.#ns, id)
  }

  async componentUses(modelKey: string, address: string, limit: number): Promise<readonly ComponentUse[]> {
    return componentUses(this.#db, this.#ns, modelKey, address, limit)
  }

  putSubcircuit(record: SubcircuitRecord): Promise<void> {
    return putSubcircuit(this.#db, this.#ns, record, randomUUID())
  }

  subcircuit(id: string): Promise<SubcircuitRecord | null> {
    return subcircuit(this.#db, this.#ns, id)
  }

  putTask(record: TaskRecord): Promise<{ readonly created: boolean }> {
    return putTask(this.#db, this.#ns, record, randomUUID())
  }

  tasks(): Promise<readonly TaskRecord[]> {
    return tasks(this.#db, this.#ns)
  }

  deleteTask(id: string): Promise<boolean> {
    return deleteTask(this.#db, this.#ns, id)
  }

  ping(): Promise<void> {
    return this.#db.ping()
  }

  close(): Promise<void> {
    return this.#db.close()
  }
}
