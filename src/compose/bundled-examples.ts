/** The examples of `zoo/` as files to import. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { filesToImport } from '../application/folder-files.js'
import type { Example } from '../application/load-examples.js'
import { diskFile } from '../formats/source-file.js'

/** Files of an example that say how it was made or checked, not what it is. */
const NOT_IMPORTED = ['expected.json', 'prompts.json']

export async function bundledExamples(folder: string): Promise<readonly Example[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const examples = await Promise.all(
    names.map(async (name) => {
      const inside = (await readdir(join(folder, name))).filter((file) => !NOT_IMPORTED.includes(file))
      return {
        name,
        files: await Promise.all(filesToImport(inside).map((file) => diskFile(join(folder, name, file)))),
      }
    }),
  )
  return examples.filter(({ files }) => files.length > 0)
}
