/**
 * A real Neo4j for the tests: the one that `NEO4J_URI` names, else Neo4j Community from Maven Central, fetched once
 * into a cache folder (`CIRCUITQL_CACHE`, default `~/.cache/circuitql`) and started on a free port of 127.0.0.1.
 * One file without imports of its own, because Jest loads its global set-up without the module name mapping.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import neo4j from 'neo4j-driver'

export interface Neo4jUnderTest {
  readonly uri: string
  readonly user: string
  readonly password: string
  /** True when we started it: then tests may also write what all users of a server share. */
  readonly own: boolean
  stop(): Promise<void>
}

const VERSION = '5.26.30'
const OLDEST_JAVA = 17
const START_LIMIT_MS = 120_000
const STOP_LIMIT_MS = 20_000
const HOME_PREFIX = 'circuitql-neo4j-'
const ENTRY_CLASSES = ['org.neo4j.server.CommunityEntryPoint', 'org.neo4j.server.Neo4jCommunity']
const JVM_FLAGS = [
  '-Xms512m',
  '-Xmx1g',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--enable-native-access=ALL-UNNAMED',
  '-Dio.netty.tryReflectionSetAccessible=true',
  '-Dlog4j2.disable.jmx=true',
  '-XX:+UseG1GC',
]

const runFile = promisify(execFile)

/** Null, and said loudly, when there can be none; an error instead when `CIRCUITQL_REQUIRE` names `neo4j`. */
export async function startNeo4j(): Promise<Neo4jUnderTest | null> {
  try {
    return process.env['NEO4J_URI'] ? await givenServer(process.env['NEO4J_URI']) : await ownServer()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (isNeo4jRequired()) throw new Error(`Neo4j is required, but ${reason}`, { cause: error })
    console.warn(`SKIPPED: no Neo4j for the tests, because ${reason}`)
    return null
  }
}

export function isNeo4jRequired(): boolean {
  return (process.env['CIRCUITQL_REQUIRE'] ?? '').split(',').includes('neo4j')
}

async function givenServer(uri: string): Promise<Neo4jUnderTest> {
  const user = process.env['NEO4J_USER'] ?? 'neo4j'
  const password = process.env['NEO4J_PASSWORD'] ?? ''
  await answers(uri, user, password, 15_000, () => null)
  return { uri, user, password, own: false, stop: async () => {} }
}

async function ownServer(): Promise<Neo4jUnderTest> {
  const java = await javaProgram()
  const library = await fetchServer()
  removeOrphans()
  const home = mkdtempSync(join(tmpdir(), HOME_PREFIX))
  const port = await freePort()
  writeConfiguration(home, port)
  const server = spawn(
    java,
    [
      ...JVM_FLAGS,
      '-cp',
      join(library, '*'),
      entryClass(library),
      `--home-dir=${home}`,
      `--config-dir=${join(home, 'conf')}`,
      '--console-mode',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  writeFileSync(join(home, 'pid'), `${server.pid}\n${process.pid}\n`)
  const log = createWriteStream(join(home, 'console.log'))
  server.stdout.pipe(log)
  server.stderr.pipe(log)
  const stop = async (): Promise<void> => {
    await end(server)
    rmSync(home, { recursive: true, force: true })
  }
  const uri = `bolt://127.0.0.1:${port}`
  try {
    await answers(uri, 'neo4j', '', START_LIMIT_MS, () =>
      server.exitCode === null && server.signalCode === null
        ? null
        : `the server ended with status ${server.exitCode}: ${lastLines(join(home, 'console.log'))}`,
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { uri, user: 'neo4j', password: '', own: true, stop }
}

async function javaProgram(): Promise<string> {
  const home = process.env['JAVA_HOME']
  const java = home && existsSync(join(home, 'bin/java')) ? join(home, 'bin/java') : 'java'
  const said = await runFile(java, ['-version']).catch(() => null)
  const version = Number(/version "(\d+)/.exec(said?.stderr ?? '')?.[1] ?? 0)
  if (version >= OLDEST_JAVA) return java
  throw new Error(`it needs Java ${OLDEST_JAVA} or newer, found ${version === 0 ? 'none' : version}`)
}

/** The folder of the server's jars. Maven runs only when the folder is not there complete; it appears in one piece. */
async function fetchServer(): Promise<string> {
  const cache = process.env['CIRCUITQL_CACHE'] ?? join(homedir(), '.cache/circuitql')
  const library = join(cache, `neo4j-${VERSION}`)
  if (existsSync(join(library, '.complete'))) return library
  mkdirSync(cache, { recursive: true })
  const part = mkdtempSync(join(cache, `neo4j-${VERSION}.part-`))
  try {
    console.warn(`Fetching Neo4j ${VERSION} (about 125 MB, once) into ${library} …`)
    await runFile(
      'mvn',
      [
        '--quiet',
        '--batch-mode',
        '--file',
        join(__dirname, 'neo4j-pom.xml'),
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${part}`,
      ],
      { timeout: 900_000, maxBuffer: 1 << 24 },
    ).catch((error: Error & { stdout?: string }) => {
      throw new Error(`Maven could not fetch it: ${(error.stdout || error.message).trim().slice(0, 500)}`)
    })
    writeFileSync(join(part, '.complete'), '')
    if (existsSync(library) && !existsSync(join(library, '.complete'))) rmSync(library, { recursive: true })
    try {
      renameSync(part, library)
    } catch (error) {
      // Another run was faster.
      if (!existsSync(join(library, '.complete'))) throw error
    }
    return library
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** Neo4j renamed its main class between 5.26 and 2026.x. */
function entryClass(library: string): string {
  const jar = join(library, `neo4j-${VERSION}.jar`)
  const names = readFileSync(jar).toString('latin1')
  const found = ENTRY_CLASSES.find((name) => names.includes(`${name.replaceAll('.', '/')}.class`))
  if (found === undefined) throw new Error(`${jar} holds none of ${ENTRY_CLASSES.join(', ')}`)
  return found
}

function writeConfiguration(home: string, port: number): void {
  mkdirSync(join(home, 'conf'), { recursive: true })
  const folders = ['data', 'logs', 'run', 'import', 'plugins'].map(
    (name) => `server.directories.${name}=${join(home, name)}`,
  )
  const lines = [
    ...folders,
    'server.default_listen_address=127.0.0.1',
    `server.bolt.listen_address=127.0.0.1:${port}`,
    'server.http.enabled=false',
    'server.https.enabled=false',
    'dbms.security.auth_enabled=false',
    'dbms.usage_report.enabled=false',
    'server.memory.heap.initial_size=512m',
    'server.memory.heap.max_size=1g',
    'server.memory.pagecache.size=512m',
    'dbms.memory.transaction.total.max=512m',
    'db.memory.transaction.max=256m',
    'db.transaction.timeout=30s',
    'db.lock.acquisition.timeout=10s',
    'db.tx_log.preallocate=false',
    'db.tx_log.rotation.retention_policy=keep_none',
  ]
  writeFileSync(join(home, 'conf/neo4j.conf'), `${lines.join('\n')}\n`)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

/** Waits until the server answers; `ended` says why it never will. */
async function answers(
  uri: string,
  user: string,
  password: string,
  limit: number,
  ended: () => string | null,
): Promise<void> {
  const token = password === '' ? undefined : neo4j.auth.basic(user, password)
  const driver = neo4j.driver(uri, token, { telemetryDisabled: true, connectionTimeout: 5_000 })
  const start = performance.now()
  try {
    for (;;) {
      const failure = await driver.verifyConnectivity().then(
        () => null,
        (error: Error) => error.message,
      )
      if (failure === null) return
      const reason = ended()
      if (reason !== null) throw new Error(reason)
      if (performance.now() - start > limit) throw new Error(`${uri} does not answer: ${failure}`)
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  } finally {
    await driver.close()
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  const impatience = setTimeout(() => server.kill('SIGKILL'), STOP_LIMIT_MS)
  await exited
  clearTimeout(impatience)
}

/** Servers whose test run was killed: ended only when the process still runs from that very folder. */
function removeOrphans(): void {
  for (const name of readdirSync(tmpdir())) {
    const home = join(tmpdir(), name)
    if (!name.startsWith(HOME_PREFIX) || !existsSync(join(home, 'pid'))) continue
    const [server, launcher] = readFileSync(join(home, 'pid'), 'utf8').split('\n').map(Number)
    if (!server || !launcher || isRunning(launcher)) continue
    try {
      const command = readFileSync(`/proc/${server}/cmdline`, 'utf8')
      if (command.includes(`--home-dir=${home}`)) process.kill(server, 'SIGKILL')
    } catch {
      // It has ended already.
    }
    rmSync(home, { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-5).join(' | ') : 'no log'
}
