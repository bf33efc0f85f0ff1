/** The history in the database is the one that neo4j-migrations writes and reads. */
import { readMigrationFolder } from '../../src/stores/neo4j/migration-folder.js'
import { openNeo4jMigrator } from '../../src/stores/neo4j/open-neo4j.js'
import { NEO4J_MIGRATIONS, type Neo4jPlace, newNeo4jPlace } from '../support/neo4j-place.js'
import { describeWithNeo4j } from '../support/with-neo4j.js'

describeWithNeo4j('the migration history in Neo4j', (server) => {
  let place: Neo4jPlace
  beforeAll(async () => {
    place = await newNeo4jPlace(server, { migrated: true })
  }, 120_000)
  afterAll(() => place.destroy(), 60_000)

  const CHAIN = `
    MATCH (b:__Neo4jMigration {version: 'BASELINE'})
    WHERE b.migrationTarget = $target OR ($target IS NULL AND b.migrationTarget IS NULL)
    MATCH path = (b)-[:MIGRATED_TO*]->(m:__Neo4jMigration)
    WITH b, m, last(relationships(path)) AS step ORDER BY length(path)
    RETURN properties(b) AS baseline, properties(m) AS node, keys(step) AS stepKeys, valueType(step.at) AS at,
      valueType(step.in) AS took, valueType(step.by) AS by, valueType(step.connectedAs) AS connectedAs,
      valueType(m.checksum) AS checksum, valueType(m.repeatable) AS repeatable, labels(m) AS labels`

  it('is a linear chain from BASELINE with the properties and types of the format', async () => {
    await expectChain(place.namespace)
  })

  it('of the database itself names no target', async () => {
    if (!server.own) {
      console.warn('SKIPPED: the history of a given server is not ours to write')
      return
    }
    const migrator = await openNeo4jMigrator({ ...place.options, migrationTarget: null })
    try {
      await migrator.up()
      await migrator.validate()
    } finally {
      await migrator.close()
    }
    await expectChain(null)
  })

  it('stands under the constraints that the format names', async () => {
    const rows = await place.db.read({
      text: 'SHOW CONSTRAINTS YIELD name, labelsOrTypes, properties',
      parameters: {},
    })
    const named = new Map(rows.map(({ name, ...rest }) => [name, rest]))
    expect(named.get('unique_version___Neo4jMigration')).toEqual({
      labelsOrTypes: ['__Neo4jMigration'],
      properties: ['version', 'migrationTarget'],
    })
    expect(named.get('__Neo4jMigrationsLock__has_unique_id')).toEqual({
      labelsOrTypes: ['__Neo4jMigrationsLock'],
      properties: ['id'],
    })
    expect(named.get('__Neo4jMigrationsLock__has_unique_name')).toEqual({
      labelsOrTypes: ['__Neo4jMigrationsLock'],
      properties: ['name'],
    })
    const indexes = await place.db.read({
      text: "SHOW INDEXES YIELD name, entityType WHERE name = 'repeated_at__Neo4jMigration' RETURN entityType",
      parameters: {},
    })
    expect(indexes).toEqual([{ entityType: 'RELATIONSHIP' }])
  })

  async function expectChain(target: string | null): Promise<void> {
    const named = target === null ? {} : { migrationTarget: target }
    const files = await readMigrationFolder(NEO4J_MIGRATIONS)
    const rows = await place.db.read({ text: CHAIN, parameters: { target } })
    expect(rows.map(({ stepKeys, ...row }) => ({ ...row, stepKeys: (stepKeys as string[]).sort() }))).toEqual(
      files.map(({ version, description, source, checksum }) => ({
        baseline: { version: 'BASELINE', ...named },
        node: { version, description, type: 'CYPHER', repeatable: false, source, checksum, ...named },
        labels: ['__Neo4jMigration'],
        stepKeys: ['at', 'by', 'connectedAs', 'in'],
        at: 'ZONED DATETIME NOT NULL',
        took: 'DURATION NOT NULL',
        by: 'STRING NOT NULL',
        connectedAs: 'STRING NOT NULL',
        checksum: 'STRING NOT NULL',
        repeatable: 'BOOLEAN NOT NULL',
      })),
    )
  }
})
