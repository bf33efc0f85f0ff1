/** Files into the catalogue: read by whatever format knows them, stored whole or not at all. */
import { InvalidInput, NotFound, throwIfAborted } from '../domain/errors.js'
import type { JobResult, JobTools } from './job-board.js'
import type { ArtefactStore } from './ports/artefact-store.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { Clock } from './ports/clock.js'
import type { FormatLibrary, NamedFile } from './ports/format-library.js'

export interface ImportRequest {
  readonly files: readonly NamedFile[]
  readonly owner: string
  /** Wanted catalogue name; only for a single circuit or model. */
  readonly name: string | null
}

export interface ImportDeps {
  readonly store: CircuitStore
  readonly artefacts: ArtefactStore
  readonly formats: FormatLibrary
  readonly clock: Clock
}

/** Imports in the order the files need; gives back the ids, each once. */
export async function importFiles(
  request: ImportRequest,
  tools: JobTools,
  deps: ImportDeps,
): Promise<JobResult> {
  const total = request.files.reduce((sum, file) => sum + file.bytes, 0)
  const circuitIds = new Set<string>()
  const modelIds = new Set<string>()
  const taskIds = new Set<string>()
  const progress = (done: number, message: string): void =>
    tools.report({ done: Math.min(done, total), total, unit: 'bytes', message })
  const context = {
    importedAt: deps.clock.now(),
    owner: request.owner,
    name: request.name,
    signal: tools.signal,
    onProgress: (bytes: number) => progress(bytes, 'reading'),
  }
  for await (const imported of deps.formats.read(request.files, context)) {
    throwIfAborted(tools.signal)
    if (imported.kind === 'circuit') {
      const { circuit } = imported.record
      await deps.store.putCircuit(imported.record, {
        signal: tools.signal,
        onProgress: (done, of) => tools.report({ done, total: of, unit: 'edges', message: 'storing' }),
      })
      circuitIds.add(circuit.id)
    } else if (imported.kind === 'task') {
      const { record, content } = imported
      await deps.artefacts.put(record.contentSha256!, chunksOf(content), content.length)
      await deps.store.putTask(record)
      taskIds.add(record.id)
    } else {
      await deps.artefacts.put(
        imported.record.weightsSha256,
        chunksOf(imported.weights),
        imported.weights.length,
      )
      await deps.store.putModel(imported.record)
      modelIds.add(imported.record.id)
    }
  }
  progress(total, 'done')
  return { circuitIds: [...circuitIds], modelIds: [...modelIds], taskIds: [...taskIds] }
}

/** Uploaded artefacts as named files; NOT_FOUND names the first that was not uploaded. */
export async function uploadedFiles(
  files: readonly { sha256: string; fileName: string }[],
  artefacts: ArtefactStore,
): Promise<NamedFile[]> {
  if (files.length === 0) throw new InvalidInput('BAD_INPUT', 'an import needs at least one file')
  return Promise.all(
    files.map(async ({ sha256, fileName }, i) => {
      const file = await artefacts.open(sha256)
      if (file === null) {
        throw new NotFound(`no upload has the hash ${sha256}`, {
          path: `input.files[${i}].sha256`,
          hint: `PUT the file to /artefacts/sha256/${sha256} first`,
        })
      }
      return {
        name: fileName,
        bytes: file.bytes,
        sha256: async () => file.sha256,
        read: file.read.bind(file),
        stream: file.stream.bind(file),
      }
    }),
  )
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20))
}
