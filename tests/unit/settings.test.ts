import { CircuitQLError } from '../../src/domain/errors.js'
import { environmentOf, flagOf, SETTINGS, type SettingFlags, settingsFrom } from '../../src/settings.js'

function refusal(env: Record<string, string>, flags: SettingFlags = {}): string {
  try {
    settingsFrom(env, flags)
  } catch (error) {
    if (!(error instanceof CircuitQLError)) throw error
    expect(error.code).toBe('BAD_SETTING')
    expect(error.message).not.toMatch(/\n/)
    return error.message
  }
  throw new Error('the settings were accepted')
}

describe('settings', () => {
  it('serves on this machine alone, on port 4000, from an embedded store, when nothing is said', () => {
    expect(settingsFrom({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      store: { kind: 'embedded', directory: 'data' },
      dataDirectory: 'data',
      tokens: [],
      maxUploadBytes: 2 ** 31,
      maxCostFields: 100_000,
      maxWork: 1e11,
      workers: null,
      graphThreads: 2,
      questionTimeoutMs: 60_000,
      tfjsNode: null,
      examples: true,
      log: 'info',
    })
  })

  it('reads every variable', () => {
    const settings = settingsFrom({
      PORT: '0',
      HOST: '0.0.0.0',
      CIRCUITQL_STORE: 'neo4j+s://graph.example:7687',
      CIRCUITQL_NEO4J_USER: 'reader',
      CIRCUITQL_NEO4J_PASSWORD: 'p:w,d',
      CIRCUITQL_NEO4J_DATABASE: 'circuits',
      CIRCUITQL_NEO4J_NAMESPACE: 'team_a',
      CIRCUITQL_RELATIONSHIP_LIMIT: '10',
      CIRCUITQL_DATA: '/srv/data',
      CIRCUITQL_TOKENS: 'ann:one,bob:two:three',
      CIRCUITQL_MAX_UPLOAD_BYTES: '1',
      CIRCUITQL_MAX_COST_FIELDS: '2',
      CIRCUITQL_MAX_WORK: '3',
      CIRCUITQL_WORKERS: '4',
      CIRCUITQL_GRAPH_THREADS: '0',
      CIRCUITQL_QUESTION_TIMEOUT_MS: '5',
      CIRCUITQL_TFJS_NODE: 'native',
      CIRCUITQL_EXAMPLES: 'off',
      CIRCUITQL_LOG: 'debug',
    })
    expect(settings).toEqual({
      port: 0,
      host: '0.0.0.0',
      store: {
        kind: 'neo4j',
        uri: 'neo4j+s://graph.example:7687',
        user: 'reader',
        password: 'p:w,d',
        database: 'circuits',
        namespace: 'team_a',
        relationshipLimit: 10,
      },
      dataDirectory: '/srv/data',
      tokens: [
        { name: 'ann', token: 'one' },
        { name: 'bob', token: 'two:three' },
      ],
      maxUploadBytes: 1,
      maxCostFields: 2,
      maxWork: 3,
      workers: 4,
      graphThreads: 0,
      questionTimeoutMs: 5,
      tfjsNode: 'native',
      examples: false,
      log: 'debug',
    })
  })

  it('keeps uploads and weights beside the embedded store unless told otherwise', () => {
    expect(settingsFrom({ CIRCUITQL_STORE: 'embedded:/var/c' }).dataDirectory).toBe('/var/c')
    expect(settingsFrom({ CIRCUITQL_STORE: 'bolt://127.0.0.1' }).dataDirectory).toBe('data')
    expect(settingsFrom({ CIRCUITQL_STORE: 'embedded:/var/c', CIRCUITQL_DATA: 'd' }).dataDirectory).toBe('d')
  })

  it('lets a flag stand above its variable and names the flag when it is wrong', () => {
    expect(settingsFrom({ PORT: '1' }, { port: '2' }).port).toBe(2)
    expect(settingsFrom({ PORT: 'nonsense' }, { port: '2' }).port).toBe(2)
    expect(refusal({ PORT: '1' }, { port: 'two' })).toMatch(/^--port is "two"/)
  })

  it.each<[Record<string, string>, string]>([
    [{ CIRCUITQL_STOER: 'x' }, 'CIRCUITQL_STOER'],
    [{ CIRCUITQL_: '' }, 'CIRCUITQL_'],
    [{ PORT: '' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ PORT: '4000 ' }, 'PORT'],
    [{ PORT: '0x10' }, 'PORT'],
    [{ PORT: '-1' }, 'PORT'],
    [{ HOST: 'a b' }, 'HOST'],
    [{ CIRCUITQL_STORE: '' }, 'CIRCUITQL_STORE'],
    [{ CIRCUITQL_STORE: 'embedded:' }, 'CIRCUITQL_STORE'],
    [{ CIRCUITQL_STORE: 'sqlite:data' }, 'CIRCUITQL_STORE'],
    [{ CIRCUITQL_STORE: 'http://localhost:7474' }, 'CIRCUITQL_STORE'],
    [{ CIRCUITQL_STORE: 'neo4j://' }, 'CIRCUITQL_STORE'],
    [{ CIRCUITQL_STORE: 'neo4j://x', CIRCUITQL_NEO4J_DATABASE: 'a`b' }, 'CIRCUITQL_NEO4J_DATABASE'],
    [{ CIRCUITQL_NEO4J_NAMESPACE: 'a-b' }, 'CIRCUITQL_NEO4J_NAMESPACE'],
    [{ CIRCUITQL_STORE: 'neo4j://x', CIRCUITQL_RELATIONSHIP_LIMIT: '-1' }, 'CIRCUITQL_RELATIONSHIP_LIMIT'],
    [{ CIRCUITQL_DATA: '' }, 'CIRCUITQL_DATA'],
    [{ CIRCUITQL_TOKENS: '' }, 'CIRCUITQL_TOKENS'],
    [{ CIRCUITQL_MAX_UPLOAD_BYTES: '1e9' }, 'CIRCUITQL_MAX_UPLOAD_BYTES'],
    [{ CIRCUITQL_MAX_COST_FIELDS: '0' }, 'CIRCUITQL_MAX_COST_FIELDS'],
    [{ CIRCUITQL_MAX_WORK: '9007199254740993' }, 'CIRCUITQL_MAX_WORK'],
    [{ CIRCUITQL_WORKERS: '0' }, 'CIRCUITQL_WORKERS'],
    [{ CIRCUITQL_GRAPH_THREADS: '-1' }, 'CIRCUITQL_GRAPH_THREADS'],
    [{ CIRCUITQL_QUESTION_TIMEOUT_MS: '2147483648' }, 'CIRCUITQL_QUESTION_TIMEOUT_MS'],
    [{ CIRCUITQL_EXAMPLES: 'yes' }, 'CIRCUITQL_EXAMPLES'],
    [{ CIRCUITQL_LOG: 'INFO' }, 'CIRCUITQL_LOG'],
  ])('refuses %j in one sentence that names it', (env, name) => {
    expect(refusal(env)).toContain(name)
  })

  it('accepts the variables of tests and tools', () => {
    const env = {
      CIRCUITQL_REQUIRE: 'neo4j',
      CIRCUITQL_CACHE: 'c',
      CIRCUITQL_SHARED: 's',
      CIRCUITQL_TEST_NEO4J: '1',
    }
    expect(settingsFrom(env)).toEqual(settingsFrom({}))
  })

  it.each(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', 'LOCALHOST'])(
    'serves on %s without tokens',
    (host) => {
      expect(settingsFrom({ HOST: host }).host).toBe(host)
    },
  )

  it.each(['0.0.0.0', '::', '192.168.0.5', 'example.org', '127.0.0.1.example.org', 'localhost.example.org'])(
    'refuses %s without tokens and accepts it with',
    (host) => {
      expect(refusal({ HOST: host })).toMatch(/HOST .* needs CIRCUITQL_TOKENS/)
      expect(settingsFrom({ HOST: host, CIRCUITQL_TOKENS: 'ann:secret' }).host).toBe(host)
    },
  )

  it('never shows a secret in a refusal', () => {
    const secretive: Record<string, string>[] = [
      { CIRCUITQL_TOKENS: 'ann:hush hush' },
      { CIRCUITQL_TOKENS: 'ann:hush,bob:hush' },
      { CIRCUITQL_TOKENS: 'ann:ok,hush' },
      { CIRCUITQL_STORE: 'neo4j://me:hush@db.example' },
      { CIRCUITQL_STORE: 'http://me:hush@db.example' },
    ]
    for (const env of secretive) {
      expect(refusal(env)).not.toContain('hush')
    }
  })

  it('hands flags on as variables that say the same', () => {
    const flags = { port: '0', store: 'embedded:x', examples: 'off' }
    expect(environmentOf(flags)).toEqual({
      PORT: '0',
      CIRCUITQL_STORE: 'embedded:x',
      CIRCUITQL_EXAMPLES: 'off',
    })
    expect(settingsFrom(environmentOf(flags))).toEqual(settingsFrom({}, flags))
  })

  it('gives every setting its own variable and flag', () => {
    expect(new Set(SETTINGS.map(({ name }) => name)).size).toBe(SETTINGS.length)
    expect(new Set(SETTINGS.map(({ name }) => flagOf(name))).size).toBe(SETTINGS.length)
  })
})
