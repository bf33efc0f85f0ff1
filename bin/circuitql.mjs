#!/usr/bin/env node
/** `npx circuitql …`: quiet set-up, then the command line in this very process. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { orExplain, ROOT, setUp } from './setup.mjs'

await orExplain(async () => {
  await setUp({ quiet: true })
  const entry = join(ROOT, 'dist/src/cli/main.js')
  process.argv[1] = entry
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(entry).href)
})
