/** The queries that the browser page opens with: `schema/example-queries.graphql`, from the sources as from the build. */
import { existsSync, readFileSync } from 'node:fs'
import { invariant } from '../domain/errors.js'

const PLACES = ['../../schema/example-queries.graphql', '../../../schema/example-queries.graphql']

export function readExampleQueries(): string {
  const file = PLACES.map((place) => new URL(place, import.meta.url)).find((place) => existsSync(place))
  invariant(file, 'the example queries lie beside the schema')
  return readFileSync(file, 'utf8')
}
