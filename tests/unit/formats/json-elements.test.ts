import fc from 'fast-check'
import { type ElementLimits, readJsonElements } from '../../../src/formats/json-elements.js'
import { parseJsonText, printJsonText, repeatedKey } from '../../../src/formats/json-elements-text.js'

const LIMITS: ElementLimits = { depth: 20, elementBytes: 10_000, restBytes: 10_000 }

interface Read {
  readonly keys: readonly string[]
  readonly told: Record<string, unknown[]>
  readonly members: Record<string, unknown>
}

/** Reads a text that arrives in pieces of so many bytes, telling the arrays `a` and `b`. */
async function read(text: string | Uint8Array, pieceBytes = 1e9, limits = LIMITS): Promise<Read> {
  const bytes = Buffer.from(text)
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const told: Record<string, unknown[]> = {}
  const { keys, members } = await readJsonElements(pieces(), {
    name: 'f.json',
    arrays: ['a', 'b'],
    limits,
    onElements: (array, elements) => {
      told[array] = [...(told[array] ?? []), ...elements]
    },
  })
  return { keys, told, members: Object.fromEntries(members) }
}

describe('telling big arrays of a JSON object', () => {
  it('gives what JSON.parse gives, however the bytes are cut', async () => {
    const element = fc.jsonValue({ maxDepth: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'grapheme' })), {
          maxLength: 5,
        }),
        fc.array(fc.array(element, { maxLength: 6 }), { minLength: 5, maxLength: 5 }),
        fc.array(element, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 1, '\t', '\r\n '),
        async (keys, arrays, values, pieceBytes, indent) => {
          const entries = keys.map((key, i) => [key, 'ab'.includes(key) && key ? arrays[i] : values[i]])
          const text = JSON.stringify(Object.fromEntries(entries), null, indent)
          const expected = JSON.parse(text) as Record<string, unknown>
          const found = await read(text, pieceBytes)
          expect(found.keys).toEqual(Object.keys(expected))
          for (const key of Object.keys(expected)) {
            if (key === 'a' || key === 'b') expect(found.told[key] ?? []).toEqual(expected[key])
            else expect(found.members[key]).toEqual(expected[key])
          }
        },
      ),
      { numRuns: 300, seed: 7 },
    )
  })

  it('never reads what JSON.parse refuses, save bare NaN and Infinity', async () => {
    const good = '{"a": [{"x": 1, "y": "}"}, [2, "\\\\"], null], "k": {"z": [1.5e3, true]}, "b": []}'
    const alphabet = '{}[]",:\\ 1e-ntfau'
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length),
        fc.nat(3),
        fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 3 }),
        fc.integer({ min: 1, max: 60 }),
        async (at, cut, insert, pieceBytes) => {
          const text = good.slice(0, at) + insert + good.slice(at + cut)
          const found = await read(text, pieceBytes).catch((error: unknown) => error)
          let expected: unknown
          try {
            expected = JSON.parse(text)
          } catch {
            expected = null
          }
          if (expected === null) expect(found).toMatchObject({ code: 'BAD_FILE' })
          else if (repeatedKey(text) !== null) expect(found).toMatchObject({ code: 'BAD_FILE' })
          else {
            const { told, members } = found as Read
            const all: Record<string, unknown> = { ...members, ...told }
            for (const [key, value] of Object.entries(expected as object))
              expect(all[key] ?? []).toEqual(value)
          }
        },
      ),
      { numRuns: 3_000, seed: 11 },
    )
  })

  it.each([
    ['a file that ends early', '{"a": [1, 2', 11, /ends in the middle/],
    ['an empty file', '', 0, /ends in the middle/],
    ['another kind of value', '[1]', 0, /not a JSON object/],
    ['what follows the object', '{"c": 1} x', 9, /follows the end/],
    ['a byte order mark', '\ufeff{}', 0, /byte order mark/],
    ['a key that is there twice', '{"c": 1, "c": 2}', 9, /"c" is there twice/],
    ['a told array that is there twice', '{"a": [], "a": []}', 10, /"a" is there twice/],
    ['a key twice in a value', '{"c": {"k": 1, "k": 1}}', 6, /"k" twice/],
    ['a key twice in an element', '{"a": [{"k": 1},  {"j": 1, "k": 2, "k": 3}]}', 18, /"k" twice/],
    ['an element that is not JSON', '{"a": [1, 2, nope, 3]}', 13, /a\[2\].*not JSON/],
    ['a comma before the end of an array', '{"a": [1,]}', 9, /expected an element of a/],
    ['two commas', '{"a": [1,,2]}', 9, /expected an element of a/],
    ['a comma first', '{"a": [,1]}', 7, /expected an element of a/],
    ['a comma before the end of the object', '{"c": 1,}', 8, /expected a key/],
    ['a missing comma', '{"c": 1 "d": 2}', 8, /expected a comma/],
    ['a missing colon', '{"c" 1}', 5, /expected a colon/],
    ['a missing value', '{"c": , "d": 1}', 6, /not JSON/],
    ['brackets that do not fit', '{"a": [{"k": 1]}', 15, /expected an element/],
    ['brackets that fit in number only', '{"a": [{"k": 1], 2]}', 7, /a\[0\].*not JSON/],
    ['a closing brace in an array', '{"a": [1}', 8, /expected an element/],
    ['NaN as a key', '{"c": {NaN: 1}}', 6, /not JSON/],
  ])('refuses %s and says at which byte', async (_, text, byte, message) => {
    for (const pieceBytes of [1, 3, 1e9]) {
      const error = await read(text, pieceBytes).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'BAD_FILE', path: 'f.json', facts: { byte } })
      expect((error as Error).message).toMatch(message)
    }
  })

  it('refuses bytes that are not UTF-8', async () => {
    const bytes = Buffer.from([...Buffer.from('{"c": "'), 0xc3, 0x28, ...Buffer.from('"}')])
    await expect(read(bytes)).rejects.toMatchObject({ code: 'BAD_FILE', message: /byte 6.*UTF-8/ })
  })

  it('stops at nesting, elements and rests beyond the limits', async () => {
    const deep = `${'['.repeat(21)}${']'.repeat(21)}`
    const long = JSON.stringify('x'.repeat(10_001))
    for (const text of [`{"a": [${deep}]}`, `{"c": ${deep}}`, `{"a": [${long}]}`, `{"c": ${long}}`]) {
      await expect(read(text)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
      await expect(read(text, 7)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    }
    await expect(read(`{${'"'.padEnd(20_000, 'k')}`, 100)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  it('lets others run while a file in one piece is read', async () => {
    const text = `{"a": [${Array.from({ length: 300_000 }, (_, i) => `{"k": ${i}}`).join(',')}]}`
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const { told } = await read(text)
    clearInterval(timer)
    expect(told['a']).toHaveLength(300_000)
    expect(turns).toBeGreaterThan(3)
  })

  it('keeps __proto__ as the plain key that it is', async () => {
    const { members } = await readJsonElements(
      (async function* () {
        yield Buffer.from('{"__proto__": {"x": 1}, "c": {"__proto__": 2}}')
      })(),
      { name: 'f', arrays: [], limits: LIMITS, onElements: () => {} },
    )
    expect(members.get('__proto__')).toEqual({ x: 1 })
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})

describe('JSON text with bare NaN and Infinity', () => {
  it('is read as those numbers where a value stands, and only there', () => {
    const text = '{"NaN": [NaN, -Infinity ,Infinity], "s": "NaN, Infinity]", "q": "\\"NaN,"}'
    expect(parseJsonText(text)).toEqual({
      NaN: [Number.NaN, -Infinity, Infinity],
      s: 'NaN, Infinity]',
      q: '"NaN,',
    })
    for (const bad of ['NaN1', '1NaN', '-NaN', '{NaN: 1}', '+Infinity', '[NaN NaN]', 'nan', '"a" NaN'])
      expect(() => parseJsonText(bad)).toThrow(SyntaxError)
  })

  it('comes back from its printed form bit for bit', () => {
    const leaf = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, '\u0000NaN', '\u0000', '\u0000\u0000-0.0', '-0.0'),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
    )
    const key = fc.oneof(fc.string(), fc.constantFrom('\u0000NaN', '\u0000', '__proto__', 'NaN'))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value')),
        fc.array(fc.tuple(key, tie('value'))).map(Object.fromEntries),
      ),
    }))
    fc.assert(
      fc.property(value, (one) => {
        expect(parseJsonText(printJsonText(one))).toStrictEqual(one)
      }),
      { numRuns: 2_000, seed: 3 },
    )
  })
})
