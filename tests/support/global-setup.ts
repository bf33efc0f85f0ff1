/**
 * Starts one Neo4j for the whole run when it is asked for: by `npm test` (`CIRCUITQL_TEST_NEO4J=1`), by `NEO4J_URI`, or
 * because it is required. Suites find it through `describeWithNeo4j`. A single unit test starts nothing.
 */
import type { Neo4jUnderTest } from './neo4j-server.js'

// Jest loads this file before its module name mapping is there, so the name must be the file's own.
const { startNeo4j, isNeo4jRequired } = require('./neo4j-server') as typeof import('./neo4j-server.js')

export interface RunGlobals {
  neo4jUnderTest?: Neo4jUnderTest
}

export default async function globalSetup(): Promise<void> {
  const { env } = process
  const wanted = env['CIRCUITQL_TEST_NEO4J'] === '1' || env['NEO4J_URI'] || isNeo4jRequired()
  if (!wanted || env['CIRCUITQL_TEST_NEO4J_URI']) return
  const server = await startNeo4j()
  if (server === null) return
  ;(globalThis as RunGlobals).neo4jUnderTest = server
  env['CIRCUITQL_TEST_NEO4J_URI'] = server.uri
  env['CIRCUITQL_TEST_NEO4J_USER'] = server.user
  env['CIRCUITQL_TEST_NEO4J_PASSWORD'] = server.password
  env['CIRCUITQL_TEST_NEO4J_OWN'] = server.own ? '1' : '0'
}
