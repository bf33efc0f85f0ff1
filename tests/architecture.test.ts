/** Holds the house together: rooms and arrows, a word at each door, nothing of this machine, one copy of graphql. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importTableMarkdown, ROOMS, type Room } from './support/architecture.js'
import { cycles, type FileMap, importsOf, violations } from './support/import-graph.js'
import { PROJECT_ROOT, projectFiles } from './support/project-files.js'

const ALL = projectFiles()
const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8')
const SOURCES: FileMap = new Map(
  ALL.filter((path) => /^(src|schema|resolvers)\/.*\.ts$/.test(path)).map((path) => [path, read(path)]),
)

describe('rooms and arrows', () => {
  it('are those of the table', () => {
    expect(SOURCES.size).toBeGreaterThan(50)
    expect(violations(SOURCES, ROOMS)).toEqual([])
  })

  it('make no circle between files', () => {
    expect(cycles(SOURCES)).toEqual([])
  })

  it('name only rooms that the table has, and stores never name each other', () => {
    const paths = ROOMS.map(({ path }) => path)
    for (const { path, rooms } of ROOMS) {
      expect(rooms.filter((name) => !paths.includes(name))).toEqual([])
      if (path.startsWith('src/stores/'))
        expect(rooms.filter((name) => name.startsWith('src/stores'))).toEqual([])
    }
  })

  it('let only entry files import the composition', () => {
    const importers = ROOMS.filter(({ rooms }) => rooms.includes('src/compose.ts')).map(({ path }) => path)
    expect(importers.sort()).toEqual([
      'src/cli/main.ts',
      'src/server/main.ts',
      'src/server/question-worker.ts',
    ])
  })

  const readme = join(PROJECT_ROOT, 'README.md')
  ;(existsSync(readme) ? it : it.skip)('stand in the README as one table', () => {
    expect(readFileSync(readme, 'utf8')).toContain(importTableMarkdown())
  })
})

describe('the architecture test itself', () => {
  const faults = (files: Record<string, string>, rooms: readonly Room[] = ROOMS): string[] =>
    violations(new Map(Object.entries(files)), rooms)

  it.each<[string, string, string, RegExp]>([
    [
      'an arrow out of the domain',
      'src/domain/x.ts',
      "import { a } from '../stores/neo4j/y.js'",
      /src\/domain may import only itself/,
    ],
    [
      'a type-only arrow',
      'src/domain/x.ts',
      "import type { A } from '../query/y.js'",
      /imports src\/query\/y\.ts/,
    ],
    [
      'an arrow in a re-export',
      'src/graph/x.ts',
      "export * from '../engine/y.js'",
      /imports src\/engine\/y\.ts/,
    ],
    [
      'an arrow in a named re-export',
      'src/graph/x.ts',
      "export { a } from '../engine/y.js'",
      /imports src\/engine\/y\.ts/,
    ],
    [
      'an arrow inside a type',
      'src/graph/x.ts',
      "type A = import('../engine/y.js').A",
      /imports src\/engine\/y\.ts/,
    ],
    [
      'an arrow inside a function',
      'src/graph/x.ts',
      "const f = async () => import('../engine/y.js')",
      /imports src\/engine\/y\.ts/,
    ],
    [
      'an arrow that nobody can read',
      'src/graph/x.ts',
      'const f = (name: string) => import(name)',
      /name is computed/,
    ],
    [
      'a store that imports another',
      'src/stores/neo4j/x.ts',
      "import { a } from '../embedded/y.js'",
      /imports src\/stores\/embedded\/y\.ts/,
    ],
    [
      'a command that imports the composition',
      'src/cli/x.ts',
      "import { compose } from '../compose.js'",
      /imports src\/compose\.ts/,
    ],
    [
      'a room below the rim that fetches settings',
      'src/application/x.ts',
      "import { settingsFrom } from '../settings.js'",
      /imports src\/settings\.ts/,
    ],
    [
      'a driver outside its store',
      'src/application/x.ts',
      "import neo4j from 'neo4j-driver'",
      /the package neo4j-driver/,
    ],
    [
      'a part of a scoped package',
      'src/graph/x.ts',
      "import a from '@apollo/server/express4'",
      /the package @apollo\/server/,
    ],
    [
      'a module of Node where none belongs',
      'src/query/x.ts',
      "import { readFileSync } from 'node:fs'",
      /node:fs/,
    ],
    [
      'a hash outside the one file for hashes',
      'src/domain/x.ts',
      "import { createHash } from 'node:crypto'",
      /node:crypto/,
    ],
    ['a file that stands in no room', 'src/x.ts', '', /stands in no room/],
  ])('finds %s', (_, path, text, sentence) => {
    expect(faults({ [path]: text })).toEqual([expect.stringMatching(sentence)])
  })

  it('accepts what the table allows', () => {
    expect(
      faults({
        'src/domain/sha256.ts': "import { createHash } from 'node:crypto'",
        'src/graph/x.ts': "import type { A } from '../domain/a.js'\nimport { b } from './b.js'",
        'src/stores/neo4j/x.ts': "import type { P } from '../../application/ports/p.js'",
        'src/cli/main.ts': "import { compose } from '../compose.js'",
      }),
    ).toEqual([])
  })

  it('does not take words in comments and strings for imports', () => {
    expect(importsOf("// import '../a.js'\nconst s = `import x from '../b.js'`")).toEqual([])
  })

  it('finds circles of any length, type-only ones too', () => {
    const files = new Map([
      ['src/domain/a.ts', "import type { B } from './b.js'"],
      ['src/domain/b.ts', "import { c } from './c.js'"],
      ['src/domain/c.ts', "export { a } from './a.js'"],
      ['src/domain/d.ts', "import { a } from './a.js'"],
      ['src/domain/e.ts', "import './e.js'"],
    ])
    expect(cycles(files)).toEqual([
      ['src/domain/a.ts', 'src/domain/b.ts', 'src/domain/c.ts'],
      ['src/domain/e.ts'],
    ])
    files.set('src/domain/c.ts', '')
    expect(cycles(files)).toEqual([['src/domain/e.ts']])
  })
})

describe('a room', () => {
  const folders = new Set(
    [...SOURCES.keys()].map((path) => ROOMS.find((room) => path.startsWith(`${room.path}/`))?.path),
  )
  const rooms = [...folders, 'migrations', 'zoo', 'bench'].filter(
    (path): path is string => path !== undefined,
  )
  const inhabited = rooms.filter((room) => ALL.some((path) => path.startsWith(`${room}/`)))

  it.each(inhabited)('%s opens with a README of at most fifteen lines', (room) => {
    const path = `${room}/README.md`
    expect(ALL.filter((file) => file === path)).toEqual([path])
    expect(read(path).trimEnd().split('\n').length).toBeLessThanOrEqual(15)
  })
})

describe('the project as it is handed to others', () => {
  const BINARY = /\.(safetensors|pt|gz|png|ico|bin)$/
  // Written in parts, so that this file does not hold what it looks for.
  const MACHINE = ['work', 'root', 'Users'].map(
    (folder) => new RegExp(`(^|[\\s"'\`(=:])/${folder}/[A-Za-z.]`, 'm'),
  )
  const REGISTRY =
    /registry\.npmmirror|artifactory|\.jfrog\.|nexus\/repository|https?:\/\/(?!registry\.npmjs\.org)[a-z0-9.-]*registry[a-z0-9.-]*/i

  it('speaks of no machine and no private registry', () => {
    const speaking = ALL.filter((path) => !BINARY.test(path)).filter((path) => {
      const text = read(path)
      return REGISTRY.test(text) || MACHINE.some((pattern) => pattern.test(text))
    })
    expect(speaking.filter((path) => path !== 'tests/architecture.test.ts')).toEqual([])
  })

  it('names no place to fetch a package from but the public registry', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> }
    const places = Object.values(lock.packages).flatMap(({ resolved }) => resolved ?? [])
    expect(places.filter((place) => !place.startsWith('https://registry.npmjs.org/'))).toEqual([])
  })

  it('has one copy of graphql: two would not know each other’s types', () => {
    expect(copiesOf('graphql', join(PROJECT_ROOT, 'node_modules'))).toEqual([
      join(PROJECT_ROOT, 'node_modules/graphql'),
    ])
  })
})

/** Folders of a package below a node_modules folder, at any depth. */
function copiesOf(name: string, nodeModules: string): string[] {
  if (!existsSync(nodeModules)) return []
  const entries = readdirSync(nodeModules).flatMap((entry) =>
    entry.startsWith('@')
      ? readdirSync(join(nodeModules, entry)).map((inner) => `${entry}/${inner}`)
      : [entry],
  )
  return entries.flatMap((entry) => [
    ...(entry === name && existsSync(join(nodeModules, entry, 'package.json'))
      ? [join(nodeModules, entry)]
      : []),
    ...copiesOf(name, join(nodeModules, entry, 'node_modules')),
  ])
}
