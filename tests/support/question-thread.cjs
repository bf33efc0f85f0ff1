/** The entry of a thread that answers queries over graphs, run from its source, since tests have no build. */
require('./typescript-hook.cjs')
require('reflect-metadata')
module.exports = require('../../src/server/question-worker.ts').default
