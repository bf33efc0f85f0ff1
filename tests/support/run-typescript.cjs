/**
 * Runs a TypeScript file in a plain Node process: `node tests/support/run-typescript.cjs FILE ARGS…`. It compiles with
 * the same settings as the tests, so that a child process (an importer to be killed, a benchmark) needs no build.
 */
require('./typescript-hook.cjs')
const { resolve } = require('node:path')

process.argv.splice(1, 1)
process.argv[1] = resolve(process.argv[1])
require(process.argv[1])
