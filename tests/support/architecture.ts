/** The import table of the house: which room may import what. The architecture test and the README share it. */

export interface Room {
  /** Folder or file, from the root; the longest that fits a file is its room. */
  readonly path: string
  /** Paths of other rooms; its own files it may always import. */
  readonly rooms: readonly string[]
  readonly packages: readonly string[]
  /** Modules of Node, without `node:`. */
  readonly builtins: readonly string[]
  /** Modules of Node that single files may use on top, by file name. */
  readonly builtinsOf?: Readonly<Record<string, readonly string[]>>
}

const DOMAIN = 'src/domain'
const QUERY = 'src/query'
const GRAPH = 'src/graph'
const MODEL = 'src/model'
const ENGINE = 'src/engine'
const TRAINING = 'src/training'
const FORMATS = 'src/formats'
const APPLICATION = 'src/application'
const PORTS = 'src/application/ports'
const SETTINGS = 'src/settings.ts'
const COMPOSE = 'src/compose.ts'
const SCHEMA = 'schema'
const RESOLVERS = 'resolvers'
const STORES = ['src/stores/embedded', 'src/stores/neo4j', 'src/stores/artefacts']

/** Everything unlisted is closed; type-only imports obey the same table; cycles between files are errors. */
export const ROOMS: readonly Room[] = [
  {
    path: DOMAIN,
    rooms: [],
    packages: [],
    builtins: [],
    builtinsOf: { 'sha256.ts': ['crypto'], 'circuit-payload.ts': ['zlib'], 'migration-file.ts': ['zlib'] },
  },
  { path: QUERY, rooms: [DOMAIN], packages: ['chevrotain'], builtins: [] },
  { path: GRAPH, rooms: [DOMAIN], packages: [], builtins: [] },
  { path: MODEL, rooms: [DOMAIN], packages: ['@huggingface/tokenizers'], builtins: [] },
  {
    path: ENGINE,
    rooms: [DOMAIN, GRAPH, MODEL],
    packages: ['lru-cache', 'piscina', 'pure-rand'],
    builtins: ['timers/promises', 'worker_threads'],
  },
  {
    path: TRAINING,
    rooms: [DOMAIN, MODEL],
    packages: [
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-core',
      'pure-rand',
    ],
    builtins: ['fs/promises', 'module', 'os', 'path', 'timers/promises'],
  },
  {
    path: FORMATS,
    rooms: [DOMAIN, MODEL],
    packages: ['apache-arrow'],
    builtins: ['crypto', 'fs', 'fs/promises', 'path', 'timers/promises', 'zlib'],
  },
  {
    path: APPLICATION,
    rooms: [DOMAIN, QUERY, GRAPH, PORTS],
    packages: ['lru-cache', 'pure-rand', 'simple-statistics'],
    builtins: ['timers/promises'],
    builtinsOf: { 'job-board.ts': ['crypto'] },
  },
  { path: PORTS, rooms: [DOMAIN, QUERY, GRAPH], packages: [], builtins: [] },
  {
    path: 'src/stores/embedded',
    rooms: [DOMAIN, QUERY, GRAPH, PORTS],
    packages: ['@photostructure/sqlite'],
    builtins: [
      'child_process',
      'crypto',
      'fs',
      'fs/promises',
      'module',
      'os',
      'path',
      'sqlite',
      'timers/promises',
    ],
  },
  {
    path: 'src/stores/neo4j',
    rooms: [DOMAIN, QUERY, GRAPH, PORTS],
    packages: ['neo4j-driver'],
    builtins: ['crypto', 'fs', 'fs/promises', 'os', 'path', 'timers/promises'],
  },
  {
    path: 'src/stores/artefacts',
    rooms: [DOMAIN, PORTS],
    packages: [],
    builtins: ['crypto', 'fs', 'fs/promises', 'path', 'stream', 'stream/promises'],
  },
  { path: SCHEMA, rooms: [DOMAIN], packages: ['graphql', 'type-graphql'], builtins: [] },
  {
    path: RESOLVERS,
    rooms: [SCHEMA, APPLICATION, PORTS, DOMAIN, QUERY],
    packages: ['dataloader', 'graphql', 'type-graphql'],
    builtins: [],
  },
  {
    path: 'src/server',
    rooms: [SCHEMA, RESOLVERS, APPLICATION, PORTS, DOMAIN],
    packages: [
      '@apollo/server',
      '@as-integrations/express5',
      '@graphql-yoga/render-graphiql',
      'express',
      'graphql',
      'graphql-sse',
      'lru-cache',
      'piscina',
      'reflect-metadata',
      'type-graphql',
    ],
    builtins: [
      'crypto',
      'fs',
      'fs/promises',
      'http',
      'net',
      'os',
      'path',
      'perf_hooks',
      'stream',
      'stream/promises',
      'timers/promises',
      'url',
      'util',
      'worker_threads',
      'zlib',
    ],
  },
  {
    path: 'src/server/main.ts',
    rooms: [COMPOSE, SETTINGS, 'src/server', SCHEMA, RESOLVERS, APPLICATION, PORTS, DOMAIN],
    packages: ['reflect-metadata'],
    builtins: ['fs', 'path', 'url'],
  },
  {
    // The entry of a thread, as main.ts is that of the process.
    path: 'src/server/question-worker.ts',
    rooms: [COMPOSE, SETTINGS, 'src/server'],
    packages: ['piscina', 'reflect-metadata'],
    builtins: ['worker_threads'],
  },
  {
    path: 'src/cli',
    rooms: [APPLICATION, PORTS, DOMAIN, SETTINGS],
    packages: ['commander'],
    builtins: ['child_process', 'crypto', 'fs', 'fs/promises', 'os', 'path', 'stream/promises', 'url'],
  },
  {
    path: 'src/cli/main.ts',
    rooms: ['src/cli', COMPOSE, SETTINGS, APPLICATION, PORTS, DOMAIN],
    packages: ['reflect-metadata'],
    builtins: ['fs', 'url'],
  },
  { path: SETTINGS, rooms: [DOMAIN], packages: [], builtins: [] },
  {
    path: COMPOSE,
    rooms: [
      'src/compose',
      SETTINGS,
      DOMAIN,
      QUERY,
      GRAPH,
      MODEL,
      ENGINE,
      TRAINING,
      FORMATS,
      APPLICATION,
      PORTS,
      ...STORES,
      SCHEMA,
      RESOLVERS,
      'src/server',
    ],
    packages: ['graphql', 'reflect-metadata', 'type-graphql'],
    builtins: ['crypto', 'fs', 'fs/promises', 'os', 'path', 'perf_hooks', 'url'],
  },
  {
    path: 'src/compose',
    rooms: [
      SETTINGS,
      DOMAIN,
      QUERY,
      GRAPH,
      MODEL,
      ENGINE,
      TRAINING,
      FORMATS,
      APPLICATION,
      PORTS,
      ...STORES,
      SCHEMA,
      RESOLVERS,
    ],
    packages: ['lru-cache'],
    builtins: [
      'crypto',
      'events',
      'fs',
      'fs/promises',
      'os',
      'path',
      'perf_hooks',
      'timers/promises',
      'url',
      'worker_threads',
    ],
    builtinsOf: { 'run-python.ts': ['child_process'] },
  },
]

/** The table as it stands in the README. */
export function importTableMarkdown(): string {
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'itself only' : names.map(code).join(', ')
  const rows = ROOMS.map(
    ({ path, rooms, packages }) =>
      `| ${code(path)} | ${list(rooms)} | ${packages.map(code).join(', ') || '–'} |`,
  )
  return ['| room | may import | packages |', '| --- | --- | --- |', ...rows].join('\n')
}

function code(name: string): string {
  return `\`${name}\``
}
