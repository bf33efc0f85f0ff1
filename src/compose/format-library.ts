/** Which importer reads which file, and which exporter writes which circuit: the formats behind one port. */
import type {
  BulkFormat,
  BulkPart,
  FormatLibrary,
  ImportContext,
  Imported,
  NamedFile,
  WrittenFile,
} from '../application/ports/format-library.js'
import type { ModelLibrary } from '../application/ports/model-library.js'
import { canonicalJson } from '../domain/canonical-json.js'
import { InvalidInput, throwIfAborted } from '../domain/errors.js'
import type { Circuit, GraphData } from '../domain/graph-data.js'
import type { ImportRecord, SparseModelRecord } from '../domain/records.js'
import { isSha256, sha256Hex } from '../domain/sha256.js'
import type { SparseModelData } from '../domain/sparse-model-data.js'
import { taskRecord } from '../domain/task.js'
import { graphArrow } from '../formats/bulk/graph-arrow.js'
import { graphJsonLines } from '../formats/bulk/graph-json-lines.js'
import { looksLikeAttributionGraph } from '../formats/circuit-tracer/looks-like.js'
import { readAttributionGraph } from '../formats/circuit-tracer/read-attribution-graph.js'
import { writeAttributionGraph } from '../formats/circuit-tracer/write-attribution-graph.js'
import { looksLikeCircuitJson, readCircuitJson } from '../formats/circuitql-json/read-circuit-json.js'
import { writeCircuitJson, writeShortCircuitJson } from '../formats/circuitql-json/write-circuit-json.js'
import { importRecordOf } from '../formats/import-record.js'
import { encodeModelArtefact } from '../formats/sparse-release/model-artefact.js'
import {
  CONFIG_FILE,
  MODEL_FILES,
  readSparseModel,
  SPARSE_RELEASE_FORMAT,
  SPARSE_RELEASE_VERSION,
} from '../formats/sparse-release/read-sparse-model.js'
import { writeSparseModel } from '../formats/sparse-release/write-sparse-model.js'
import { looksLikeTask, readTask } from '../formats/task-jsonl/read-task.js'
import { modelConfigJson } from '../model/model-config.js'

const HEAD_BYTES = 1 << 16
const MAX_TASK_BYTES = 64 << 20

export class Formats implements FormatLibrary {
  readonly #library: Pick<ModelLibrary, 'load'>
  readonly #resolveModel: (name: string) => Promise<string | null>

  constructor(library: Pick<ModelLibrary, 'load'>, resolveModel: (name: string) => Promise<string | null>) {
    this.#library = library
    this.#resolveModel = resolveModel
  }

  /** A model first, so that circuits of the same import find it. */
  async *read(files: readonly NamedFile[], context: ImportContext): AsyncGenerator<Imported> {
    const isModel = files.some((file) => file.name === CONFIG_FILE)
    const modelFiles = isModel ? files.filter((file) => MODEL_FILES.includes(file.name)) : []
    const others = files.filter((file) => !modelFiles.includes(file))
    let bytesDone = 0
    let imported: SparseModelData | null = null
    if (isModel) {
      const { record, weights, data } = await readModel(modelFiles, context)
      imported = data
      yield { kind: 'model', record, weights }
      bytesDone = modelFiles.reduce((sum, file) => sum + file.bytes, 0)
      context.onProgress(bytesDone)
    }
    for (const file of others) {
      throwIfAborted(context.signal)
      // Names are unique per kind: a model and the one circuit that came with it share theirs.
      const name = others.length > 1 ? null : context.name
      const before = bytesDone
      const own = { ...context, name, onProgress: (bytes: number) => context.onProgress(before + bytes) }
      if (looksLikeTask(await file.read(0, HEAD_BYTES))) yield await readTaskFile(file, own)
      else yield { kind: 'circuit', record: await this.#readCircuit(file, own, imported) }
      bytesDone += file.bytes
      context.onProgress(bytesDone)
    }
  }

  writeModel(model: SparseModelData): readonly WrittenFile[] {
    return writeSparseModel(model)
  }

  bulk(graph: GraphData, format: BulkFormat, facts: Readonly<Record<string, string>>, row: number): BulkPart {
    return format === 'ARROW' ? graphArrow(graph, facts, row) : graphJsonLines(graph, facts, row)
  }

  write(
    circuit: Circuit,
    origin: { readonly record: ImportRecord; readonly residue: Uint8Array | null } | null,
  ): { fileName: string; content: AsyncIterable<Uint8Array> } {
    const stem =
      origin?.record.files[0]?.name.replace(/\.json(\.gz)?$/, '') ?? `circuit-${circuit.id.slice(0, 12)}`
    if (circuit.source === 'ATTRIBUTION_GRAPH') {
      return { fileName: `${stem}.json`, content: writeAttributionGraph(circuit, origin?.residue ?? null) }
    }
    return { fileName: `${stem}.json`, content: this.#writeOwn(circuit) }
  }

  async *#writeOwn(circuit: Circuit): AsyncGenerator<Uint8Array> {
    const model = circuit.model.kind === 'sparse' ? await this.#library.load(circuit.model.id) : null
    yield (model && (await writeShortCircuitJson(circuit, model))) ?? writeCircuitJson(circuit)
  }

  async #readCircuit(file: NamedFile, context: ImportContext, imported: SparseModelData | null) {
    const head = await file.read(0, HEAD_BYTES)
    if (looksLikeCircuitJson(head))
      return readCircuitJson(file, (reference) => this.#modelOf(reference, imported), context)
    if (looksLikeAttributionGraph(head)) return readAttributionGraph(file, context)
    throw new InvalidInput('BAD_FILE', `no importer knows the format of ${file.name}`, {
      path: file.name,
      hint: 'known are circuit-tracer attribution graphs (.json, .json.gz), circuitql circuits (.json), tasks (.jsonl), and sparse models: beeg_config.json with model.safetensors or final_model.pt',
    })
  }

  /** By id, by name in the catalogue, or the model that came in the same import. */
  async #modelOf(reference: string, imported: SparseModelData | null): Promise<SparseModelData> {
    if (imported !== null && (imported.id === reference || !isSha256(reference))) return imported
    const id = isSha256(reference) ? reference : await this.#resolveModel(reference)
    if (id === null) {
      throw new InvalidInput(
        'BAD_INPUT',
        `the circuit speaks of the model ${JSON.stringify(reference)}, which the catalogue does not have`,
        {
          hint: 'import the model first, or both in one import',
        },
      )
    }
    return this.#library.load(id)
  }
}

/** Examples are kept as canonical JSON: one content, one artefact, one id. */
async function readTaskFile(file: NamedFile, context: ImportContext): Promise<Imported> {
  if (file.bytes > MAX_TASK_BYTES)
    throw new InvalidInput(
      'BAD_FILE',
      `${file.name} has ${file.bytes} bytes, a task at most ${MAX_TASK_BYTES}`,
    )
  const read = readTask(new TextDecoder().decode(await file.read(0, file.bytes)), file.name)
  const task = context.name === null ? read : { ...read, name: context.name }
  const content = new TextEncoder().encode(canonicalJson(JSON.parse(JSON.stringify(task))))
  const more = { source: 'FILE', contentSha256: sha256Hex(content), createdAt: context.importedAt } as const
  return { kind: 'task', record: taskRecord(task, more), content }
}

async function readModel(
  files: readonly NamedFile[],
  context: ImportContext,
): Promise<{ record: SparseModelRecord; weights: Uint8Array; data: SparseModelData }> {
  const { data, findings, metadata, files: read, parameterCount, nonzeroCount } = await readSparseModel(files)
  const weights = encodeModelArtefact(data)
  const importRecord = await importRecordOf(
    {
      subjectId: data.id,
      format: SPARSE_RELEASE_FORMAT,
      formatVersion: SPARSE_RELEASE_VERSION,
      findings,
      metadata,
    },
    read,
    context,
  )
  const record: SparseModelRecord = {
    id: data.id,
    name: context.name,
    config: modelConfigJson(data.config),
    weightsSha256: sha256Hex(weights),
    parameterCount,
    nonzeroCount,
    importRecord,
  }
  return { record, weights, data }
}
