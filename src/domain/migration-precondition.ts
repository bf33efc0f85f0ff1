/**
 * Preconditions of neo4j-migrations: comment lines such as `// assert that edition is community` or
 * `// assume that version is ge 5.26`. An unmet `assert` refuses the migration, an unmet `assume` skips it.
 */
import { InvalidInput } from './errors.js'

export type Precondition = { readonly level: 'assert' | 'assume' } & (
  | { readonly kind: 'edition'; readonly edition: 'community' | 'enterprise' }
  /** `is` any of the versions (an exact one, or one that it begins), `lt` or `ge` the only one. */
  | { readonly kind: 'version'; readonly relation: 'is' | 'lt' | 'ge'; readonly versions: readonly string[] }
  /** A Cypher statement that must return a single `true`. */
  | { readonly kind: 'query'; readonly query: string }
)

const MARKED = /^[ \t]*\/\/[ \t]*(assert|assume)[ \t]+(.*?)[ \t]*$/i
const EDITION = /^that[ \t]+edition[ \t]+is[ \t]+(community|enterprise)$/i
const VERSION =
  /^that[ \t]+version[ \t]+is[ \t]+(?:(lt|ge)[ \t]+)?(\d+(?:\.\d+)*(?:(?:[ \t]*,[ \t]*|[ \t]+or[ \t]+)\d+(?:\.\d+)*)*)$/i
const QUERY = /^(?:in[ \t]+(?:target|schema)[ \t]+)?q'[ \t]*(.+)$/i

/** The precondition a line states, or null; throws BAD_MIGRATION for one that begins like it but cannot be read. */
export function parsePrecondition(line: string): Precondition | null {
  const marked = MARKED.exec(line)
  if (marked === null) return null
  const level = marked[1]!.toLowerCase() as 'assert' | 'assume'
  const text = marked[2]!
  const edition = EDITION.exec(text)
  if (edition)
    return { level, kind: 'edition', edition: edition[1]!.toLowerCase() as 'community' | 'enterprise' }
  const version = VERSION.exec(text)
  if (version) {
    const versions = version[2]!.split(/[ \t]*,[ \t]*|[ \t]+or[ \t]+/i)
    const relation = (version[1]?.toLowerCase() ?? 'is') as 'is' | 'lt' | 'ge'
    if (relation === 'is' || versions.length === 1) return { level, kind: 'version', relation, versions }
  }
  const query = QUERY.exec(text)
  if (query) return { level, kind: 'query', query: query[1]! }
  // Other comments may begin with these words; only what names an edition or a version was meant for us.
  if (!/^that[ \t]+(edition|version)\b/i.test(text)) return null
  throw new InvalidInput('BAD_MIGRATION', `the precondition ${JSON.stringify(line.trim())} cannot be read`, {
    hint: 'write for example: // assert that edition is community, or: // assume that version is ge 5.26',
  })
}
