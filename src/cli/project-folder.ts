/** From dist/src/cli as from src/cli: the nearest package.json above is the project's. */
import { existsSync } from 'node:fs'

export function projectFolder(from = new URL('.', import.meta.url)): URL {
  if (existsSync(new URL('package.json', from))) return from
  const above = new URL('..', from)
  if (above.href === from.href) throw new Error('no package.json stands above the command line')
  return projectFolder(above)
}
