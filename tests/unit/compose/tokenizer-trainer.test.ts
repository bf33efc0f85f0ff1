import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PythonTokenizerTrainer } from '../../../src/compose/tokenizer-trainer.js'
import { PROJECT_ROOT } from '../../support/project-files.js'
import { PYTHON_TOKENIZER_JSON } from '../../support/python-tokenizer.js'
import { hasPython, syntaxErrors } from '../../support/real-python.js'

const root = mkdtempSync(join(tmpdir(), 'tokenizer-trainer-'))
const sources = join(root, 'sources')
mkdirSync(sources)
writeFileSync(join(sources, 'a.py'), 'x = 1\n')
afterAll(() => rmSync(root, { recursive: true }))

/** Stands for the Python of the private environment: keeps what it is asked, answers as the script does. */
function madeEnvironment(data: string, body: string): void {
  const environment = join(data, 'python', 'tokenizers-0.23.3')
  mkdirSync(join(environment, 'bin'), { recursive: true })
  writeFileSync(join(environment, 'ready'), '')
  const python = join(environment, 'bin', 'python')
  writeFileSync(python, `#!/usr/bin/env node\n${body}\n`)
  chmodSync(python, 0o755)
}

const ANSWERS = `
const request = JSON.parse(require('fs').readFileSync(0, 'utf8'))
require('fs').writeFileSync(request.output, JSON.stringify(request))
console.log(JSON.stringify({ vocabulary: request.size, files: 1, bytes: 6, version: '0.0' }))`

const plan = {
  folder: sources,
  size: 300,
  templateShare: 0.5,
  output: join(root, 'out.json'),
  python: 'python3',
}
const watching = () => {
  const said: string[] = []
  return { signal: new AbortController().signal, say: (message: string) => said.push(message), said }
}

describe('the script', () => {
  it('parts text as the tokenizer of the tests does, which it made', () => {
    const script = readFileSync(join(PROJECT_ROOT, 'bin/train-tokenizer.py'), 'utf8')
    const [, parts] = /^PARTS = r"""(.*)"""$/m.exec(script)!
    const { pre_tokenizer } = JSON.parse(PYTHON_TOKENIZER_JSON) as {
      pre_tokenizer: { pretokenizers: { pattern?: { Regex: string } }[] }
    }
    expect(pre_tokenizer.pretokenizers[0]!.pattern!.Regex).toBe(parts)
  })
  ;(hasPython ? it : it.skip)('is Python', () => {
    expect(syntaxErrors([readFileSync(join(PROJECT_ROOT, 'bin/train-tokenizer.py'), 'utf8')])).toEqual([])
  })
})

describe('training a tokenizer', () => {
  it('hands files and templates to the script and puts the whole file in its place', async () => {
    const data = join(root, 'made')
    madeEnvironment(data, ANSWERS)
    const record = await new PythonTokenizerTrainer(data).trainTokenizer(plan, watching())
    expect(record).toMatchObject({ vocabulary: 300, files: 1, templates: 1, library: 'tokenizers 0.0' })
    const request = JSON.parse(readFileSync(plan.output, 'utf8')) as Record<string, unknown>
    expect(request).toMatchObject({ paths: ['a.py'], size: 300 })
    expect(readdirSync(root).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('says what the script said where it fails, and leaves nothing behind', async () => {
    const data = join(root, 'failing')
    madeEnvironment(data, 'console.error("first\\nno such thing"); process.exit(3)')
    const output = join(root, 'never.json')
    await expect(
      new PythonTokenizerTrainer(data).trainTokenizer({ ...plan, output }, watching()),
    ).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('ended with 3: no such thing'),
    })
    expect(existsSync(output)).toBe(false)
  })

  it('stops when it is cancelled', async () => {
    const data = join(root, 'slow')
    madeEnvironment(data, 'setTimeout(() => {}, 60000)')
    const abort = new AbortController()
    const training = new PythonTokenizerTrainer(data).trainTokenizer(plan, {
      signal: abort.signal,
      say: () => abort.abort(),
    })
    await expect(training).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('says so where there is no Python, after what it was about to do', async () => {
    const seen = watching()
    await expect(
      new PythonTokenizerTrainer(join(root, 'none')).trainTokenizer({ ...plan, python: '/no/python' }, seen),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'there is no Python at "/no/python"' })
    expect(seen.said[0]).toContain('making a private Python environment with tokenizers==0.23.3')
  })

  it.each([
    [{ size: 256 }, 'a tokenizer has 257 to 65536 pieces, not 256'],
    [{ size: 1.5 }, 'not 1.5'],
    [{ templateShare: 1 }, 'the share of task templates is 1, not from 0 to below 1'],
    [{ folder: '/no/folder' }, 'there is no folder /no/folder'],
  ])('refuses %j', async (more, message) => {
    await expect(
      new PythonTokenizerTrainer(root).trainTokenizer({ ...plan, ...more }, watching()),
    ).rejects.toThrow(message)
  })
})
