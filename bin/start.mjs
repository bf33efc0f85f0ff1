/** `npm start`: set-up, then the server in this very process, so that signals and exit status are its own. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { orExplain, ROOT, setUp } from './setup.mjs'

await orExplain(async () => {
  await setUp()
  const entry = join(ROOT, 'dist/src/server/main.js')
  process.argv[1] = entry
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(entry).href)
})
