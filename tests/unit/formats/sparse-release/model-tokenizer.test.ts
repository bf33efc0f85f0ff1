import type { SparseModelData } from '../../../../src/domain/sparse-model-data.js'
import { runToEnd } from '../../../../src/domain/steps.js'
import { bytesFile } from '../../../../src/formats/source-file.js'
import {
  decodeModelArtefact,
  encodeModelArtefact,
} from '../../../../src/formats/sparse-release/model-artefact.js'
import { readSparseModel } from '../../../../src/formats/sparse-release/read-sparse-model.js'
import { writeSparseModel } from '../../../../src/formats/sparse-release/write-sparse-model.js'
import { modelHash } from '../../../../src/model/model-hash.js'
import { canonicalTensors } from '../../../../src/model/tensor-table.js'
import { microConfig, randomModel } from '../../../support/micro-model.js'
import { PYTHON_TOKENIZER_JSON, pythonTokenizer } from '../../../support/python-tokenizer.js'

describe('a model with a tokenizer', () => {
  const made = randomModel(microConfig({ vocab_size: 2048 }), 1)
  const tensors = canonicalTensors(made.config, made.tensors)
  const model: SparseModelData = {
    ...made,
    tensors,
    id: modelHash(made.config, tensors),
    vocabulary: pythonTokenizer().vocabulary,
    tokenizer: PYTHON_TOKENIZER_JSON,
  }
  const files = (data: SparseModelData) =>
    writeSparseModel(data).map(({ name, bytes }) => bytesFile(name, bytes))

  it('comes back with it, as files and as an artefact, under the id of its weights', async () => {
    expect((await readSparseModel(files(model))).data).toEqual(model)
    expect(runToEnd(decodeModelArtefact(encodeModelArtefact(model)))).toEqual(model)
    expect((await readSparseModel(files({ ...model, tokenizer: null, vocabulary: null }))).data.id).toBe(
      model.id,
    )
  })

  it('has the vocabulary of the tokenizer where it brings none of its own', async () => {
    const without = files(model).filter(({ name }) => name !== 'vocabulary.json')
    expect((await readSparseModel(without)).data).toEqual(model)
  })

  it('is refused where tokenizer and vocabulary contradict each other, or the model', async () => {
    const vocabulary = model.vocabulary!.map((text, id) => (id === 300 ? 'other' : text))
    await expect(readSparseModel(files({ ...model, vocabulary }))).rejects.toThrow(
      /^token 300 is ".*" in tokenizer/,
    )
    const narrow = { ...randomModel(microConfig(), 1), tokenizer: PYTHON_TOKENIZER_JSON }
    await expect(readSparseModel(files(narrow))).rejects.toThrow(
      "tokenizer.json has 2048 tokens, the model's vocabulary has 7",
    )
  })
})
