/** Which files make one import: a file alone, the files of a folder that holds a sparse model, or each of a folder. */
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { filesToImport, MODEL_CONFIG } from '../application/folder-files.js'
import { InvalidInput, NotFound } from '../domain/errors.js'

export interface ImportSource {
  /** As the person wrote it, for messages. */
  readonly path: string
  readonly files: readonly { readonly path: string; readonly name: string }[]
}

/** Throws `NOT_FOUND` or `BAD_INPUT` naming the path. */
export async function importSources(path: string): Promise<readonly ImportSource[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new NotFound(`there is no readable file or folder at ${path}`, { path, cause })
  })
  if (!found.isDirectory()) return [{ path, files: [{ path, name: basename(path) }] }]
  const names = filesToImport(await readdir(path))
  if (names.length === 0) {
    throw new InvalidInput('BAD_INPUT', `the folder ${path} holds neither a sparse model nor circuit files`, {
      path,
      hint: `a sparse model is ${MODEL_CONFIG} and its weights; circuit files end in .json or .json.gz`,
    })
  }
  const files = names.map((name) => ({ path: join(path, name), name }))
  if (names.includes(MODEL_CONFIG)) return [{ path, files }]
  return files.map((file) => ({ path: file.path, files: [file] }))
}
