/**
 * Runs a TypeScript file in a plain Node process: `node tests/support/run-typescript.cjs FILE ARGS…`. It compiles with
 * the same settings as the tests, so that a child process (an importer to be killed, a benchmark) needs no build.
 */
const { readFileSync, existsSync } = require('node:fs')
const Module = require('node:module')
const { resolve } = require('node:path')
const { transformSync } = require('@swc/core')

const SETTINGS = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: false },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  swcrc: false,
}

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...SETTINGS, filename }).code, filename)
}

const resolveFilename = Module._resolveFilename
Module._resolveFilename = function (request, parent, ...rest) {
  if (/^\.{1,2}\/.*\.js$/.test(request) && parent?.filename?.endsWith('.ts')) {
    const source = resolve(parent.filename, '..', request.replace(/\.js$/, '.ts'))
    if (existsSync(source)) return source
  }
  return resolveFilename.call(this, request, parent, ...rest)
}

process.setSourceMapsEnabled(true)
process.argv.splice(1, 1)
process.argv[1] = resolve(process.argv[1])
require(process.argv[1])
