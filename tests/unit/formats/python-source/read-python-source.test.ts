import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pythonFiles } from '../../../../src/formats/python-source/python-files.js'
import { pythonTokenSource } from '../../../../src/formats/python-source/python-token-source.js'
import { readPythonSource } from '../../../../src/formats/python-source/read-python-source.js'
import { packedText } from '../../../../src/model/texts/packed-text.js'
import { PYTHON_TOKENIZER_JSON, pythonTokenizer } from '../../../support/python-tokenizer.js'

const folders: string[] = []
const tokenizer = pythonTokenizer()
const { signal } = new AbortController()

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'python-source-'))
  folders.push(root)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

afterAll(() => {
  for (const root of folders) rmSync(root, { recursive: true })
})

const many = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`m${i}.py`, `def f${i}(x):\n    return x + ${i}\n`]),
  )

describe('Python files of a folder', () => {
  it('come in the order of their paths, without links, hidden folders, caches and other files', async () => {
    const root = folder({
      'b.py': '',
      'a/z.py': '',
      'a.py': '',
      'a/notes.txt': '',
      '.hidden/c.py': '',
      '__pycache__/d.py': '',
      'a/deep/er/e.py': '',
    })
    symlinkSync(root, join(root, 'circle'))
    symlinkSync(join(root, 'b.py'), join(root, 'link.py'))
    const found = await pythonFiles(root, signal)
    expect(found.paths).toEqual(['a.py', 'a/deep/er/e.py', 'a/z.py', 'b.py'])
    expect(found.links).toBe(2)
  })

  it('are refused where there are none', async () => {
    await expect(pythonFiles('/no/such/folder', signal)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(pythonFiles(folder({ 'a.txt': '' }), signal)).rejects.toThrow('holds no Python files')
    const root = folder({ 'a.py': '' })
    await expect(pythonFiles(join(root, 'a.py'), signal)).rejects.toThrow('is not a folder')
  })
})

describe('Python source', () => {
  it('is every file once, closed by end-of-text, in training or held out', async () => {
    const root = folder({ ...many(60), 'same.py': many(1)['m0.py']! })
    const { text, record } = await readPythonSource(root, tokenizer, { signal })
    const ends = (line: ArrayLike<number>) =>
      Array.from(line).filter((id) => id === tokenizer.endOfText).length
    expect(record).toMatchObject({ files: 60, leftOut: { equal: 1, links: 0, tooLong: 0 } })
    expect(ends(text.train)).toBe(60 - record.heldOutFiles)
    expect(ends(text.heldOut)).toBe(record.heldOutFiles)
    expect(record.heldOutFiles).toBeGreaterThan(0)
    expect(record.trainTokens).toBe(text.train.length)
    const programs = [text.train, text.heldOut].flatMap((line) =>
      tokenizer
        .decode([...line])
        .split('<|endoftext|>')
        .slice(0, -1),
    )
    expect(programs.sort()).toEqual(Object.values(many(60)).sort())
  })

  it('is the same on each reading, and has another name where a file differs', async () => {
    const read = async (files: Record<string, string>) =>
      (await readPythonSource(folder(files), tokenizer, { signal })).text
    const [a, b, c] = [
      await read(many(30)),
      await read(many(30)),
      await read({ ...many(30), 'm3.py': 'x = 1\n' }),
    ]
    expect(a).toEqual(b)
    expect(a.name).not.toBe(c.name)
    expect(packedText(a, 1).batch(0, 4, 16)).toEqual(packedText(b, 1).batch(0, 4, 16))
  })

  it('parts a file by its content: the same text is on the same side in every folder', async () => {
    const files = many(100)
    const heldOut = async (names: readonly string[]) => {
      const root = folder(Object.fromEntries(names.map((name) => [name, files[name]!])))
      const { text } = await readPythonSource(root, tokenizer, { signal })
      return tokenizer
        .decode([...text.heldOut])
        .split('<|endoftext|>')
        .slice(0, -1)
    }
    const all = await heldOut(Object.keys(files))
    const half = await heldOut(Object.keys(files).slice(0, 50))
    expect(half.every((program) => all.includes(program))).toBe(true)
  })

  it('leaves out what is too long, no UTF-8, or beyond the limit', async () => {
    const root = folder({
      ...many(10),
      'long.py': `x = ${'1'.repeat(5000)}\n`,
      'latin.py': Uint8Array.of(0x23, 0xe9, 0x0a),
    })
    const options = { signal, maxFileBytes: 1000 }
    const { record } = await readPythonSource(root, tokenizer, options)
    expect(record).toMatchObject({ files: 10, leftOut: { tooLong: 1, notUtf8: 1 } })
    const limited = await readPythonSource(root, tokenizer, { ...options, maxBytes: 100 })
    expect(limited.record.bytes).toBeLessThanOrEqual(100)
    expect(limited.record.leftOut.beyondLimit).toBeGreaterThan(0)
  })

  it('holds out the last file of a small folder, and needs two', async () => {
    const { record } = await readPythonSource(folder(many(2)), tokenizer, { signal })
    expect(record.heldOutFiles).toBe(1)
    await expect(readPythonSource(folder(many(1)), tokenizer, { signal })).rejects.toThrow(
      'has 1 readable Python files',
    )
  })

  it('stops when it is cancelled, and tells how far it is', async () => {
    const abort = new AbortController()
    const seen: number[] = []
    const reading = readPythonSource(folder(many(20)), tokenizer, {
      signal: abort.signal,
      progress: (done) => {
        seen.push(done)
        if (done === 5) abort.abort()
      },
    })
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(seen).toEqual([1, 2, 3, 4, 5])
  })
})

describe('a source of Python programs', () => {
  it('mixes in templates where they are asked for, and says so', async () => {
    const plan = { folder: folder(many(40)), tokenizer: PYTHON_TOKENIZER_JSON, seed: 1 }
    const plain = await pythonTokenSource({ ...plan, templateShare: 0 }, { signal })
    const mixed = await pythonTokenSource({ ...plan, templateShare: 0.5 }, { signal })
    expect(plain.source.name).toMatch(/^python@1 \(40 files, [0-9a-f]{12}\), tokenizer [0-9a-f]{12}$/)
    expect(mixed.source.name).toContain(`${plain.source.name} with 50 % templates of bracket_brace@1, `)
    expect(mixed.record).toEqual(plain.record)
    const [a, b] = [plain.source.batch(0, 100, 8), mixed.source.batch(0, 100, 8)]
    const same = Array.from({ length: 100 }, (_, row) => row).filter(
      (row) => String(a.subarray(8 * row, 8 * row + 8)) === String(b.subarray(8 * row, 8 * row + 8)),
    )
    expect(same.length).toBeGreaterThan(35)
    expect(same.length).toBeLessThan(65)
  })
})
