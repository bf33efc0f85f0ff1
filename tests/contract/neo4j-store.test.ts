import { join } from 'node:path'
import { openNeo4jMigrator, openNeo4jStore } from '../../src/stores/neo4j/open-neo4j.js'
import {
  countLeftovers,
  leaveMigrationLock,
  NEO4J_MIGRATIONS,
  newNeo4jPlace,
} from '../support/neo4j-place.js'
import { spawnTypeScript } from '../support/typescript-child.js'
import { describeWithNeo4j, type Neo4jForTests } from '../support/with-neo4j.js'
import { describeCircuitStore, type StorePlace } from './circuit-store.js'

describeWithNeo4j('with a real server', (server) => {
  describeCircuitStore({ name: 'the Neo4j store', newPlace: (wanted) => newPlace(server, wanted) })
})

async function newPlace(server: Neo4jForTests, wanted: { readonly migrated: boolean }): Promise<StorePlace> {
  const place = await newNeo4jPlace(server, wanted)
  return {
    open: () => openNeo4jStore(place.options),
    openMigrator: async (migrationsDirectory = NEO4J_MIGRATIONS) => {
      const migrator = await openNeo4jMigrator({ ...place.options, migrationsDirectory })
      return { migrator, close: () => migrator.close() }
    },
    migrationsDirectory: NEO4J_MIGRATIONS,
    migrationExtension: 'cypher',
    leaveMigrationLock: async () => {
      await leaveMigrationLock(place)
    },
    spawnImporter: (firstSeed) =>
      spawnTypeScript(join(__dirname, '../support/neo4j-importer.ts'), [
        JSON.stringify(place.options),
        String(firstSeed),
      ]),
    countLeftovers: (id) => countLeftovers(place, id),
    destroy: () => place.destroy(),
  }
}
