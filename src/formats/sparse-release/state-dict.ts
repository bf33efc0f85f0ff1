/** The named tensors of a `final_model.pt`: a torch archive whose value is a flat dictionary of tensors. */
import { InvalidInput } from '../../domain/errors.js'
import type { Tensor } from '../../domain/sparse-model-data.js'
import type { SourceFile } from '../source-file.js'
import { DTYPE_WIDTH, elementCount } from './dtype-width.js'
import { kindOf } from './pickle-globals.js'
import type { PickleDict, PickleTensor } from './pickle-value.js'
import { openTorchZip } from './torch-zip.js'

/** Tied matrices share a storage and count twice; beyond that, views of one storage add up to a flood. */
const MAX_EXPANSION = 2
const ALLOWANCE = 1 << 20

/** Throws what `openTorchZip` throws, and `BAD_FILE` naming an entry that is not a tensor. */
export async function readStateDict(file: SourceFile): Promise<readonly Tensor[]> {
  const archive = await openTorchZip(file)
  if (kindOf(archive.value) !== 'dict') throw bad(file, 'holds no dictionary of tensors')
  const tensors: Tensor[] = []
  let bytes = 0
  for (const [name, value] of (archive.value as PickleDict).entries) {
    if (typeof name !== 'string') throw bad(file, 'has an entry whose name is not text')
    if (kindOf(value) !== 'tensor')
      throw bad(file, `has an entry ${JSON.stringify(name)} that is not a tensor`)
    const tensor = value as PickleTensor
    bytes += elementCount(tensor.shape) * DTYPE_WIDTH[tensor.storage.dtype]
    if (bytes > MAX_EXPANSION * file.bytes + ALLOWANCE)
      throw bad(file, `stands for tensors of more than ${MAX_EXPANSION} times its own size`)
    tensors.push(await archive.tensor(name, tensor))
  }
  return tensors
}

function bad(file: SourceFile, what: string): InvalidInput {
  return new InvalidInput('BAD_FILE', `${file.name} ${what}`, { path: file.name })
}
