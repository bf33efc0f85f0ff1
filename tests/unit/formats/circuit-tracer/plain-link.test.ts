import fc from 'fast-check'
import { IdTable } from '../../../../src/formats/circuit-tracer/id-table.js'
import { PlainLink } from '../../../../src/formats/circuit-tracer/plain-link.js'

interface Taken {
  readonly source: string
  readonly target: string
  readonly weight: number
  readonly end: number
}

function take(text: string): Taken | 0 | -1 {
  const bytes = Buffer.from(text)
  const plain = new PlainLink()
  const end = plain.read(bytes, 0)
  if (end <= 0) return end as 0 | -1
  return {
    source: bytes.toString('utf8', plain.sourceFrom, plain.sourceTo),
    target: bytes.toString('utf8', plain.targetFrom, plain.targetTo),
    weight: plain.weight,
    end,
  }
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.stringMatching(/^(?:0|[1-9]\d{0,18})(?:\.\d{1,18})?(?:[eE][-+]?\d{1,2})?$/),
    )
    .map((parts) => parts.join('')),
)
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
const id = fc.stringMatching(/^[ !#-?A-[\]-~]{0,12}$/)

describe('a link taken straight from bytes', () => {
  it('is what JSON.parse says, to the last bit of its weight', () => {
    fc.assert(
      fc.property(
        id,
        id,
        number,
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        fc.array(space, { minLength: 14, maxLength: 14 }),
        fc.constantFrom(',', ']'),
        (source, target, weight, order, spaces, after) => {
          const members = [
            `"source"@:@${JSON.stringify(source)}`,
            `"target"@:@${JSON.stringify(target)}`,
            `"weight"@:@${weight}`,
          ]
          const gap = [...spaces]
          const text = `{@${order.map((k) => members[k]).join('@,@')}@}`.replaceAll(
            '@',
            () => gap.pop() ?? '',
          )
          const expected = JSON.parse(text) as Record<string, unknown>
          const found = take(`${text}${after} rest`)
          expect(found).toStrictEqual({ ...expected, end: text.length })
          for (let cut = 0; cut < text.length; cut++) expect(take(text.slice(0, cut))).toBe(0)
        },
      ),
      { numRuns: 300, seed: 5 },
    )
  })

  it('is left to JSON.parse whenever it looks different', () => {
    const good = '{"source": "a_1", "target": "b_2", "weight": -1.25e1},'
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.nat(2),
        fc.string({ unit: fc.constantFrom(...'{}",:\\ 01.eE+-é\tswx\u0001'), maxLength: 2 }),
        (at, cut, insert) => {
          const text = good.slice(0, at) + insert + good.slice(at + cut)
          const found = take(text)
          if (found === 0 || found === -1) return
          const bytes = Buffer.from(text)
          const expected = JSON.parse(bytes.toString('utf8', 0, found.end)) as Record<string, unknown>
          expect(found).toStrictEqual({ ...expected, end: found.end })
          expect(Object.keys(expected)).toHaveLength(3)
          expect(',]').toContain(String.fromCharCode(bytes[found.end]!))
        },
      ),
      { numRuns: 5_000, seed: 6 },
    )
    const others = [
      '{"source": "a", "target": "b", "weight": 01},',
      '{"source": "a", "target": "b", "weight": 1.},',
      '{"source": "a", "target": "b", "weight": .5},',
      '{"source": "a", "target": "b", "weight": 1e999},',
      '{"source": "a", "target": "b", "weight": NaN},',
      '{"source": "a", "target": "b", "weight": 1, "x": 2},',
      '{"source": "a", "source": "b", "weight": 1},',
      '{"source": "a\\n", "target": "b", "weight": 1},',
      '{"source": "é", "target": "b", "weight": 1},',
      '{"source": 1, "target": "b", "weight": 1},',
      '{"source": "a", "target": "b", "weight": 1};',
    ]
    for (const text of others) expect(take(text)).toBe(-1)
  })
})

describe('the table of ids', () => {
  it('numbers ids in the order in which they come, whether from bytes or as text', () => {
    const ids = fc.array(fc.oneof(fc.string({ maxLength: 4 }), fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 300,
    })
    fc.assert(
      fc.property(ids, (texts) => {
        const table = new IdTable()
        const numbers = new Map<string, number>()
        for (const text of texts) {
          const expected = numbers.get(text) ?? numbers.size
          numbers.set(text, expected)
          const bytes = Buffer.from(text)
          const isAscii = bytes.length === text.length
          expect(isAscii ? table.ofBytes(bytes, 0, bytes.length) : table.ofText(text)).toBe(expected)
          expect(table.ofText(text)).toBe(expected)
        }
        expect(table.texts).toEqual([...numbers.keys()])
      }),
      { seed: 8 },
    )
  })

  it('grows past its first size', () => {
    const table = new IdTable()
    for (let i = 0; i < 50_000; i++) expect(table.ofText(`${i % 26}_${i}_3`)).toBe(i)
    for (let i = 0; i < 50_000; i++) expect(table.ofText(`${i % 26}_${i}_3`)).toBe(i)
  })
})
