/** A byte-pair tokenizer of 2,048 pieces, trained on Python's standard library with a tenth of task templates. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BytePairTokenizer } from '../../src/model/byte-pair-tokenizer.js'
import { PROJECT_ROOT } from './project-files.js'

export const PYTHON_TOKENIZER_JSON = readFileSync(
  join(PROJECT_ROOT, 'tests/golden/python-tokenizer.json'),
  'utf8',
)

let made: BytePairTokenizer | null = null

export function pythonTokenizer(): BytePairTokenizer {
  made ??= new BytePairTokenizer(PYTHON_TOKENIZER_JSON)
  return made
}
