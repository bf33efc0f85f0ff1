/** What docs/path-patterns.md says of patterns is so: its examples are read, and its canonical texts are these. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PathPattern } from '../../schema/path-pattern.scalar.js'
import { MOST_ATTACHED } from '../../src/application/attached-ends.js'
import { PATTERN_LIMITS, parsePattern } from '../../src/query/pattern/parse-pattern.js'
import { MOST_STATES } from '../../src/query/pattern/pattern-automaton.js'
import { GRAMMAR_VERSION, patternGrammar } from '../../src/query/pattern/pattern-grammar.js'
import { MOST_REPETITIONS } from '../../src/query/pattern/pattern-parser.js'
import { EDGE_PROPERTIES, NODE_PROPERTIES } from '../../src/query/pattern/pattern-words.js'
import { printPattern } from '../../src/query/pattern/print-pattern.js'

const page = readFileSync(join(__dirname, '../../docs/path-patterns.md'), 'utf8')

const URL_OF_GRAMMAR = `/grammar/path-pattern/v${GRAMMAR_VERSION}`

const canonical = (text: string): string => {
  const parsed = parsePattern(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`)
  return printPattern(parsed.pattern)
}

describe('the page on path patterns', () => {
  it('shows patterns that are read as they stand', () => {
    const examples = [...page.matchAll(/```pattern\n([\s\S]*?)```/g)].flatMap(([, block]) =>
      block!.trim().split('\n'),
    )
    expect(examples.length).toBeGreaterThanOrEqual(11)
    for (const example of examples) expect(canonical(canonical(example))).toBe(canonical(example))
  })

  it('prints what is written otherwise as it says', () => {
    const rows = [...page.matchAll(/^\| `(.+?)` +\| `(\(.+?)` +\|$/gm)]
    expect(rows).toHaveLength(5)
    for (const [, text, expected] of rows) expect(canonical(text!)).toBe(expected)
  })

  it('holds the grammar that the parser has', () => {
    const [, shown] = /```ebnf\n([\s\S]*?)```/.exec(page)!
    expect(shown).toBe(patternGrammar())
    expect(page).toContain(URL_OF_GRAMMAR)
    expect(PathPattern.specifiedByURL).toBe(URL_OF_GRAMMAR)
  })

  it('names every property', () => {
    for (const name of [...Object.keys(NODE_PROPERTIES), ...Object.keys(EDGE_PROPERTIES)])
      expect(page).toContain(`\`${name}\``)
  })

  it('states the limits', () => {
    const shown = (limit: number): string => limit.toLocaleString('en')
    const { characters, depth } = PATTERN_LIMITS
    for (const limit of [characters, depth, MOST_REPETITIONS, MOST_STATES, MOST_ATTACHED])
      expect(page).toContain(shown(limit))
  })
})
