/** The text of path patterns: what is accepted, how it is printed, and what is said of the rest. */
import fc from 'fast-check'
import { canonicalWhole } from '../../../../src/query/pattern/canonical-pattern.js'
import { PATTERN_LIMITS, parsePattern } from '../../../../src/query/pattern/parse-pattern.js'
import type { PatternProblem } from '../../../../src/query/pattern/pattern-problem.js'
import { printPattern } from '../../../../src/query/pattern/print-pattern.js'
import { drawnPattern } from '../../../support/drawn-pattern.js'
import { seededRandom } from '../../../support/seeded-random.js'

function canonical(text: string): string {
  const parsed = parsePattern(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`)
  return printPattern(parsed.pattern)
}

function problem(text: string): PatternProblem {
  const parsed = parsePattern(text)
  if (parsed.ok) throw new Error(`${text} is accepted as ${printPattern(parsed.pattern)}`)
  return parsed.problem
}

describe('a pattern', () => {
  it.each([
    // language.md §4
    [
      `(t:token WHERE text = '("') => (n:post_act WHERE layer = 0) => (v:v) ->* (l:logit WHERE text = '")')`,
      `(t:token WHERE text = '("') => (n:post_act WHERE layer = 0) => (v:v) ->* (l:logit WHERE text = '")')`,
    ],
    ['(a)-->(b)<--(c)', '(a) -> (b) <- (c)'],
    ['MATCH (a)-[]->(b)', '(a) -> (b)'],
    ['match (a)', '(a)'],
    ['(n {layer: 3, tap: "v"})', "(n WHERE layer = 3 AND tap = 'v')"],
    ['(n {layer: 3} WHERE index > 4)', '(n WHERE layer = 3 AND index > 4)'],
    ['(n WHERE layer != 3)', '(n WHERE layer <> 3)'],
    ['(a)-[*2..5]->(b)', '(a) ->{2,5} (b)'],
    ['(a)-[*]->(b)', '(a) ->+ (b)'],
    ['(a)-[*3]->(b)', '(a) ->{3} (b)'],
    ['(a)-[*..4]->(b)', '(a) ->{1,4} (b)'],
    ['(a)-[:WEIGHT|:RESIDUAL*0..]->(b)', '(a) -[:WEIGHT|RESIDUAL]->* (b)'],
    ['(a)<-[e:WEIGHT]-(b)', '(a) <-[e:WEIGHT]- (b)'],
    ['(a) ->{0,} (b)', '(a) ->* (b)'],
    ['(a) ->{1,} (b)', '(a) ->+ (b)'],
    ['(a) ->{0,1} (b)', '(a) ->? (b)'],
    ['(a) ->{,3} (b)', '(a) ->{0,3} (b)'],
    ['(a) ->{2,2} (b)', '(a) ->{2} (b)'],
    ['->', '() -> ()'],
    ['(a)->->(b)', '(a) -> () -> (b)'],
    ['()(a)()->()(b)', '(a) -> (b)'],
    ['((a)->(b)){2,3}', '((a) -> (b)){2,3}'],
    ['((a)->(b))', '(a) -> (b)'],
    ['(a)|((b)|(c))', '(a) | (b) | (c)'],
    ['(->)*', '() ->* ()'],
    ['(x)((a)|(b)->)(y)', '(x) ((a) | (b) -> ()) (y)'],
    ['(n WHERE 3 < layer)', '(n WHERE layer > 3)'],
    ['-[WHERE weight<-0.5]->', '() -[WHERE weight < -0.5]-> ()'],
    ['(n WHERE NOT NOT layer = 1)', '(n WHERE layer = 1)'],
    ['(n WHERE (layer = 1 OR layer = 2) AND index = 3)', '(n WHERE (layer = 1 OR layer = 2) AND index = 3)'],
    ['(n WHERE layer is not null)', '(n WHERE NOT (layer IS NULL))'],
    ['(n WHERE text not contains "a")', "(n WHERE NOT (text CONTAINS 'a'))"],
    ['(n WHERE text = "it\'s \\"so\\"")', `(n WHERE text = 'it\\'s "so"')`],
    ['(n WHERE LOWER(text) = "a")', "(n WHERE lower(text) = 'a')"],
    ['(n WHERE abs(score("ablation")) >= 1E-1)', "(n WHERE abs(score('ablation')) >= 0.1)"],
    ['(n WHERE layer = -0)', '(n WHERE layer = 0)'],
    ['(a) // first\n-> /* then\n */ (b)', '(a) -> (b)'],
    ['(:v|:k|v)', '(:v|k)'],
  ])('%s is %s', (text, expected) => {
    expect(canonical(text)).toBe(expected)
    expect(canonical(expected)).toBe(expected)
  })

  it('that is printed is parsed to the same tree', () => {
    fc.assert(
      fc.property(drawnPattern, (drawn) => {
        const tree = canonicalWhole(drawn)
        expect(canonicalWhole(tree)).toEqual(tree)
        const parsed = parsePattern(printPattern(tree))
        expect(parsed).toEqual({ ok: true, pattern: tree })
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('a problem', () => {
  it.each([
    ['', 1, 1, null],
    ['(a)->(b', 1, 8, null],
    ['(a)\n  ->(b:Post_act)', 2, 8, 'post_act'],
    ['(a)\r\n->(b:v', 2, 7, null],
    ['(a WHERE leyer = 3)', 1, 10, 'layer'],
    ['(a WHERE layer === 3)', 1, 17, null],
    ['(a)-[:weight]->(b)', 1, 7, 'WEIGHT'],
    ['(a WHERE scor("x") > 1)', 1, 10, 'score'],
    ['(a)--(b)', 1, 5, '->'],
    ['(a)-[e]-(b)', 1, 8, ']->'],
    ['(a) @ (b)', 1, 5, null],
    ["(a WHERE text = 'x", 1, 17, null],
    ['(a) /* x', 1, 5, null],
    ["(a WHERE text = '\\q')", 1, 18, null],
  ])('in %j stands at line %d, column %d', (text, line, column, suggestion) => {
    expect(problem(text)).toMatchObject({ line, column, suggestion })
  })

  it.each([
    ['(a)->(a)', /variable a stands at line 1, column 2 already/],
    ['(a)->(b WHERE a.layer = 1)', /no element is referred to/],
    ['(a)->(b WHERE a = 1)', /a is a variable/],
    ['(a WHERE weight < 3)', /weight is a property of edges/],
    ['-[WHERE layer = 3]->', /layer is a property of nodes/],
    ["(a WHERE layer = '3')", /layer is a number and cannot be compared with a text/],
    ['(a WHERE isTarget < TRUE)', /no order/],
    ['(a WHERE 1 = 1)', /asks nothing of the graph/],
    ['(a WHERE layer = 1e999)', /beyond the range/],
    ['(a)->{3,2}(b)', /from 3 to 2/],
    ['(a)->{101}(b)', /101 is no number of repetitions/],
    ['(a)->{1.5}(b)', /1.5 is no number of repetitions/],
    ['(a)->(b) RETURN a', /fields of the answer/],
    ['MATCH p = (a)->(b)', /a path as a whole has no variable/],
    ['-[WHERE score("x") > 1]->', /score\(\) is asked of nodes/],
    ['(a WHERE abs(text) = 1)', /abs\(\) takes a number/],
    ['('.repeat(41), /at most 40 deep/],
    [`(a)${' '.repeat(PATTERN_LIMITS.characters)}`, /at most 10000 characters/],
  ])('in %.60j is told', (text, message) => {
    expect(problem(text).message).toMatch(message)
  })

  it('names what could stand there', () => {
    expect(problem('(a:v').expected).toContain('`)`')
    expect(problem('(a:x)').expected).toContain('post_act')
    expect(problem('(a)->(b) (c').message).toBe('the pattern ends where `)` is expected')
  })
})

describe('any text', () => {
  const PIECES = [
    ...[
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '->',
      '<-',
      '-->',
      '<--',
      '=>',
      '-',
      '|',
      ':',
      ',',
      '..',
      '*',
      '+',
      '?',
    ],
    ...['=', '<>', '!=', '<', '<=', '>', '>=', 'WHERE', 'AND', 'OR', 'NOT', 'IN', 'BETWEEN', 'STARTS WITH'],
    ...[
      'ENDS',
      'WITH',
      'CONTAINS',
      'IS',
      'NULL',
      'TRUE',
      'false',
      'MATCH',
      'a',
      'v',
      'post_act',
      'token',
      'WEIGHT',
    ],
    ...[
      'layer',
      'weight',
      'text',
      'abs(',
      "score('x')",
      'lower',
      '3',
      '0.5',
      '1e9',
      "'x'",
      '"y"',
      '//',
      '/*',
      '*/',
    ],
    ...[
      ' ',
      '\n',
      '(a)',
      '-[e:WEIGHT]->',
      '(n:v WHERE layer = 1)',
      '{1,2}',
      '\\',
      '.',
      '$',
      '\u0000',
      'é',
      '😀',
    ],
  ]
  const VALID = [
    `(t:token WHERE text = '("') => (n:post_act WHERE layer = 0) => (v:v) ->* (l:logit WHERE text = '")')`,
    '((a:v|k {layer: 1})-[e:WEIGHT*1..3 WHERE abs(weight) > 0.1]->(b)){2,4} | (c)<-[:RESIDUAL]-(d WHERE index IN [1, 2])',
    "(x WHERE NOT (position BETWEEN 1 AND 3 OR label STARTS WITH 'q') AND score('s') <= -1.5e-3)->+()",
  ]

  function expectAnswer(text: string): boolean {
    const parsed = parsePattern(text)
    if (parsed.ok) {
      const printed = printPattern(parsed.pattern)
      if (printed.length <= PATTERN_LIMITS.characters)
        expect(parsePattern(printed)).toEqual({ ok: true, pattern: parsed.pattern })
      return true
    }
    const { line, column, message } = parsed.problem
    expect(line).toBeGreaterThanOrEqual(1)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(message).not.toBe('')
    return false
  }

  it('of pieces of the grammar gets a tree or a problem (50,000 texts)', () => {
    const random = seededRandom(20261123)
    let accepted = 0
    for (let i = 0; i < 50_000; i++) {
      const count = 1 + Math.floor(random.next() * 14)
      if (expectAnswer(Array.from({ length: count }, () => random.pick(PIECES)).join(''))) accepted++
    }
    expect(accepted).toBeGreaterThan(100)
  })

  it('of changed bytes gets a tree or a problem (50,000 texts)', () => {
    const random = seededRandom(7)
    let accepted = 0
    for (let i = 0; i < 50_000; i++) {
      const bytes = [...Buffer.from(random.pick(VALID))]
      for (let n = 1 + Math.floor(random.next() * 4); n > 0; n--) {
        const at = Math.floor(random.next() * bytes.length)
        const cut = random.next() < 0.5 ? 1 : 0
        const put = random.next() < 0.7 ? [Math.floor(random.next() * 256)] : []
        bytes.splice(at, cut, ...put)
      }
      if (expectAnswer(Buffer.from(bytes).toString(random.next() < 0.5 ? 'utf8' : 'latin1'))) accepted++
    }
    expect(accepted).toBeGreaterThan(100)
  })

  it('as long and as deep as it may be is answered at once', () => {
    for (const piece of [
      '(',
      '((a)',
      '->',
      '(a)',
      'NOT ',
      '{',
      '(a WHERE layer = 1 OR ',
      '(a)|',
      '/*',
      "'",
      '=>*',
    ])
      expectAnswer(piece.repeat(Math.floor(PATTERN_LIMITS.characters / piece.length)))
  })
})
