/** The child process of the embedded store's kill tests: `DIRECTORY MIGRATIONS FIRST_SEED`. */
import { openEmbeddedStore } from '../../src/stores/embedded/open-embedded.js'
import { importForever } from './import-forever.js'

async function main(): Promise<void> {
  const [directory, migrationsDirectory, firstSeed] = process.argv.slice(2) as [string, string, string]
  await importForever(await openEmbeddedStore({ directory, migrationsDirectory }), Number(firstSeed))
}

void main()
