/** Processes that start together on a server without a history: none of them fails, one of them migrates. */
import { join } from 'node:path'
import { openNeo4jMigrator } from '../../src/stores/neo4j/open-neo4j.js'
import { newNeo4jPlace } from '../support/neo4j-place.js'
import { describeWithNeo4j } from '../support/with-neo4j.js'

describeWithNeo4j('the first start on Neo4j', (server) => {
  it('lets several migrators begin at once: one applies, the others are told to wait or find it done', async () => {
    const place = await newNeo4jPlace(server, { migrated: false })
    try {
      const migrationsDirectory = join(__dirname, '../../migrations/neo4j')
      const outcomes = await Promise.allSettled(
        Array.from({ length: 4 }, async () => {
          const migrator = await openNeo4jMigrator({ ...place.options, migrationsDirectory })
          try {
            return await migrator.up()
          } finally {
            await migrator.close()
          }
        }),
      )
      const applied = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []))
      const refused = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason.code] : [],
      )
      expect(applied.map(({ version }) => version)).toEqual(['0001', '0002', '0003'])
      expect(new Set(refused).size === 0 || [...new Set(refused)].join() === 'CONFLICT').toBe(true)
    } finally {
      await place.destroy()
    }
  }, 120_000)
})
