import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importSources } from '../../../src/cli/import-sources.js'

describe('what a path brings in', () => {
  let folder: string
  const put = (name: string): void => writeFileSync(join(folder, name), '{}')
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'circuitql-import-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const namesOf = async (): Promise<string[][]> =>
    (await importSources(folder)).map(({ files }) => files.map(({ name }) => name))

  it('is a file alone', async () => {
    put('graph.json')
    const path = join(folder, 'graph.json')
    expect(await importSources(path)).toEqual([{ path, files: [{ path, name: 'graph.json' }] }])
  })

  it('is one sparse model for a folder with its configuration and its weights, each weight once', async () => {
    for (const name of ['beeg_config.json', 'final_model.pt', 'reference.safetensors']) put(name)
    expect(await namesOf()).toEqual([['beeg_config.json', 'final_model.pt']])
    put('model.safetensors')
    expect(await namesOf()).toEqual([['beeg_config.json', 'model.safetensors']])
  })

  it('is every circuit file of another folder, one import each', async () => {
    for (const name of ['b.json', 'a.json.gz', 'notes.txt']) put(name)
    expect(await namesOf()).toEqual([['a.json.gz'], ['b.json']])
  })

  it('is refused by name where there is nothing', async () => {
    await expect(importSources(join(folder, 'none'))).rejects.toThrow(join(folder, 'none'))
    await expect(importSources(folder)).rejects.toThrow(
      `${folder} holds neither a sparse model nor circuit files`,
    )
  })
})
