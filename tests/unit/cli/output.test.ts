import { counted, json, table } from '../../../src/cli/output.js'

describe('tables', () => {
  it('align text to the left, numbers to the right, and leave no space at the end of a line', () => {
    const text = table(
      ['NAME', 'EDGES'],
      [
        ['a', 5],
        ['longer', 1234567],
      ],
    )
    expect(text).toBe('NAME      EDGES\na             5\nlonger  1234567\n')
  })

  it('show their headings when there is nothing else', () => {
    expect(table(['ID', 'NAMES'], [])).toBe('ID  NAMES\n')
  })

  it('show an absent value as a dash', () => {
    expect(table(['A', 'B'], [['x', null]])).toBe('A  B\nx  -\n')
  })

  it('do not let stored text steer the terminal', () => {
    expect(table(['A'], [['\u001b[2Jred\nline']])).toBe('A\n\ufffd[2Jred\ufffdline\n')
  })
})

it('counts in words', () => {
  expect([0, 1, 2].map((n) => counted(n, 'migration'))).toEqual([
    '0 migrations',
    '1 migration',
    '2 migrations',
  ])
})

it('prints doubles that survive a round trip', () => {
  expect(JSON.parse(json({ weight: 0.1 + 0.2 }))).toEqual({ weight: 0.30000000000000004 })
})
