import { packedText } from '../../../../src/model/texts/packed-text.js'

const line = (from: number, length: number) => Uint16Array.from({ length }, (_, i) => from + i)
const text = { name: 'numbers', vocabulary: [], train: line(0, 1000), heldOut: line(2000, 100) }

describe('packed text', () => {
  const source = packedText(text, 5)

  it('gives windows of the training line, the same for the same seed and step', () => {
    const rows = source.batch(3, 50, 10)
    for (let row = 0; row < 50; row++)
      for (let i = 0; i < 10; i++) expect(rows[row * 10 + i]).toBe(rows[row * 10]! + i)
    expect(Math.max(...rows)).toBeLessThan(1000)
    expect(packedText(text, 5).batch(3, 50, 10)).toEqual(rows)
    expect(source.batch(4, 50, 10)).not.toEqual(rows)
    expect(packedText(text, 6).batch(3, 50, 10)).not.toEqual(rows)
  })

  it('begins anywhere, the last place included', () => {
    const short = packedText({ ...text, train: line(0, 12) }, 1)
    const starts = new Set(Array.from({ length: 200 }, (_, step) => short.batch(step, 1, 10)[0]))
    expect([...starts].sort()).toEqual([0, 1, 2])
  })

  it('gives held-out windows of the other line, whatever the seed', () => {
    const rows = source.heldOut(5, 10)
    expect([...rows].every((id) => id >= 2000)).toBe(true)
    expect(packedText(text, 6).heldOut(5, 10)).toEqual(rows)
  })

  it('refuses rows longer than the line', () => {
    expect(() => source.batch(0, 1, 1001)).toThrow(
      'the training text of numbers has 1000 tokens, a row needs 1001',
    )
    expect(() => source.heldOut(1, 101)).toThrow('the held-out text of numbers has 100 tokens')
  })
})
