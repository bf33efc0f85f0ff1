/** Lists whose text is known stand in the answer as if they had been written with it. */
import fc from 'fast-check'
import type { ResponsePath } from '../../../resolvers/api-context.js'
import { asString } from '../../../src/server/answer-text.js'
import { SplicedLists } from '../../../src/server/spliced-lists.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const place = (...keys: (string | number)[]): ResponsePath =>
  keys.reduce<ResponsePath | undefined>((prev, key) => ({ prev, key, typename: undefined }), undefined)!

describe('lists with a text of their own', () => {
  it('are told and filled in as the values that they are', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.jsonValue()), { maxLength: 5 }), fc.string(), (lists, beside) => {
        const spliced = new SplicedLists()
        const answer = () => ({
          errors: [{ message: beside }],
          data: {
            beside,
            graphs: lists.map((list, i) => ({
              column: spliced.list(place('graphs', i, 'column'), bytes(JSON.stringify(list))),
            })),
          },
        })
        const expected = {
          errors: [{ message: beside }],
          data: { beside, graphs: lists.map((column) => ({ column: JSON.parse(JSON.stringify(column)) })) },
        }
        expect(JSON.parse(asString(spliced.told(answer())))).toEqual(expected)
        expect(spliced.isEmpty).toBe(true)
        const filled = answer()
        spliced.fill(filled.data)
        expect(filled).toEqual(expected)
      }),
    )
  })

  it('are left out with the object that an error emptied', () => {
    const spliced = new SplicedLists()
    spliced.list(place('circuit', 'columns', 'source'), bytes('[1]'))
    spliced.list(place('gone', 'source'), bytes('[2]'))
    const answer = { data: { circuit: { columns: null }, other: 1 } }
    expect(JSON.parse(asString(spliced.told(answer)))).toEqual({
      data: { circuit: { columns: null }, other: 1 },
    })
    const emptied = new SplicedLists()
    emptied.list(place('circuit', 'source'), bytes('[1]'))
    expect(asString(emptied.told({ data: null }))).toBe('{"data":null}')
  })
})
