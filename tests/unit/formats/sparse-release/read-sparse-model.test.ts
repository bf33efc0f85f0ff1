import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd } from '../../../../src/domain/steps.js'
import { bytesFile, diskFile, type SourceFile } from '../../../../src/formats/source-file.js'
import {
  decodeModelArtefact,
  encodeModelArtefact,
} from '../../../../src/formats/sparse-release/model-artefact.js'
import { readSparseModel } from '../../../../src/formats/sparse-release/read-sparse-model.js'
import { parseSafetensors, writeSafetensors } from '../../../../src/formats/sparse-release/safetensors.js'
import { writeSparseModel } from '../../../../src/formats/sparse-release/write-sparse-model.js'
import { describeWithShared } from '../../../support/shared.js'

describeWithShared('reading the released layout', (shared) => {
  const MODELS = ['paper-like', 'cat-pos-layernorm', 'relu-tied']
  const path = (model: string, file: string): string =>
    join(shared, 'fixtures/circuit-sparsity-reference', model, file)
  const files = (model: string, ...names: string[]): Promise<SourceFile[]> =>
    Promise.all(names.map((name) => diskFile(path(model, name))))
  const json = (name: string, value: unknown): SourceFile =>
    bytesFile(name, new TextEncoder().encode(JSON.stringify(value)))

  it.each(MODELS)('gives %s one id out of .pt, safetensors and both', async (model) => {
    const torch = await readSparseModel(await files(model, 'beeg_config.json', 'final_model.pt'))
    const safetensors = await readSparseModel(await files(model, 'beeg_config.json', 'model.safetensors'))
    const both = await readSparseModel(
      await files(model, 'beeg_config.json', 'model.safetensors', 'final_model.pt'),
    )
    expect(torch.data.id).toMatch(/^[0-9a-f]{64}$/)
    expect([safetensors.data.id, both.data.id]).toEqual([torch.data.id, torch.data.id])
    expect(safetensors.nonzeroCount).toBe(torch.nonzeroCount)
  })

  it('counts parameters and nonzeros as the file has them', async () => {
    const model = await readSparseModel(await files('paper-like', 'beeg_config.json', 'model.safetensors'))
    const { tensors } = parseSafetensors(readFileSync(path('paper-like', 'model.safetensors')))
    const values = tensors.flatMap(({ bytes }) => [...new Float32Array(Uint8Array.from(bytes).buffer)])
    expect(model.parameterCount).toBe(values.length)
    expect(model.nonzeroCount).toBe(values.filter((value) => value !== 0).length)
  })

  it.each(MODELS)('writes %s back in the released layout and as an artefact without loss', async (model) => {
    const given = await files(model, 'beeg_config.json', 'final_model.pt')
    const sidecars = [
      json('reference_set.json', { name: 'two', sequences: [[1, 2, 3], [4]] }),
      json(
        'vocabulary.json',
        Array.from({ length: 32 }, (_, i) => `t[ ${i}, ]`),
      ),
    ]
    const { data } = await readSparseModel([...given, ...sidecars])
    const again = await readSparseModel(
      writeSparseModel(data).map(({ name, bytes }) => bytesFile(name, bytes)),
    )
    expect(again.data).toEqual(data)
    const artefact = encodeModelArtefact(data)
    expect(runToEnd(decodeModelArtefact(artefact))).toEqual(data)
    expect(encodeModelArtefact(runToEnd(decodeModelArtefact(artefact)))).toEqual(artefact)
  })

  it('refuses two files that hold different weights, naming the tensor', async () => {
    const { tensors } = parseSafetensors(readFileSync(path('relu-tied', 'model.safetensors')))
    const changed = tensors.map((tensor) => {
      if (tensor.name !== 'transformer.h.0.mlp.c_fc.weight') return tensor
      const bytes = Uint8Array.from(tensor.bytes)
      bytes[3] = 0x3f
      return { ...tensor, bytes }
    })
    const given = [
      ...(await files('relu-tied', 'beeg_config.json', 'final_model.pt')),
      bytesFile('model.safetensors', writeSafetensors(changed)),
    ]
    await expect(readSparseModel(given)).rejects.toThrow(
      'hold different weights, first in transformer.h.0.mlp.c_fc.weight',
    )
  })

  it('reads any file that has the three parts of a source file', async () => {
    const config = await diskFile(path('relu-tied', 'beeg_config.json'))
    const bytes = readFileSync(path('relu-tied', 'final_model.pt'))
    const pool = new Uint8Array(bytes.length + 3)
    pool.set(bytes, 3)
    const oddlyAligned = bytesFile('final_model.pt', pool.subarray(3))
    const expected = await readSparseModel(await files('relu-tied', 'beeg_config.json', 'final_model.pt'))
    expect((await readSparseModel([config, oddlyAligned])).data.id).toBe(expected.data.id)
  })

  it('says what it filled in, found redundant or left unread', async () => {
    const { tensors } = parseSafetensors(readFileSync(path('relu-tied', 'model.safetensors')))
    const bare = tensors.filter((tensor) => tensor.name !== 'final_logits_bias')
    const { findings } = await readSparseModel([
      ...(await files('relu-tied', 'beeg_config.json')),
      bytesFile('model.safetensors', writeSafetensors(bare)),
      bytesFile('notes.txt', new Uint8Array(0)),
    ])
    expect(findings.map((finding) => [finding.code, finding.count])).toEqual([
      ['TENSOR_FILLED_IN', 1],
      ['FILE_IGNORED', 1],
    ])
  })

  it.each([
    ['without configuration', ['model.safetensors'], /needs beeg_config.json/],
    ['without weights', ['beeg_config.json'], /needs model.safetensors or final_model.pt/],
  ])('refuses a folder %s', async (_, names, message) => {
    await expect(readSparseModel(await files('paper-like', ...names))).rejects.toThrow(message)
  })

  it.each([
    ['reference_set.json', { name: 'x', sequences: [[1, 32]] }, /sequences\[0\]\[1\] is 32/],
    ['reference_set.json', { name: 'x', sequences: [] }, /no sequence/],
    [
      'reference_set.json',
      { name: 'x', sequences: [Array(17).fill(1)] },
      /17 tokens, the model reads 1 to 16/,
    ],
    ['vocabulary.json', ['a', 'b'], /2 tokens, the model's vocabulary has 32/],
  ])('refuses a broken %s', async (name, value, message) => {
    const given = [...(await files('paper-like', 'beeg_config.json', 'model.safetensors')), json(name, value)]
    await expect(readSparseModel(given)).rejects.toThrow(message)
  })

  it('refuses an artefact of another make', () => {
    expect(() => runToEnd(decodeModelArtefact(writeSafetensors([])))).toThrow(
      'not in the format circuitql/model 1',
    )
  })
})
