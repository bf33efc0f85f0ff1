/** Lets `require` read TypeScript, compiled with the same settings as the tests. */
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
