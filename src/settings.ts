/**
 * Environment and flags → typed settings, validated once at the rim and passed in from there. A name that does not
 * exist, or a value that is malformed, stops the start with one sentence (`BAD_SETTING`) that names the setting.
 */
import { InvalidInput } from './domain/errors.js'

/** Every setting: its environment variable, what its value looks like, what it is for and its default. */
export const SETTINGS = [
  { name: 'PORT', value: 'NUMBER', help: 'port, 0 for any free one (4000)' },
  { name: 'HOST', value: 'ADDRESS', help: 'address; beyond this machine only with tokens (127.0.0.1)' },
  {
    name: 'CIRCUITQL_STORE',
    value: 'STORE',
    help: 'embedded:DIR or a neo4j:// or bolt:// URI (embedded:data)',
  },
  { name: 'CIRCUITQL_NEO4J_USER', value: 'NAME', help: 'Neo4j user (neo4j)' },
  { name: 'CIRCUITQL_NEO4J_PASSWORD', value: 'TEXT', help: 'Neo4j password (none: no credentials are sent)' },
  { name: 'CIRCUITQL_NEO4J_DATABASE', value: 'NAME', help: "Neo4j database (the server's default)" },
  { name: 'CIRCUITQL_NEO4J_NAMESPACE', value: 'NAME', help: 'keeps catalogues in one database apart (none)' },
  {
    name: 'CIRCUITQL_RELATIONSHIP_LIMIT',
    value: 'EDGES',
    help: 'edges per circuit kept as relationships (250000)',
  },
  {
    name: 'CIRCUITQL_DATA',
    value: 'DIR',
    help: 'folder of uploads and weights (the embedded store’s, else data)',
  },
  {
    name: 'CIRCUITQL_TOKENS',
    value: 'NAME:TOKEN,…',
    help: 'bearer tokens that may write (none: anyone may)',
  },
  { name: 'CIRCUITQL_MAX_UPLOAD_BYTES', value: 'BYTES', help: 'largest upload (2147483648)' },
  { name: 'CIRCUITQL_MAX_COST_FIELDS', value: 'POINTS', help: 'largest cost of a query in objects (100000)' },
  {
    name: 'CIRCUITQL_MAX_WORK',
    value: 'STEPS',
    help: 'largest work of a field: visits and multiply-adds (100000000000)',
  },
  { name: 'CIRCUITQL_WORKERS', value: 'THREADS', help: 'threads that run models (one per core, at most 4)' },
  {
    name: 'CIRCUITQL_GRAPH_THREADS',
    value: 'THREADS',
    help: 'threads that answer queries over graphs and make downloads, 0 for none (2)',
  },
  { name: 'CIRCUITQL_QUESTION_TIMEOUT_MS', value: 'MS', help: 'longest time for a request (60000)' },
  {
    name: 'CIRCUITQL_TFJS_NODE',
    value: 'DIR',
    help: 'folder whose node_modules has @tensorflow/tfjs-node for training (.cache/native)',
  },
  { name: 'CIRCUITQL_EXAMPLES', value: 'on|off', help: 'load the bundled examples on first run (on)' },
  { name: 'CIRCUITQL_LOG', value: 'LEVEL', help: 'silent, error, info or debug, on standard error (info)' },
] as const
export type SettingName = (typeof SETTINGS)[number]['name']

/** The flag of a setting, without its dashes: `CIRCUITQL_MAX_WORK` is `max-work`. */
export function flagOf(name: SettingName): string {
  return name.replace('CIRCUITQL_', '').toLowerCase().replaceAll('_', '-')
}

export const LOG_LEVELS = ['silent', 'error', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type StoreSettings =
  | { readonly kind: 'embedded'; readonly directory: string }
  | {
      readonly kind: 'neo4j'
      readonly uri: string
      readonly user: string
      /** Null: no credentials are sent. */
      readonly password: string | null
      /** Null: the server's default database. */
      readonly database: string | null
      readonly namespace: string | null
      /** Edges of one circuit that become relationships. */
      readonly relationshipLimit: number
    }

export interface AccessToken {
  /** Owner of what is written with it. */
  readonly name: string
  readonly token: string
}

export interface Settings {
  readonly port: number
  readonly host: string
  readonly store: StoreSettings
  /** Folder of uploads and weights. */
  readonly dataDirectory: string
  /** Empty: writes need no token. */
  readonly tokens: readonly AccessToken[]
  readonly maxUploadBytes: number
  readonly maxCostFields: number
  readonly maxWork: number
  /** Null: one per core, at most four. */
  readonly workers: number | null
  /** 0: queries over graphs are answered in the main thread. */
  readonly graphThreads: number
  readonly questionTimeoutMs: number
  /** Folder with a native TensorFlow.js; null: where the product's own command puts it. */
  readonly tfjsNode: string | null
  readonly examples: boolean
  readonly log: LogLevel
}

/** Values by flag, e.g. `max-work`; undefined where a flag was not given. A flag stands above its variable. */
export type SettingFlags = Readonly<Record<string, string | undefined>>

type Environment = Readonly<Record<string, string | undefined>>

/** Variables of the project's tests and tools, which the product does not read. */
const TOOL_VARIABLES = /^CIRCUITQL_(REQUIRE|CACHE|SHARED|PEER|TEST_[A-Z0-9_]+|BENCH_[A-Z0-9_]+)$/
const NEO4J_SCHEMES = ['neo4j:', 'neo4j+s:', 'neo4j+ssc:', 'bolt:', 'bolt+s:', 'bolt+ssc:']

/** Pure: reads nothing but its arguments. */
export function settingsFrom(env: Environment, flags: SettingFlags = {}): Settings {
  refuseUnknownNames(env)
  const given = (name: SettingName): Given => givenValue(name, env, flags)
  const store = storeFrom(given)
  const settings: Settings = {
    port: wholeNumber(given('PORT'), 4000, 0, 65_535),
    host: matching(
      given('HOST'),
      '127.0.0.1',
      /^[A-Za-z0-9.:_-]+$|^\[[0-9A-Fa-f:.]+\]$/,
      'a host name or an IP address',
    ),
    store,
    dataDirectory: directory(given('CIRCUITQL_DATA'), store.kind === 'embedded' ? store.directory : 'data'),
    tokens: tokensFrom(given('CIRCUITQL_TOKENS')),
    maxUploadBytes: wholeNumber(given('CIRCUITQL_MAX_UPLOAD_BYTES'), 2 ** 31, 1),
    maxCostFields: wholeNumber(given('CIRCUITQL_MAX_COST_FIELDS'), 100_000, 1),
    maxWork: wholeNumber(given('CIRCUITQL_MAX_WORK'), 1e11, 1),
    workers: wholeNumber(given('CIRCUITQL_WORKERS'), null, 1, 256),
    graphThreads: wholeNumber(given('CIRCUITQL_GRAPH_THREADS'), 2, 0, 256),
    // setTimeout holds at most 2^31 − 1 milliseconds.
    questionTimeoutMs: wholeNumber(given('CIRCUITQL_QUESTION_TIMEOUT_MS'), 60_000, 1, 2 ** 31 - 1),
    tfjsNode:
      given('CIRCUITQL_TFJS_NODE').text === undefined ? null : directory(given('CIRCUITQL_TFJS_NODE'), ''),
    examples: oneOf(given('CIRCUITQL_EXAMPLES'), ['on', 'off'], 'on') === 'on',
    log: oneOf(given('CIRCUITQL_LOG'), LOG_LEVELS, 'info'),
  }
  if (!isLoopback(settings.host) && settings.tokens.length === 0) {
    throw bad(
      given('HOST'),
      `${JSON.stringify(settings.host)} can be reached from other machines, which needs CIRCUITQL_TOKENS`,
    )
  }
  return settings
}

/** The flags as variables, for a process that is started with them. */
export function environmentOf(flags: SettingFlags): Record<string, string> {
  const entries = SETTINGS.map(({ name }) => [name, flags[flagOf(name)]] as const)
  return Object.fromEntries(entries.filter((entry): entry is [SettingName, string] => entry[1] !== undefined))
}

/** Can an address be reached from this machine alone? */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return bare === 'localhost' || bare === '::1' || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(bare)
}

/** A value with the name it was given under, for the sentence that refuses it. */
interface Given {
  readonly label: string
  readonly text: string | undefined
}

function givenValue(name: SettingName, env: Environment, flags: SettingFlags): Given {
  const flag = flagOf(name)
  return flags[flag] === undefined
    ? { label: name, text: env[name] }
    : { label: `--${flag}`, text: flags[flag] }
}

function refuseUnknownNames(env: Environment): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith('CIRCUITQL_') || env[name] === undefined || TOOL_VARIABLES.test(name)) continue
    if (!SETTINGS.some((setting) => setting.name === name)) {
      const known = SETTINGS.map((setting) => setting.name).join(', ')
      throw new InvalidInput('BAD_SETTING', `there is no setting ${name}`, {
        path: name,
        hint: `the settings are ${known}`,
      })
    }
  }
}

function storeFrom(given: (name: SettingName) => Given): StoreSettings {
  // Read whatever the store is: a malformed value stops the start even where nothing would use it.
  const neo4j = {
    user: given('CIRCUITQL_NEO4J_USER').text ?? 'neo4j',
    password: given('CIRCUITQL_NEO4J_PASSWORD').text ?? null,
    database: matching(
      given('CIRCUITQL_NEO4J_DATABASE'),
      null,
      /^[A-Za-z][A-Za-z0-9.-]{0,62}$/,
      'a database name',
    ),
    namespace: matching(
      given('CIRCUITQL_NEO4J_NAMESPACE'),
      null,
      /^[A-Za-z][A-Za-z0-9_]{0,62}$/,
      'letters, digits and _, a letter first',
    ),
    relationshipLimit: wholeNumber(given('CIRCUITQL_RELATIONSHIP_LIMIT'), 250_000, 0),
  }
  const store = given('CIRCUITQL_STORE')
  const text = store.text ?? 'embedded:data'
  if (!text.startsWith('embedded:')) return { kind: 'neo4j', uri: neo4jUri(store, text), ...neo4j }
  const folder = text.slice('embedded:'.length)
  if (folder === '') throw bad(store, 'names no folder: write embedded:DIR')
  return { kind: 'embedded', directory: folder }
}

function neo4jUri(store: Given, text: string): string {
  const uri = URL.canParse(text) ? new URL(text) : null
  if (uri === null || !NEO4J_SCHEMES.includes(uri.protocol) || uri.hostname === '') {
    throw bad(
      store,
      `is ${JSON.stringify(withoutCredentials(text))}, neither embedded:DIR nor a neo4j:// or bolt:// URI with a host`,
    )
  }
  if (uri.username !== '' || uri.password !== '') {
    throw bad(store, 'holds credentials: give them as CIRCUITQL_NEO4J_USER and CIRCUITQL_NEO4J_PASSWORD')
  }
  return text
}

/** A refused value is shown, a secret inside it is not. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//…@')
}

/** The tokens themselves are secrets and appear in no message. */
function tokensFrom(setting: Given): AccessToken[] {
  if (setting.text === undefined) return []
  const tokens = setting.text.split(',').map((entry, i) => {
    const [, name, token] = /^([A-Za-z0-9_.@-]+):([\x21-\x7e]+)$/.exec(entry) ?? []
    if (name === undefined || token === undefined) {
      throw bad(
        setting,
        `has no NAME:TOKEN in place ${i + 1}: names have letters, digits and _.@-, tokens printable characters without spaces and commas`,
      )
    }
    return { name, token }
  })
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length)
    throw bad(setting, 'holds the same token twice')
  return tokens
}

function wholeNumber<D extends number | null>(
  setting: Given,
  fallback: D,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number | D {
  if (setting.text === undefined) return fallback
  const value = /^\d+$/.test(setting.text) ? Number(setting.text) : Number.NaN
  if (!(value >= least && value <= most)) {
    throw bad(setting, `is ${JSON.stringify(setting.text)}, not a whole number from ${least} to ${most}`)
  }
  return value
}

function oneOf<const T extends string>(setting: Given, choices: readonly T[], fallback: T): T {
  if (setting.text === undefined) return fallback
  const choice = choices.find((known) => known === setting.text)
  if (choice === undefined)
    throw bad(setting, `is ${JSON.stringify(setting.text)}, not one of ${choices.join(', ')}`)
  return choice
}

function matching<D extends string | null>(
  setting: Given,
  fallback: D,
  pattern: RegExp,
  what: string,
): string | D {
  if (setting.text === undefined) return fallback
  if (!pattern.test(setting.text)) throw bad(setting, `is ${JSON.stringify(setting.text)}, not ${what}`)
  return setting.text
}

function directory(setting: Given, fallback: string): string {
  if (setting.text === '') throw bad(setting, 'is empty, not a folder')
  return setting.text ?? fallback
}

function bad(setting: Given, fault: string): InvalidInput {
  return new InvalidInput('BAD_SETTING', `${setting.label} ${fault}`, { path: setting.label })
}
