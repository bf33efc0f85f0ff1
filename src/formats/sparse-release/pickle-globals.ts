/**
 * The only names a pickle may use here, and what using them gives. Each is a description built by our own code: no name
 * is ever looked up, imported or called.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { DType } from '../../domain/sparse-model-data.js'
import { elementCount } from './dtype-width.js'
import type { PickleDict, PickleGlobal, PickleStorage, PickleTensor, PickleValue } from './pickle-value.js'

export const CONVERT_HINT =
  'in Python, load the file where you trust it and save its tensors with safetensors.torch.save_file, or its plain values as JSON'

const STORAGE_TYPES: ReadonlyMap<string, DType> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
  ['torch.storage.UntypedStorage', 'U8'],
])
const CALLABLE = [
  'collections.OrderedDict',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
] as const
const MAX_RANK = 32

/** Throws `UNSAFE_FILE` naming the global when it is not on the list. */
export function allowedGlobal(module: string, name: string, file: string): PickleGlobal {
  const full = `${module}.${name}`
  if (STORAGE_TYPES.has(full) || CALLABLE.some((known) => known === full))
    return { kind: 'global', name: full }
  throw unsafe(
    file,
    `its pickle names ${shown(full)}, which is none of the tensors and plain values that are read here`,
  )
}

/** The value of `name(*args)`, by our own rules. */
export function applyGlobal(callee: PickleValue, args: PickleValue, file: string): PickleValue {
  const name = kindOf(callee) === 'global' ? (callee as PickleGlobal).name : null
  if (name === null) throw bad(file, 'its pickle calls something that is not a name')
  const items = kindOf(args) === 'tuple' ? (args as { items: readonly PickleValue[] }).items : null
  if (items === null) throw bad(file, `its pickle calls ${name} without a tuple of arguments`)
  switch (name) {
    case 'collections.OrderedDict':
      return orderedDict(items, file)
    case 'torch._utils._rebuild_tensor_v2':
      return tensor(items, file)
    case 'torch._utils._rebuild_parameter':
      if (kindOf(items[0]) !== 'tensor')
        throw bad(file, 'its pickle makes a parameter of something that is not a tensor')
      return items[0]!
    default:
      throw unsafe(file, `its pickle calls ${shown(name)}, which is only a type here`)
  }
}

/** The storage that a persistent id `('storage', type, key, location, elements)` stands for. */
export function storageOf(id: PickleValue, file: string): PickleStorage {
  const items = kindOf(id) === 'tuple' ? (id as { items: readonly PickleValue[] }).items : []
  const [word, type, key, , elements] = items
  const dtype = kindOf(type) === 'global' ? STORAGE_TYPES.get((type as PickleGlobal).name) : undefined
  if (
    items.length !== 5 ||
    word !== 'storage' ||
    dtype === undefined ||
    typeof key !== 'string' ||
    !isCount(elements)
  ) {
    throw bad(file, 'its pickle refers to something outside it that is not a tensor storage')
  }
  return { kind: 'storage', key, dtype, elements }
}

export function kindOf(value: PickleValue | undefined): string | null {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null
}

function orderedDict(args: readonly PickleValue[], file: string): PickleDict {
  const entries = new Map<PickleValue, PickleValue>()
  if (args.length > 1) throw bad(file, `its pickle makes an OrderedDict of ${args.length} arguments`)
  if (args.length === 1) {
    for (const pair of sequence(args[0], file)) {
      const [key, value, ...more] = sequence(pair, file)
      if (key === undefined || value === undefined || more.length > 0)
        throw bad(file, 'its pickle makes an OrderedDict of something that is not pairs')
      entries.set(key, value)
    }
  }
  return { kind: 'dict', entries }
}

function tensor(args: readonly PickleValue[], file: string): PickleTensor {
  const [storage, offset, size, stride] = args
  if (kindOf(storage) !== 'storage' || !isCount(offset))
    throw bad(file, 'its pickle makes a tensor without storage and offset')
  const block = storage as PickleStorage
  const shape = sequence(size, file)
  const strides = sequence(stride, file)
  if (
    shape.length > MAX_RANK ||
    shape.length !== strides.length ||
    !shape.every(isCount) ||
    !strides.every(isCount)
  ) {
    throw bad(
      file,
      `its pickle makes a tensor of storage ${shown(block.key)} whose shape and strides are not natural numbers`,
    )
  }
  const count = elementCount(shape)
  const last = shape.reduce((sum, length, i) => sum + (length - 1) * strides[i]!, offset)
  if (count > 0 && !(last < block.elements)) {
    throw bad(
      file,
      `its pickle makes a tensor that reaches element ${last} of storage ${shown(block.key)}, which has ${block.elements}`,
    )
  }
  // Stride 0 would let a few bytes stand for a tensor of any size.
  if (count > block.elements) {
    throw bad(
      file,
      `its pickle makes a tensor of ${count} elements from storage ${shown(block.key)}, which has only ${block.elements}`,
    )
  }
  return { kind: 'tensor', storage: block, offset, shape, strides }
}

function sequence(value: PickleValue | undefined, file: string): readonly PickleValue[] {
  if (kindOf(value) !== 'list' && kindOf(value) !== 'tuple')
    throw bad(file, 'its pickle gives a single value where a sequence belongs')
  return (value as { items: readonly PickleValue[] }).items
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function shown(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 119)}…` : name)
}

function unsafe(file: string, what: string): InvalidInput {
  return new InvalidInput('UNSAFE_FILE', `${file} is refused: ${what}`, { path: file, hint: CONVERT_HINT })
}

function bad(file: string, what: string): InvalidInput {
  return new InvalidInput('BAD_FILE', `${file} is broken: ${what}`, { path: file })
}
