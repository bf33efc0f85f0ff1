import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildZoo, writeZoo, ZOO_MODELS } from '../../../../zoo/build-zoo.js'

const ZOO = join(__dirname, '../../../../zoo')
const FILES = [
  'beeg_config.json',
  'model.safetensors',
  'reference_set.json',
  'vocabulary.json',
  'circuit.json',
  'prompts.json',
  'expected.json',
]
const PATHS = ZOO_MODELS.flatMap(({ folder }) => FILES.map((file) => `${folder}/${file}`))

// How a changed model gets into the tree: the build writes the files, the diff shows them.
beforeAll(async () => {
  if (process.env['CIRCUITQL_WRITE_ZOO'] === '1') await writeZoo(ZOO)
})

describe('the bundled models', () => {
  it('are made of the files that the README lists', async () => {
    expect((await buildZoo()).map((file) => file.name)).toEqual(PATHS)
  })

  it.each(PATHS)('have %s byte for byte as the build makes it', async (path) => {
    const made = (await buildZoo()).find((file) => file.name === path)!
    expect(Buffer.from(made.bytes).toString('latin1')).toBe(readFileSync(join(ZOO, path), 'latin1'))
  })

  it('stay small', async () => {
    expect((await buildZoo()).reduce((sum, file) => sum + file.bytes.length, 0)).toBeLessThan(40_000)
  })
})
