/**
 * What every command needs before it can run: a new enough Node, the packages of package-lock.json and a build of the
 * present sources. Each step does nothing when its work is done already, so a second run needs no network.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const OLDEST_NODE = [20, 19]
const SOURCES = ['src', 'schema', 'resolvers']
const BUILD_SETTINGS = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json']

/** A step that failed in a way the reader can mend; the message is one sentence. */
export class SetUpFailure extends Error {}

/** Runs a command's set-up and body; a `SetUpFailure` becomes one line and exit status 1. */
export async function orExplain(body) {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof SetUpFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** All three steps. `quiet` keeps standard output free: what must be said goes to standard error. */
export async function setUp({ quiet = false } = {}) {
  requireNode()
  await installPackages({ quiet })
  await build({ quiet })
}

export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  throw new SetUpFailure(`CircuitQL needs Node ${OLDEST_NODE.join('.')} or newer, this is Node ${version}.`)
}

export async function installPackages({ quiet = false } = {}) {
  if (packagesMatch()) return
  say('Installing packages (npm ci) …')
  const [npm, ...first] = npmCommand()
  const status = await run(npm, [...first, 'ci', '--prefer-offline', '--no-audit', '--no-fund'], { quiet })
  if (status === 0) return
  throw new SetUpFailure(
    `CircuitQL could not install its packages: "npm ci" ended with status ${status}; see its messages above, check the network and try again.`,
  )
}

/** Compiles into dist/ when a source or a build setting has changed since the last build. */
export async function build({ quiet = false } = {}) {
  const dist = join(ROOT, 'dist')
  const stampFile = join(dist, '.stamp')
  const stamp = sourceStamp()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  say('Building …')
  rmSync(dist, { recursive: true, force: true })
  const status = await run(
    process.execPath,
    [packageFile('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    { quiet },
  )
  if (status !== 0)
    throw new SetUpFailure(
      'CircuitQL could not be built: the TypeScript compiler reports errors (see above).',
    )
  writeFileSync(stampFile, stamp)
}

/** Runs a command in the project's root and gives back its exit status; what ends us asks it to end first. */
export function run(command, args, { quiet = false, env = process.env } = {}) {
  return new Promise((done, fail) => {
    // Standard output of a quiet run belongs to the command that comes after it.
    const child = spawn(command, args, {
      cwd: ROOT,
      env,
      stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'],
    })
    // At a terminal, Ctrl-C reaches the whole group; a second copy from us would cut an orderly end short.
    const pass = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, pass)
    const settle = (finish) => (value, signal) => {
      for (const name of signals) process.off(name, pass)
      finish(value, signal)
    }
    child.once('error', settle(fail))
    child.once(
      'exit',
      settle((status, signal) => done(status ?? 128 + constants.signals[signal])),
    )
  })
}

export function packageFile(path) {
  return join(ROOT, 'node_modules', path)
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

/**
 * Does node_modules hold what package-lock.json asks for? npm writes its own record at the end of each install; an
 * interrupted install leaves none. Optional packages may be missing, but none may be meant for another platform.
 */
function packagesMatch() {
  const record = packageFile('.package-lock.json')
  if (!existsSync(record)) return false
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages
  const present = JSON.parse(readFileSync(record, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    if (found === undefined) return entry.optional === true
    return found.version === entry.version && found.integrity === entry.integrity && fitsPlatform(entry)
  })
}

function fitsPlatform({ os, cpu }) {
  return (
    (os === undefined || os.includes(process.platform)) && (cpu === undefined || cpu.includes(process.arch))
  )
}

/** The npm that started us, or the one that stands on the path. */
function npmCommand() {
  const running = process.env.npm_execpath
  if (running?.endsWith('.js')) return [process.execPath, running]
  return process.platform === 'win32' ? ['cmd', '/c', 'npm'] : ['npm']
}

/** One hash over the names and contents of all that a build reads. */
function sourceStamp() {
  const hash = createHash('sha256')
  for (const file of [...BUILD_SETTINGS, ...SOURCES.flatMap(typeScriptFiles)]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function typeScriptFiles(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts'))
    .sort()
}
