/** The importing process of the kill test on Neo4j: `neo4j-importer.ts OPTIONS-AS-JSON FIRST-SEED`. */
import { openNeo4jStore } from '../../src/stores/neo4j/open-neo4j.js'
import { importForever } from './import-forever.js'

const [options, firstSeed] = process.argv.slice(2)

void openNeo4jStore(JSON.parse(options!)).then((store) => importForever(store, Number(firstSeed)))
