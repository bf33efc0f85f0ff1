/** The `.py` files below a folder, in code-point order of their paths, so that every machine sees the same order. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { compareCodePoints } from '../../domain/code-point-order.js'
import { InvalidInput, NotFound, throwIfAborted } from '../../domain/errors.js'

export interface PythonFiles {
  /** The folder itself, links resolved. */
  readonly root: string
  /** Below the root, with `/` between folders. */
  readonly paths: readonly string[]
  /** Links are not followed: they may lead out of the folder or in circles. */
  readonly links: number
}

export const MAX_FILES = 1_000_000

/** Hidden folders and caches are left out. Throws NOT_FOUND for no folder, BAD_INPUT for one without Python. */
export async function pythonFiles(folder: string, signal: AbortSignal): Promise<PythonFiles> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw new NotFound(`there is no folder ${folder}`, { path: folder, cause })
  })
  if (!(await stat(root)).isDirectory())
    throw new InvalidInput('BAD_INPUT', `${folder} is not a folder`, { path: folder })
  const paths: string[] = []
  let links = 0
  const folders = ['']
  for (let below = folders.pop(); below !== undefined; below = folders.pop()) {
    throwIfAborted(signal)
    for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isSymbolicLink()) links++
      else if (isSource(entry)) paths.push(path)
      else if (entry.isDirectory() && !isLeftOut(entry.name)) folders.push(path)
    }
    if (paths.length > MAX_FILES)
      throw new InvalidInput('BAD_INPUT', `${folder} holds more than ${MAX_FILES} Python files`, {
        path: folder,
      })
  }
  if (paths.length === 0)
    throw new InvalidInput('BAD_INPUT', `${folder} holds no Python files`, {
      path: folder,
      hint: 'links, hidden folders and __pycache__ are not searched',
    })
  return { root, paths: paths.sort(compareCodePoints), links }
}

function isSource(entry: Dirent): boolean {
  return entry.isFile() && entry.name.endsWith('.py')
}

function isLeftOut(name: string): boolean {
  return name.startsWith('.') || name === '__pycache__' || name === 'node_modules'
}
