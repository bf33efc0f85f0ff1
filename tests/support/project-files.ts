/** The project's own files, as git would hand them to others. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const PROJECT_ROOT = resolve(__dirname, '../..')

const BUILT_OR_FETCHED = new Set(['node_modules', 'dist', 'data', '.cache', '.git', 'coverage'])

/** Paths from the root with forward slashes: tracked files and new ones that git does not ignore. */
export function projectFiles(): string[] {
  if (!existsSync(join(PROJECT_ROOT, '.git'))) return filesBelow('')
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: PROJECT_ROOT,
    encoding: 'utf8',
  })
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(PROJECT_ROOT, path)))
}

/** A copy without its history (an archive) has no git to ask. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (folder === '' && BUILT_OR_FETCHED.has(entry.name)) return []
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}
