/** Bundled examples into an empty catalogue, so that the first question has something to be asked of. */
import type { ImportDeps } from './import-files.js'
import { importFiles } from './import-files.js'
import type { NamedFile } from './ports/format-library.js'

export interface Example {
  /** Name in the catalogue. */
  readonly name: string
  readonly files: readonly NamedFile[]
}

/** Does nothing unless the catalogue holds neither circuit nor model; gives back how many came in. */
export async function loadExamples(
  examples: () => Promise<readonly Example[]>,
  deps: ImportDeps,
  signal: AbortSignal,
): Promise<number> {
  const first = { limit: 1, after: null, backwards: false }
  const circuits = await deps.store.findCircuits({
    ...first,
    where: null,
    orderBy: [{ field: 'id', direction: 'ASC' }],
  })
  const models = await deps.store.findModels({
    ...first,
    nameContains: null,
    orderBy: [{ field: 'id', direction: 'ASC' }],
  })
  if (circuits.totalCount + models.totalCount > 0) return 0
  let loaded = 0
  for (const { name, files } of await examples()) {
    await importFiles(
      { files, owner: 'examples', name },
      { signal, report: () => undefined, addRows: () => undefined },
      deps,
    )
    loaded++
  }
  return loaded
}
