/** Texts by the names that stand in plans, with options that a person wrote. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTraining } from '../../../src/compose/run-training.js'
import { openText } from '../../../src/compose/training-texts.js'
import type { JsonValue } from '../../../src/domain/canonical-json.js'
import { microPlan } from '../../support/micro-plan.js'
import { PYTHON_TOKENIZER_JSON } from '../../support/python-tokenizer.js'

const never = new AbortController().signal

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'circuitql-texts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const planOf = (name: string, options: { [option: string]: JsonValue }) => ({
  ...microPlan(),
  text: { name, options },
})

function pythonFolder(): { folder: string; tokenizer: string } {
  for (const name of ['a', 'b', 'c'])
    writeFileSync(join(folder, `${name}.py`), `def ${name}(x):\n    return x + 1\n`.repeat(9))
  const tokenizer = join(folder, 'tokenizer.json')
  writeFileSync(tokenizer, PYTHON_TOKENIZER_JSON)
  return { folder, tokenizer }
}

describe('a text to train on', () => {
  it('is the small language, or some of its statements', async () => {
    const all = await openText(planOf('small-python', {}), never)
    const some = await openText(planOf('small-python', { kinds: ['for_while', 'with_as'] }), never)
    expect([all.name, some.name]).toEqual(['small-python@1', 'small-python@1 (for_while, with_as)'])
    expect(all.batch(0, 2, 8)).not.toEqual(some.batch(0, 2, 8))
  })

  it('is a folder of Python, and its tokenizer goes with the model that was trained on it', async () => {
    const options = { ...pythonFolder(), templateShare: 0.5 }
    const request = { plan: planOf('python', options), backend: 'wasm', checkpoint: null } as const
    const { model, record } = await runTraining(request, { signal: never }, { native: null })
    expect(model.tokenizer).toBe(PYTHON_TOKENIZER_JSON)
    expect(model.config.vocabSize).toBe(model.vocabulary!.length)
    expect(record.text).toMatch(
      /^python@1 \(3 files, [0-9a-f]{12}\), tokenizer [0-9a-f]{12} with 50 % templates of bracket_brace@1, /,
    )
  }, 60_000)

  it.each([
    ['an option that there is none', 'small-python', { kind: [] }, /text\.options\.kind is not a field/],
    ['kinds that there are none', 'small-python', { kinds: ['poem'] }, /text\.options\.kinds is \["poem"\]/],
    ['a missing folder', 'python', { tokenizer: 'x' }, /text\.options\.folder is missing/],
    ['a share beyond all', 'python', { templateShare: 2 }, /text\.options\.templateShare is 2/],
    ['a tokenizer that is not there', 'python', { folder: '.', tokenizer: 'none.json' }, /ENOENT/],
    ['a name that no text has', 'poems', {}, /there is no text "poems"/],
  ])('refuses %s', async (_, name, options, sentence) => {
    await expect(openText(planOf(name, options), never)).rejects.toThrow(sentence)
  })
})
