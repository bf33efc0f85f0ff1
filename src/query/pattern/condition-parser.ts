/**
 * The conditions of path patterns, LL(2), straight to the tree. Names and value types are checked where they stand, so
 * that every problem has its place. One rule per line of the grammar: together they are the concept, so the file is long.
 */
import { EmbeddedActionsParser, type IToken, type TokenType, tokenLabel } from 'chevrotain'
import type { Comparison, Condition, Literal, Operand, TextTest } from './path-pattern.js'
import { PatternError, placeIn } from './pattern-problem.js'
import * as t from './pattern-tokens.js'
import { EDGE_PROPERTIES, NODE_PROPERTIES, nearestWord, type ValueType } from './pattern-words.js'

/** Inside which brackets a condition stands. */
export type Element = 'node' | 'edge'

/** What could stand at an error, as the message of the parser's own error: labels of one token or of two in a row. */
const paths = (all: readonly (readonly TokenType[])[]): string =>
  JSON.stringify(all.map((path) => path.map((type) => tokenLabel(type))))

const expectedAsMessage = {
  buildMismatchTokenMessage: ({ expected }: { expected: TokenType }): string => paths([[expected]]),
  buildNotAllInputParsedMessage: (): string =>
    JSON.stringify([['a node'], ['an edge'], ['`|`'], ['the end']]),
  buildNoViableAltMessage: ({ expectedPathsPerAlt }: { expectedPathsPerAlt: TokenType[][][] }): string =>
    paths(expectedPathsPerAlt.flat()),
  buildEarlyExitMessage: ({ expectedIterationPaths }: { expectedIterationPaths: TokenType[][] }): string =>
    paths(expectedIterationPaths),
}

export abstract class ConditionParser extends EmbeddedActionsParser {
  protected text = ''
  /** Variables of the pattern so far. */
  protected variables = new Map<string, IToken>()

  constructor() {
    super([...t.PATTERN_TOKENS], { maxLookahead: 2, errorMessageProvider: expectedAsMessage })
  }

  /** `{layer: 0, tap: 'v'}`, which is WHERE in short. */
  readonly literals = this.RULE('literals', (element: Element): Condition => {
    const of: Condition[] = []
    this.CONSUME(t.OpenCurly)
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const left = this.SUBRULE(this.property, { ARGS: [element] })
        const colon = this.CONSUME(t.Colon)
        const value = this.SUBRULE(this.literal)
        of.push(this.ACTION(() => this.#comparison(element, left, '=', { kind: 'literal', value }, colon)))
      },
    })
    this.CONSUME(t.CloseCurly)
    return of.length === 1 ? of[0]! : { kind: 'and', of }
  })

  readonly condition = this.RULE('condition', (element: Element): Condition => {
    const of: Condition[] = []
    of.push(this.SUBRULE(this.conjunction, { ARGS: [element] }))
    this.MANY(() => {
      this.CONSUME(t.Or)
      of.push(this.SUBRULE2(this.conjunction, { ARGS: [element] }))
    })
    return of.length === 1 ? of[0]! : { kind: 'or', of }
  })

  readonly conjunction = this.RULE('conjunction', (element: Element): Condition => {
    const of: Condition[] = []
    of.push(this.SUBRULE(this.negation, { ARGS: [element] }))
    this.MANY(() => {
      this.CONSUME(t.And)
      of.push(this.SUBRULE2(this.negation, { ARGS: [element] }))
    })
    return of.length === 1 ? of[0]! : { kind: 'and', of }
  })

  readonly negation = this.RULE('negation', (element: Element): Condition => {
    let times = 0
    this.MANY(() => {
      this.CONSUME(t.Not)
      times++
    })
    const of = this.OR<Condition>([
      {
        ALT: () => {
          this.CONSUME(t.OpenRound)
          const inner = this.SUBRULE(this.condition, { ARGS: [element] })
          this.CONSUME(t.CloseRound)
          return inner
        },
      },
      { ALT: () => this.SUBRULE(this.test, { ARGS: [element] }) },
    ])
    return times % 2 === 1 ? { kind: 'not', of } : of
  })

  readonly test = this.RULE('test', (element: Element): Condition => {
    const first = this.LA(1)
    const left = this.SUBRULE(this.operand, { ARGS: [element] })
    return this.OR<Condition>([
      {
        ALT: () => {
          const token = this.LA(1)
          const op = this.SUBRULE(this.comparison)
          const right = this.SUBRULE2(this.operand, { ARGS: [element] })
          return this.ACTION(() => this.#comparison(element, left, op, right, token))
        },
      },
      {
        // Without a space `<-0.5` reads like the beginning of an edge.
        ALT: () => {
          const token = this.CONSUME(t.Left)
          const value = this.CONSUME(t.NumberText)
          const right: Operand = { kind: 'literal', value: this.ACTION(() => -this.#number(value)) }
          return this.ACTION(() => this.#comparison(element, left, '<', right, token))
        },
      },
      {
        ALT: () => {
          const not = this.OPTION(() => this.CONSUME(t.Not)) !== undefined
          const of = this.OR2<Condition>([
            {
              ALT: () => {
                this.CONSUME(t.In)
                return this.#checked(element, left, first, {
                  kind: 'in',
                  left,
                  values: this.SUBRULE(this.list),
                })
              },
            },
            {
              ALT: () => {
                this.CONSUME(t.Between)
                const low = this.SUBRULE(this.literal)
                this.CONSUME(t.And)
                const high = this.SUBRULE2(this.literal)
                return this.#checked(element, left, first, { kind: 'between', left, low, high })
              },
            },
            {
              ALT: () => {
                const op = this.SUBRULE(this.textTest)
                const value = this.SUBRULE(this.quoted)
                return this.#checked(element, left, first, { kind: 'text', left, op, value })
              },
            },
          ])
          return not ? { kind: 'not', of } : of
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Is)
          const not = this.OPTION2(() => this.CONSUME2(t.Not)) !== undefined
          this.CONSUME(t.Null)
          const of: Condition = { kind: 'isNull', left }
          return not ? { kind: 'not', of } : of
        },
      },
    ])
  })

  readonly comparison = this.RULE(
    'comparison',
    (): Comparison =>
      this.OR<Comparison>([
        { ALT: () => this.meaning(this.CONSUME(t.Equal), '=') },
        { ALT: () => this.meaning(this.CONSUME(t.NotEqual), '<>') },
        { ALT: () => this.meaning(this.CONSUME(t.AtMost), '<=') },
        { ALT: () => this.meaning(this.CONSUME(t.AtLeast), '>=') },
        { ALT: () => this.meaning(this.CONSUME(t.Less), '<') },
        { ALT: () => this.meaning(this.CONSUME(t.Greater), '>') },
      ]),
  )

  readonly textTest = this.RULE(
    'textTest',
    (): TextTest =>
      this.OR<TextTest>([
        {
          ALT: () => {
            this.CONSUME(t.Starts)
            return this.meaning(this.CONSUME(t.With), 'STARTS WITH')
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Ends)
            return this.meaning(this.CONSUME2(t.With), 'ENDS WITH')
          },
        },
        { ALT: () => this.meaning(this.CONSUME(t.Contains), 'CONTAINS') },
      ]),
  )

  readonly operand = this.RULE(
    'operand',
    (element: Element): Operand =>
      this.OR<Operand>([
        { ALT: () => ({ kind: 'literal', value: this.SUBRULE(this.literal) }) },
        {
          GATE: () => this.LA(2).tokenType === t.OpenRound,
          ALT: () => this.SUBRULE(this.call, { ARGS: [element] }),
        },
        { ALT: () => this.SUBRULE(this.property, { ARGS: [element] }) },
      ]),
  )

  readonly call = this.RULE('call', (element: Element): Operand => {
    const name = this.CONSUME(t.Word)
    this.CONSUME(t.OpenRound)
    const of = this.SUBRULE(this.operand, { ARGS: [element] })
    this.CONSUME(t.CloseRound)
    return this.ACTION(() => this.#called(element, name, of))
  })

  #called(element: Element, name: IToken, of: Operand): Operand {
    const type = typeOf(of, element)
    switch (name.image.toLowerCase()) {
      case 'abs':
        if (type !== 'number')
          throw this.problem(name, `abs() takes a number, not a ${type}`, ['abs(weight)'])
        return { kind: 'abs', of }
      case 'lower':
        if (type !== 'text') throw this.problem(name, `lower() takes a text, not a ${type}`, ['lower(text)'])
        return { kind: 'lower', of }
      case 'score':
        if (element === 'edge')
          throw this.problem(name, 'score() is asked of nodes', Object.keys(EDGE_PROPERTIES))
        if (of.kind !== 'literal' || typeof of.value !== 'string')
          throw this.problem(name, 'score() takes the name of a score in quotes', ["score('name')"])
        return { kind: 'score', name: of.value }
      default: {
        const functions = ['abs', 'lower', 'score']
        throw this.problem(
          name,
          `there is no function ${name.image}()`,
          functions.map((one) => `${one}(…)`),
          nearestWord(name.image, functions),
        )
      }
    }
  }

  readonly property = this.RULE('property', (element: Element): Operand => {
    const token = this.CONSUME(t.Word)
    return this.ACTION(() => {
      const known = Object.keys(element === 'node' ? NODE_PROPERTIES : EDGE_PROPERTIES)
      if (known.includes(token.image)) return { kind: 'property', name: token.image }
      const others = Object.keys(element === 'node' ? EDGE_PROPERTIES : NODE_PROPERTIES)
      const what = element === 'node' ? 'a node' : 'an edge'
      const message = others.includes(token.image)
        ? `${token.image} is a property of ${element === 'node' ? 'edges' : 'nodes'}, and here stands ${what}`
        : this.variables.has(token.image)
          ? `${token.image} is a variable: a bare name is a property of the element whose brackets it stands in, and other elements cannot be referred to`
          : `${token.image} is no property of ${what}`
      throw this.problem(token, message, known, nearestWord(token.image, known))
    })
  })

  readonly list = this.RULE('list', (): readonly Literal[] => {
    const values: Literal[] = []
    this.CONSUME(t.OpenSquare)
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => values.push(this.SUBRULE(this.literal)) })
    this.CONSUME(t.CloseSquare)
    return values
  })

  readonly literal = this.RULE(
    'literal',
    (): Literal =>
      this.OR<Literal>([
        {
          ALT: () => {
            const negative = this.OPTION(() => this.CONSUME(t.Minus)) !== undefined
            const token = this.CONSUME(t.NumberText)
            return this.ACTION(() => (negative ? -this.#number(token) : this.#number(token)))
          },
        },
        { ALT: () => this.SUBRULE(this.quoted) },
        { ALT: () => this.meaning(this.CONSUME(t.True), true) },
        { ALT: () => this.meaning(this.CONSUME(t.False), false) },
      ]),
  )

  readonly quoted = this.RULE('quoted', (): string => {
    const token = this.CONSUME(t.QuotedText)
    return this.ACTION(() => this.#unquoted(token))
  })

  /** −0 is 0 here: the two are equal, and a canonical text has one of them. */
  #number(token: IToken): number {
    const value = Number(token.image)
    if (!Number.isFinite(value))
      throw this.problem(token, `${token.image} is beyond the range of a double`, ['a number'])
    return value === 0 ? 0 : value
  }

  #unquoted(token: IToken): string {
    const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }
    return token.image
      .slice(1, -1)
      .replace(/\\(u[0-9A-Fa-f]{4}|[\s\S])/g, (whole: string, what: string, at: number) => {
        if (what.length === 5) return String.fromCharCode(Number.parseInt(what.slice(1), 16))
        if (escapes[what] !== undefined) return escapes[what]
        if (/['"\\/]/.test(what)) return what
        throw this.problem({ ...token, startOffset: token.startOffset + 1 + at }, `${whole} is no escape`, [
          "\\'",
          '\\"',
          '\\\\',
          '\\n',
          '\\t',
          '\\r',
          '\\uXXXX',
        ])
      })
  }

  #checked(
    element: Element,
    left: Operand,
    token: IToken,
    condition: Extract<Condition, { kind: 'in' | 'between' | 'text' }>,
  ): Condition {
    return this.ACTION(() => {
      const type = this.#asked(element, left, token)
      const values =
        condition.kind === 'in'
          ? condition.values
          : condition.kind === 'between'
            ? [condition.low, condition.high]
            : [condition.value]
      for (const value of values) this.#sameType(type, typeOfValue(value), left, token)
      return condition
    })
  }

  /** The property stands on the left. */
  #comparison(element: Element, left: Operand, op: Comparison, right: Operand, token: IToken): Condition {
    if (left.kind === 'literal' && right.kind !== 'literal')
      return this.#comparison(element, right, MIRRORED[op], left, token)
    const type = this.#asked(element, left, token)
    this.#sameType(type, typeOf(right, element), left, token)
    if (type === 'truth' && op !== '=' && op !== '<>')
      throw this.problem(token, `true and false have no order for ${op}`, ['`=`', '`<>`'])
    return { kind: 'compare', left, op, right }
  }

  #asked(element: Element, left: Operand, token: IToken): ValueType {
    if (left.kind === 'literal')
      throw this.problem(token, 'a test between two constants asks nothing of the graph', ['a property'])
    return typeOf(left, element)
  }

  #sameType(asked: ValueType, given: ValueType, left: Operand, token: IToken): void {
    if (asked === given) return
    const name = left.kind === 'property' ? left.name : `${left.kind}()`
    throw this.problem(token, `${name} is a ${asked} and cannot be compared with a ${given}`, [`a ${asked}`])
  }

  protected problem(
    token: Pick<IToken, 'startOffset'>,
    message: string,
    expected: readonly string[],
    suggestion: string | null = null,
  ): PatternError {
    return new PatternError({ message, ...placeIn(this.text, token.startOffset), expected, suggestion })
  }

  /** What a sign says, once it has been read. */
  protected meaning<T>(_sign: IToken, value: T): T {
    return value
  }
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function typeOf(operand: Operand, element: Element): ValueType {
  switch (operand.kind) {
    case 'literal':
      return typeOfValue(operand.value)
    case 'abs':
    case 'score':
      return 'number'
    case 'lower':
      return 'text'
    case 'property': {
      const types: Readonly<Record<string, ValueType>> =
        element === 'node' ? NODE_PROPERTIES : EDGE_PROPERTIES
      return types[operand.name]!
    }
    default:
      return operand satisfies never
  }
}

function typeOfValue(value: Literal): ValueType {
  return typeof value === 'number' ? 'number' : typeof value === 'string' ? 'text' : 'truth'
}
