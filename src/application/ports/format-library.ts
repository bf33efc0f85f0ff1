/** Reads and writes circuit files; the use cases name no format. */
import type { Circuit, GraphData } from '../../domain/graph-data.js'
import type { CircuitRecord, ImportRecord, SparseModelRecord } from '../../domain/records.js'
import type { SparseModelData } from '../../domain/sparse-model-data.js'
import type { TaskRecord } from '../../domain/task.js'
import type { ArtefactFile } from './artefact-store.js'

export interface NamedFile extends Omit<ArtefactFile, 'sha256'> {
  readonly name: string
  sha256(): Promise<string>
}

export type Imported =
  | { readonly kind: 'circuit'; readonly record: CircuitRecord }
  /** `weights` is the artefact that holds the model; its SHA-256 is `record.weightsSha256`. */
  | { readonly kind: 'model'; readonly record: SparseModelRecord; readonly weights: Uint8Array }
  /** `content` is the artefact that holds the examples; its SHA-256 is `record.contentSha256`. */
  | { readonly kind: 'task'; readonly record: TaskRecord; readonly content: Uint8Array }

export interface ImportContext {
  readonly importedAt: string
  readonly owner: string
  readonly name: string | null
  readonly signal: AbortSignal
  readonly onProgress: (bytesDone: number) => void
}

/** Shapes for machines that any graph can be written in. */
export type BulkFormat = 'ARROW' | 'JSONL'

/** Some rows of a graph as one of them: the parts from row 0 on, one after the other, are the file. */
export interface BulkPart {
  /** In memory of its own, which can be handed to another thread. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Row that the next part begins with; null after the last. */
  readonly next: number | null
}

export interface WrittenFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface FormatLibrary {
  /** Sorts files into imports by format (a sparse model is several files); BAD_FILE for one that no format knows. */
  read(files: readonly NamedFile[], context: ImportContext): AsyncIterable<Imported>
  /** The circuit in its own format; with residue and record the original file comes back. */
  write(
    circuit: Circuit,
    origin: { readonly record: ImportRecord; readonly residue: Uint8Array | null } | null,
  ): { readonly fileName: string; readonly content: AsyncIterable<Uint8Array> }
  /** A model as the files of the released layout. */
  writeModel(model: SparseModelData): readonly WrittenFile[]
  /** A few megabytes of any graph, from a row on; `facts` stand at the head of the first part. */
  bulk(graph: GraphData, format: BulkFormat, facts: Readonly<Record<string, string>>, row: number): BulkPart
}
