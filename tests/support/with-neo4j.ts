/** Suites that need a real Neo4j: run with it, skipped and said so without it, or failed where it is required. */
export interface Neo4jForTests {
  readonly uri: string
  readonly user: string
  /** Null: no credentials are sent. */
  readonly password: string | null
  /** Did this test run start it? What all users of a server share may be written only then. */
  readonly own: boolean
}

export function describeWithNeo4j(name: string, suite: (server: Neo4jForTests) => void): void {
  const { env } = process
  const uri = env['CIRCUITQL_TEST_NEO4J_URI']
  if (uri) {
    describe(name, () =>
      suite({
        uri,
        user: env['CIRCUITQL_TEST_NEO4J_USER'] ?? 'neo4j',
        password: env['CIRCUITQL_TEST_NEO4J_PASSWORD'] || null,
        own: env['CIRCUITQL_TEST_NEO4J_OWN'] === '1',
      }),
    )
    return
  }
  if (env['CIRCUITQL_REQUIRE']?.split(',').includes('neo4j')) {
    describe(name, () => {
      it('needs Neo4j', () => {
        throw new Error('Neo4j is required, but the test run has none')
      })
    })
    return
  }
  console.warn(`SKIPPED (no Neo4j: run npm test with Java 17 and Maven, or set NEO4J_URI): ${name}`)
  describe.skip(name, () => {
    it('needs Neo4j', () => {})
  })
}
