/** The entry of a thread that trains, run from its source, with a text for tests: tests have no build. */
require('./typescript-hook.cjs')
const { trainingTexts } = require('../../src/compose/training-texts.ts')
const { toyText } = require('./toy-text.ts')

trainingTexts.set('toy', (_, seed) => toyText(seed))
require('../../src/compose/training-worker.ts')
