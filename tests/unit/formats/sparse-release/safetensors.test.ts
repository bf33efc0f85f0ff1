import fc from 'fast-check'
import { InvalidInput } from '../../../../src/domain/errors.js'
import type { Tensor } from '../../../../src/domain/sparse-model-data.js'
import { bytesFile } from '../../../../src/formats/source-file.js'
import {
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from '../../../../src/formats/sparse-release/safetensors.js'

const floats = (name: string, values: number[], shape = [values.length]): Tensor => ({
  name,
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
})

/** A file of the given header text and data length. */
function file(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header)
  const out = new Uint8Array(8 + text.length + dataBytes)
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true)
  out.set(text, 8)
  return out
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4]): string =>
  JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, end] })

describe('safetensors', () => {
  it('gives back what was written, by file and by bytes, in code-point order', async () => {
    const tensors = [
      floats('b', [1, 2, 3, 4], [2, 2]),
      floats('a', [5]),
      { ...floats('Ω', []), dtype: 'U8' as const },
    ]
    const bytes = writeSafetensors(tensors, { note: 'by hand' })
    for (const read of [parseSafetensors(bytes), await readSafetensors(bytesFile('x', bytes))]) {
      expect(read.tensors.map(({ name, dtype, shape, bytes }) => [name, dtype, shape, [...bytes]])).toEqual(
        [tensors[1]!, tensors[0]!, tensors[2]!].map(({ name, dtype, shape, bytes }) => [
          name,
          dtype,
          shape,
          [...bytes],
        ]),
      )
      expect([...read.metadata]).toEqual([['note', 'by hand']])
    }
  })

  it('gives the same bytes whatever the order of the tensors', () => {
    const tensors = [
      floats('b', [1]),
      floats('a', [2]),
      { ...floats('c', [1, 2]), dtype: 'F64' as const, shape: [1] },
    ]
    expect(writeSafetensors([...tensors].reverse(), { b: '1', a: '2' })).toEqual(
      writeSafetensors(tensors, { a: '2', b: '1' }),
    )
  })

  it('keeps every tensor aligned to its element', () => {
    const bytes = writeSafetensors([
      { ...floats('odd', []), dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) },
      floats('wide', [1]),
    ])
    expect(
      parseSafetensors(bytes).tensors.find((tensor) => tensor.name === 'wide')!.bytes.byteOffset % 4,
    ).toBe(0)
  })

  it.each([
    [
      'a header longer than the file',
      Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 123, 125),
      /header has 200 bytes/,
    ],
    ['a header beyond the limit', Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 123, 125), /at most 100000000/],
    ['too few bytes', Uint8Array.of(1, 2), /has 2 bytes/],
    ['no object', file('[]', 0), /does not begin/],
    ['broken JSON', file('{"a":', 0), /not JSON/],
    ['a name twice', file(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 4), /names "a" twice/],
    ['an overlap', file(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12), /"b" at byte 4 of the data, over/],
    ['a hole', file(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12), /bytes 4 to 8/],
    ['an end beyond the data', file(`{"a":${entry(0, 8)}}`, 4), /up to byte 8 .* has 4 bytes/],
    ['bytes that belong to nobody', file(`{"a":${entry(0, 4)}}`, 8), /4 bytes after/],
    [
      'a length that is not the shape',
      file(`{"a":${entry(0, 8, [3])}}`, 8),
      /8 bytes, but type F32 and shape \[3\] need 12/,
    ],
    ['a shape whose product overflows', file(`{"a":${entry(0, 8, [2 ** 40, 2 ** 40])}}`, 8), /need Infinity/],
    [
      'a negative offset',
      file('{"a":{"dtype":"F32","shape":[],"data_offsets":[-4,0]}}', 0),
      /two natural numbers/,
    ],
    ['metadata that is not text', file('{"__metadata__":{"a":1}}', 0), /__metadata__\["a"\] is 1, not text/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow(message)
    expect(() => parseSafetensors(bytes, 'x.safetensors')).toThrow(InvalidInput)
  })

  it('names an element type that it does not know', () => {
    const bytes = file('{"a":{"dtype":"F8_E4M3","shape":[],"data_offsets":[0,1]}}', 1)
    expect(() => parseSafetensors(bytes, 'x')).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('"F8_E4M3"') }),
    )
  })

  it('takes a tensor named __proto__ for what it is', () => {
    expect(
      parseSafetensors(file(`{"__proto__":${entry(0, 4)}}`, 4)).tensors.map((tensor) => tensor.name),
    ).toEqual(['__proto__'])
  })

  it('answers thousands of mutated files with a value or InvalidInput', () => {
    const original = writeSafetensors([floats('a', [1, 2, 3]), floats('b', [4], [1, 1])], { k: 'v' })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(original.length),
        (edits, cut) => {
          const bytes = Uint8Array.from(original)
          for (const [at, value] of edits) bytes[at] = value
          try {
            parseSafetensors(cut % 5 === 0 ? bytes.subarray(0, cut) : bytes)
          } catch (error) {
            if (!(error instanceof InvalidInput)) throw error
          }
        },
      ),
      { numRuns: 5_000, seed: 11 },
    )
  })
})
