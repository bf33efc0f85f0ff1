import { kindOf } from '../../../../src/formats/sparse-release/pickle-globals.js'
import type {
  PickleDict,
  PickleList,
  PickleValue,
} from '../../../../src/formats/sparse-release/pickle-value.js'
import { unpickle } from '../../../../src/formats/sparse-release/unpickle.js'

/** A pickle from bytes and pieces of ASCII text. */
function pickle(...parts: (number | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part, 'latin1')])),
  )
}
const read = (...parts: (number | string)[]): Promise<PickleValue> =>
  unpickle(pickle(0x80, 4, ...parts), 'x.pt')
const text = (word: string): (number | string)[] => [0x8c, word.length, word]

describe('the unpickler', () => {
  it('reads scalars of every width', async () => {
    const value = await read(
      '(',
      'N',
      0x88,
      0x89,
      'K',
      7,
      'M',
      1,
      2,
      'J',
      0xff,
      0xff,
      0xff,
      0xff,
      'G',
      0xbf,
      0xf8,
      0,
      0,
      0,
      0,
      0,
      0,
      't.',
    )
    expect((value as PickleList).items).toEqual([null, true, false, 7, 513, -1, -1.5])
  })

  it('reads whole numbers in two’s complement, large ones exactly', async () => {
    const value = await read('(', 0x8a, 0, 0x8a, 1, 0xff, 0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 't.')
    expect((value as PickleList).items).toEqual([0, -1, 2n ** 64n])
  })

  it('reads text, bytes, lists, sets and dictionaries, and shares what the memo shares', async () => {
    const value = await read(
      '}',
      0x94,
      '(',
      ...text('a'),
      ']',
      0x94,
      '(',
      'K',
      1,
      'K',
      2,
      'e',
      ...text('b'),
      'h',
      1,
      ...text('c'),
      'C',
      2,
      'hi',
      'u.',
    )
    const { entries } = value as PickleDict
    expect(entries.get('a')).toEqual({ kind: 'list', items: [1, 2] })
    expect(entries.get('b')).toBe(entries.get('a'))
    expect(Buffer.from(entries.get('c') as Uint8Array).toString()).toBe('hi')
  })

  it('reads an OrderedDict and leaves its attributes out', async () => {
    const value = await read('ccollections\nOrderedDict\n)R', ...text('k'), 'K', 1, 's', '}', 'b.')
    expect([...(value as PickleDict).entries]).toEqual([['k', 1]])
  })

  it.each([
    ['GLOBAL', ['cos\nsystem\n', '.'], '"os.system"'],
    ['STACK_GLOBAL', [...text('builtins'), ...text('eval'), 0x93, '.'], '"builtins.eval"'],
    [
      'a dotted way round the list',
      [...text('torch'), ...text('serialization.os.system'), 0x93, '.'],
      '"torch.serialization.os.system"',
    ],
    [
      'a tensor class outside the list',
      ['ctorch._utils\n_rebuild_qtensor\n', '.'],
      '"torch._utils._rebuild_qtensor"',
    ],
    ['INST', ['(ios\nsystem\n.'], 'INST'],
    ['OBJ', ['(o.'], 'OBJ'],
    ['NEWOBJ', [')', ')', 0x81, '.'], 'NEWOBJ'],
    ['EXT1', [0x82, 1, '.'], 'EXT1'],
    ['a storage type called as a function', ['ctorch\nFloatStorage\n)R.'], '"torch.FloatStorage"'],
  ])('refuses %s by name', async (_, parts, name) => {
    const refusal = read(...(parts as (number | string)[]))
    await expect(refusal).rejects.toMatchObject({
      code: 'UNSAFE_FILE',
      message: expect.stringContaining(name),
      hint: expect.stringContaining('safetensors'),
    })
  })

  it.each([
    ['an empty stack', ['.'], /exactly one value/],
    ['a value after a mark', ['(', 'N', '.'], /exactly one value/],
    ['a missing end', ['N'], /breaks off/],
    ['text longer than the file', ['X', 0xff, 0xff, 0xff, 0x7f, 'a'], /breaks off/],
    ['a length beyond 2^53', [0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'a'], /breaks off/],
    ['text that is not UTF-8', [0x8c, 1, 0xff, '.'], /UTF-8/],
    ['a recall of nothing', ['h', 9, '.'], /recalls value 9/],
    ['an append to a number', ['K', 1, 'K', 2, 'a.'], /not a list/],
    ['an unknown instruction', [0xfe, '.'], /0xfe/],
    ['a list inside itself', [']', 0x94, 'h', 0, 'a.'], /inside itself/],
    [
      'lists a hundred deep',
      [...Array<string>(100).fill(']'), ...Array<string>(99).fill('a'), '.'],
      /more than 64 deep/,
    ],
    ['a call of a number', ['K', 1, ')', 'R.'], /not a name/],
    ['a foreign persistent id', ['K', 1, 'Q.'], /not a tensor storage/],
  ])('says what is wrong with %s', async (_, parts, message) => {
    await expect(read(...(parts as (number | string)[]))).rejects.toThrow(message)
    await expect(read(...(parts as (number | string)[]))).rejects.toMatchObject({ code: 'BAD_FILE' })
  })

  it('refuses forty doublings that a walk would never finish', async () => {
    const doubling = Array.from({ length: 40 }, () => [0x32, 0x86]).flat()
    await expect(read(')', ...doubling, '.')).rejects.toThrow(/more than 50000000 values/)
  })

  it('refuses a pickle of another protocol', async () => {
    await expect(unpickle(pickle(0x80, 0, 'N.'), 'x.pt')).rejects.toThrow('protocol 0')
    await expect(unpickle(pickle('I1\n.'), 'x.pt')).rejects.toMatchObject({
      code: 'UNSAFE_FILE',
      message: expect.stringContaining('INT'),
    })
  })

  const storage = [
    '(',
    ...text('storage'),
    'ctorch\nFloatStorage\n',
    ...text('0'),
    ...text('cpu'),
    'K',
    6,
    'tQ',
  ]
  const tensor = (offset: number, shape: number[], strides: number[]): (number | string)[] => [
    'ctorch._utils\n_rebuild_tensor_v2\n',
    '(',
    ...storage,
    'K',
    offset,
    '(',
    ...shape.flatMap((n) => ['K', n]),
    't',
    '(',
    ...strides.flatMap((n) => ['K', n]),
    't',
    0x89,
    ')',
    'tR',
  ]

  it('describes a tensor inside its storage, and a parameter as its tensor', async () => {
    const value = await read(
      'ctorch._utils\n_rebuild_parameter\n(',
      ...tensor(1, [2, 2], [2, 1]),
      0x88,
      ')tR.',
    )
    expect(kindOf(value)).toBe('tensor')
    expect(value).toMatchObject({
      offset: 1,
      shape: [2, 2],
      strides: [2, 1],
      storage: { key: '0', dtype: 'F32', elements: 6 },
    })
  })

  it.each([
    ['reaches past its storage', tensor(3, [2, 2], [2, 1]), /reaches element 6 .* has 6/],
    ['is larger than its storage', tensor(0, [200], [0]), /200 elements .* only 6/],
  ])('refuses a tensor that %s', async (_, parts, message) => {
    await expect(read(...parts, '.')).rejects.toThrow(message)
  })
})
