/** What rests beside an immutable graph in the catalogue: how it came in, named scores, notes. */

import type { JsonValue } from './canonical-json.js'
import type { CircuitSource, EdgeMeaning } from './edge-meaning.js'
import type { Circuit } from './graph-data.js'

/** A repaired, dropped or ambiguous item of an import, in one sentence. */
export interface ImportFinding {
  readonly severity: 'REPAIRED' | 'DROPPED' | 'AMBIGUOUS' | 'NOTE'
  /** Stable word for machines, e.g. `ID_COLLISION`. */
  readonly code: string
  readonly message: string
  /** How many items it concerns. */
  readonly count: number
}

export interface ImportRecord {
  /** SHA-256 over format, file hashes and the graph's id: the same files give the same record. */
  readonly id: string
  /** The circuit or model that came in. */
  readonly subjectId: string
  /** Format name and version, e.g. `circuit-tracer`, `1`. */
  readonly format: string
  readonly formatVersion: string
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[]
  /** ISO 8601, UTC. */
  readonly importedAt: string
  readonly owner: string
  readonly findings: readonly ImportFinding[]
  /** File metadata as it stood in the file (slug, scan, info, settings …). */
  readonly metadata: JsonValue
}

/** Named scores of a circuit's nodes, with unit, sign and method. */
export interface ScoreSet {
  /** Unique in its circuit, e.g. `influence`. */
  readonly name: string
  readonly of: 'NODES'
  readonly unit: string
  /** What larger means, in words. */
  readonly sign: string
  readonly method: string
  readonly importId: string | null
  /** One per node in canonical order; null is unscored. */
  readonly values: readonly (number | null)[]
}

export const ANNOTATION_KINDS = ['LABEL', 'NOTE', 'SUPERNODE', 'PINS', 'VIEW'] as const
export type AnnotationKind = (typeof ANNOTATION_KINDS)[number]

/** Mutable, owned, versioned; stands beside an immutable graph. */
export interface Annotation {
  readonly id: string
  readonly version: number
  readonly kind: AnnotationKind
  readonly circuitId: string
  readonly owner: string
  readonly title: string
  readonly text: string | null
  /** Node addresses it speaks of. */
  readonly members: readonly string[]
  /** Settings of a view that have no field of their own (linkType, clickedId, sg_pos …). */
  readonly settings: JsonValue
  readonly updatedAt: string
}

/** All that an import hands to a store in one piece: either everything becomes visible, or nothing. */
export interface CircuitRecord {
  readonly circuit: Circuit
  /** Wanted catalogue name; a store gives it if it is free (see `CircuitStore.putCircuit`). */
  readonly name: string | null
  readonly importRecord: ImportRecord
  /** What the file says beyond the graph, so that export gives the file back; format-private bytes. */
  readonly residue: Uint8Array | null
  readonly scoreSets: readonly ScoreSet[]
  readonly annotations: readonly Annotation[]
}

/** What the catalogue knows of a circuit without opening its payload. */
export interface CircuitSummary {
  readonly id: string
  readonly names: readonly string[]
  readonly source: CircuitSource
  readonly edgeMeaning: EdgeMeaning
  /** See `modelKey`. */
  readonly modelKey: string
  readonly taskName: string | null
  readonly promptText: string | null
  readonly nodeCount: number
  readonly edgeCount: number
  /** ISO 8601, UTC: when this store first took it in. */
  readonly createdAt: string
  /** Does the store hold every edge as its own relation (Neo4j beyond its limit: false)? */
  readonly relationshipsComplete: boolean
}

export interface SparseModelRecord {
  /** Content hash: configuration with defaults, then tensors (see `model/model-hash.ts`). */
  readonly id: string
  readonly name: string | null
  /** Configuration with every default filled in. */
  readonly config: JsonValue
  /** Artefact that holds the tensors as safetensors; SHA-256 hex. */
  readonly weightsSha256: string
  readonly parameterCount: number
  readonly nonzeroCount: number
  readonly importRecord: ImportRecord
}

export interface SparseModelSummary {
  readonly id: string
  readonly names: readonly string[]
  readonly config: JsonValue
  readonly weightsSha256: string
  readonly parameterCount: number
  readonly nonzeroCount: number
  readonly createdAt: string
}
