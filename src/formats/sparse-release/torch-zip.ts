/**
 * Opens a torch zip archive (`torch.save`, PyTorch 1.6 and later): `<root>/data.pkl` describes the value, and each
 * storage stands as it is in `<root>/data/<key>`. The value comes back as plain data; a tensor's numbers are read when
 * asked for.
 */
import { InvalidInput } from '../../domain/errors.js'
import type { Tensor } from '../../domain/sparse-model-data.js'
import { readExactly, type SourceFile } from '../source-file.js'
import { DTYPE_WIDTH } from './dtype-width.js'
import { CONVERT_HINT } from './pickle-globals.js'
import type { PickleStorage, PickleTensor, PickleValue } from './pickle-value.js'
import { contiguousBytes } from './strided-view.js'
import { MAX_PICKLE_BYTES, unpickle } from './unpickle.js'
import { readZipDirectory, readZipEntry, type ZipEntry } from './zip-directory.js'

export interface TorchArchive {
  readonly value: PickleValue
  /** The numbers of a tensor of `value`, contiguous and little-endian. */
  tensor(name: string, tensor: PickleTensor): Promise<Tensor>
}

const ZIP_START = 0x04034b50

/**
 * Throws `UNSAFE_FILE` for a bare pickle or one that names anything but tensors and plain values, `BAD_FILE` for a
 * damaged archive, `UNSUPPORTED` for compressed entries and big-endian storages.
 */
export async function openTorchZip(file: SourceFile): Promise<TorchArchive> {
  await refuseBarePickle(file)
  const entries = await readZipDirectory(file)
  const root = rootOf(file, entries)
  const pickle = entries.get(`${root}/data.pkl`)!
  if (pickle.bytes > MAX_PICKLE_BYTES)
    throw bad(file, `has a pickle of ${pickle.bytes} bytes, at most ${MAX_PICKLE_BYTES} are read`)
  await checkByteOrder(file, entries.get(`${root}/byteorder`))
  const value = await unpickle(await readZipEntry(file, pickle), file.name)
  const storages = new Map<string, Promise<Uint8Array>>()
  const storage = (wanted: PickleStorage): Promise<Uint8Array> => {
    const name = `${root}/data/${wanted.key}`
    const entry = entries.get(name)
    if (entry === undefined)
      throw bad(file, `lacks the storage ${JSON.stringify(name)} that its pickle refers to`)
    const needed = wanted.elements * DTYPE_WIDTH[wanted.dtype]
    if (entry.bytes !== needed)
      throw bad(
        file,
        `holds ${entry.bytes} bytes of storage ${JSON.stringify(name)}, its pickle says ${needed}`,
      )
    const content = storages.get(name) ?? readZipEntry(file, entry)
    storages.set(name, content)
    return content
  }
  return {
    value,
    tensor: async (name, tensor) => ({
      name,
      dtype: tensor.storage.dtype,
      shape: tensor.shape,
      bytes: await contiguousBytes(await storage(tensor.storage), tensor),
    }),
  }
}

async function refuseBarePickle(file: SourceFile): Promise<void> {
  const start = await readExactly(file, 0, Math.min(4, file.bytes))
  if (start[0] === 0x80 && start[1]! <= 5) {
    throw new InvalidInput(
      'UNSAFE_FILE',
      `${file.name} is a bare Python pickle, which may run code when loaded; only torch zip archives of tensors are read`,
      {
        path: file.name,
        hint: CONVERT_HINT,
      },
    )
  }
  const isZip =
    start.length === 4 && new DataView(start.buffer, start.byteOffset).getUint32(0, true) === ZIP_START
  if (!isZip) throw bad(file, 'is not a torch zip archive')
}

function rootOf(file: SourceFile, entries: ReadonlyMap<string, ZipEntry>): string {
  const roots = [...entries.keys()].flatMap((name) => /^([^/]+)\/data\.pkl$/.exec(name)?.[1] ?? [])
  if (roots.length !== 1)
    throw bad(file, `has ${roots.length} entries named data.pkl, a torch archive has one`)
  return roots[0]!
}

async function checkByteOrder(file: SourceFile, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined) return
  const order = entry.bytes > 16 ? '' : new TextDecoder().decode(await readZipEntry(file, entry))
  if (order !== 'little') {
    throw new InvalidInput(
      'UNSUPPORTED',
      `${file.name} has the byte order ${JSON.stringify(order)}, only "little" is read`,
      { path: file.name },
    )
  }
}

function bad(file: SourceFile, what: string): InvalidInput {
  return new InvalidInput('BAD_FILE', `${file.name} ${what}`, { path: file.name })
}
