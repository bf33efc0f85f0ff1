/**
 * Where circuits and models rest. Written by the use cases that need it; both stores pass one contract suite
 * (`tests/contract/circuit-store.ts`). A difference between stores is a written sentence.
 */
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

export interface PutOptions {
  readonly signal?: AbortSignal
  /** Called with edges written so far; for the job's progress. */
  readonly onProgress?: (done: number, total: number) => void
}

export interface PutOutcome {
  /** False when a circuit or model of this content was there already (its import record is added all the same). */
  readonly created: boolean
  /** The catalogue name it got, or null. A wanted name that another one holds becomes `<name>-<first 8 of the id>`. */
  readonly name: string | null
}

export interface SubcircuitRecord {
  /** Hash of (root, expression). */
  readonly id: string
  /** Circuit or model it is derived from. */
  readonly rootType: 'circuit' | 'model'
  readonly rootId: string
  /** Canonical JSON of the expression. */
  readonly expression: string
}

/** A place of a model that circuits use, with the circuits that use it. */
export interface ComponentUse {
  readonly circuitId: string
  readonly address: string
}

export interface StoreDescription {
  readonly kind: 'embedded' | 'neo4j'
  /** Engine and version, e.g. `SQLite 3.53.0 (node:sqlite)`, `Neo4j 5.26.30 community`. */
  readonly engine: string
  readonly schemaVersion: string
}

export interface CircuitStore {
  describe(): Promise<StoreDescription>

  /** All or nothing, idempotent by content hash, safe beside other writers. Rejects with CANCELLED on abort. */
  putCircuit(record: CircuitRecord, options?: PutOptions): Promise<PutOutcome>
  /** The whole graph, or null. */
  circuit(id: string): Promise<Circuit | null>
  /** In the order of `ids`; null where there is none. */
  circuitSummaries(ids: readonly string[]): Promise<readonly (CircuitSummary | null)[]>
  findCircuits(query: CircuitCatalogueQuery): Promise<Slice<CircuitSummary>>
  /** With its nodes, edges, payload, names, imports, scores, annotations and subcircuits. False when there was none. */
  deleteCircuit(id: string): Promise<boolean>

  putModel(record: SparseModelRecord): Promise<PutOutcome>
  modelSummaries(ids: readonly string[]): Promise<readonly (SparseModelSummary | null)[]>
  findModels(query: ModelCatalogueQuery): Promise<Slice<SparseModelSummary>>
  /** Refuses with CONFLICT while a circuit speaks about the model. False when there was none. */
  deleteModel(id: string): Promise<boolean>

  /** The id that a catalogue name stands for, or null. */
  resolveName(kind: 'circuit' | 'model', name: string): Promise<string | null>
  /** Ids that begin with the prefix (at most `limit`), in code-point order. */
  idsWithPrefix(kind: 'circuit' | 'model', prefix: string, limit: number): Promise<readonly string[]>

  /** Oldest first. */
  importsOf(subjectId: string): Promise<readonly ImportRecord[]>
  importRecord(id: string): Promise<ImportRecord | null>
  residueOf(importId: string): Promise<Uint8Array | null>
  scoreSetsOf(circuitId: string): Promise<readonly ScoreSet[]>
  /** By kind, title, id. */
  annotationsOf(circuitId: string): Promise<readonly Annotation[]>
  annotation(id: string): Promise<Annotation | null>
  /** Which circuits use a place of a model: by circuit id. */
  componentUses(modelKey: string, address: string, limit: number): Promise<readonly ComponentUse[]>

  /** Idempotent. */
  putSubcircuit(record: SubcircuitRecord): Promise<void>
  subcircuit(id: string): Promise<SubcircuitRecord | null>

  /** Idempotent; CONFLICT where another task has this name and version. */
  putTask(record: TaskRecord): Promise<{ readonly created: boolean }>
  /** Every imported task, in the order of ids. */
  tasks(): Promise<readonly TaskRecord[]>
  /** False when there was none. */
  deleteTask(id: string): Promise<boolean>

  /** Resolves when the store answers; rejects with UNAVAILABLE otherwise. */
  ping(): Promise<void>
  close(): Promise<void>
}
