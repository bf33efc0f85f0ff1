/** Stops the Neo4j that the global set-up started. */
import type { RunGlobals } from './global-setup.js'

export default async function globalTeardown(): Promise<void> {
  await (globalThis as RunGlobals).neo4jUnderTest?.stop()
}
