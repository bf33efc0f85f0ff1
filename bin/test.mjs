/**
 * `npm test`: set-up, format and lint, types, build, then every Jest suite; arguments are handed to Jest.
 * `--require neo4j,shared,native` (or CIRCUITQL_REQUIRE) turns missing components from loud skips into failures.
 * The last line counts: `N passed, N failed, N skipped`; a failed check or a suite that cannot start is a failure.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  build,
  installPackages,
  orExplain,
  packageFile,
  ROOT,
  requireNode,
  run,
  SetUpFailure,
} from './setup.mjs'

const COMPONENTS = ['neo4j', 'shared', 'native']
/** Settings of the machine's owner must not reach the tests; these are made for them. */
const TEST_SETTINGS = /^CIRCUITQL_(REQUIRE|CACHE|SHARED|TEST_.*)$/

await orExplain(async () => {
  const { required, jestArguments } = readArguments(process.argv.slice(2))
  requireNode()
  await installPackages()
  const failedChecks = await runChecks()
  const result = await runJest(jestArguments, required)
  report(result, failedChecks)
})

function readArguments(given) {
  const required = new Set((process.env.CIRCUITQL_REQUIRE ?? '').split(',').filter(Boolean))
  const jestArguments = []
  for (let i = 0; i < given.length; i++) {
    const [, inline] = /^--require(?:=(.*))?$/s.exec(given[i]) ?? [null, null]
    if (inline === null) jestArguments.push(given[i])
    else for (const name of (inline ?? given[++i] ?? '').split(',')) required.add(name)
  }
  for (const name of required) {
    if (!COMPONENTS.includes(name))
      throw new SetUpFailure(`--require knows ${COMPONENTS.join(', ')}, not "${name}".`)
  }
  return { required: [...required], jestArguments }
}

/** The names of the checks that failed; the tests run all the same, so that one run tells the whole truth. */
async function runChecks() {
  const checks = [
    [
      'format and lint (mend with "npm run fix")',
      () => run(process.execPath, [packageFile('@biomejs/biome/bin/biome'), 'check', '.']),
    ],
    [
      'types',
      () => run(process.execPath, [packageFile('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']),
    ],
    ['build', () => build().then(() => 0, explained)],
  ]
  const failed = []
  for (const [name, check] of checks) if ((await check()) !== 0) failed.push(name)
  return failed
}

function explained(error) {
  if (!(error instanceof SetUpFailure)) throw error
  process.stderr.write(`${error.message}\n`)
  return 1
}

async function runJest(jestArguments, required) {
  const outputFile = join(ROOT, '.cache/jest-result.json')
  mkdirSync(dirname(outputFile), { recursive: true })
  rmSync(outputFile, { force: true })
  const args = ['--maxWorkers=2', '--json', `--outputFile=${outputFile}`, ...jestArguments]
  const status = await run(process.execPath, [packageFile('jest/bin/jest.js'), ...args], {
    env: testEnvironment(required),
  })
  return { status, counts: existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')) : null }
}

function testEnvironment(required) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('CIRCUITQL_') || TEST_SETTINGS.test(name),
  )
  const { PORT: _port, HOST: _host, ...rest } = Object.fromEntries(kept)
  return { ...rest, CIRCUITQL_TEST_NEO4J: '1', CIRCUITQL_REQUIRE: required.join(',') }
}

function report({ status, counts }, failedChecks) {
  const passed = counts?.numPassedTests ?? 0
  const skipped = (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0)
  const counted = (counts?.numFailedTests ?? 0) + (counts?.numRuntimeErrorTestSuites ?? 0)
  // Jest can fail without a failed test: no test found, a set-up or tear-down that throws.
  const failed = (counted === 0 && status !== 0 ? 1 : counted) + failedChecks.length
  for (const check of failedChecks) process.stdout.write(`FAILED check: ${check}\n`)
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  process.exitCode = failed === 0 ? 0 : 1
}
