/**
 * The grammar of path patterns (path-pattern.grammar.md is its page), LL(2), straight to the tree. Names and value types
 * are checked where they stand, so that every problem has its place.
 */
import { EmbeddedActionsParser, type IToken, type TokenType, tokenLabel } from 'chevrotain'
import type { EdgeKind } from '../../domain/graph-data.js'
import type {
  Comparison,
  Condition,
  EdgePattern,
  Literal,
  NodePattern,
  Operand,
  PathPattern,
  TextTest,
} from './path-pattern.js'
import { PatternError, placeIn } from './pattern-problem.js'
import * as t from './pattern-tokens.js'
import {
  EDGE_LABELS,
  EDGE_PROPERTIES,
  NODE_LABELS,
  NODE_PROPERTIES,
  nearestWord,
  type ValueType,
} from './pattern-words.js'

/** More repetitions than this cannot be asked for by number. */
export const MOST_REPETITIONS = 100

/** Inside which brackets a condition stands. */
type Element = 'node' | 'edge'

interface Quantifier {
  readonly least: number
  readonly most: number | null
}

interface Body {
  readonly variable: string | null
  readonly labels: readonly string[]
  readonly where: Condition | null
  /** Cypher's `*m..n` inside an edge. */
  readonly range: Quantifier | null
}

/** The labels of what could stand at an error, as the message of the parser's own error. */
const expectedAsMessage = {
  buildMismatchTokenMessage: ({ expected }: { expected: TokenType }): string =>
    JSON.stringify([tokenLabel(expected)]),
  buildNotAllInputParsedMessage: (): string => JSON.stringify(['a node', 'an edge', '`|`', 'the end']),
  buildNoViableAltMessage: ({ expectedPathsPerAlt }: { expectedPathsPerAlt: TokenType[][][] }): string =>
    JSON.stringify([...new Set(expectedPathsPerAlt.flat().flatMap((path) => tokenLabel(path[0]!)))]),
  buildEarlyExitMessage: ({ expectedIterationPaths }: { expectedIterationPaths: TokenType[][] }): string =>
    JSON.stringify([...new Set(expectedIterationPaths.map((path) => tokenLabel(path[0]!)))]),
}

export class PatternParser extends EmbeddedActionsParser {
  #text = ''
  #variables = new Map<string, IToken>()

  constructor() {
    super([...t.PATTERN_TOKENS], { maxLookahead: 2, errorMessageProvider: expectedAsMessage })
    this.performSelfAnalysis()
  }

  begin(text: string, tokens: IToken[]): void {
    this.#text = text
    this.#variables = new Map()
    this.input = tokens
  }

  readonly whole = this.RULE('whole', (): PathPattern => {
    this.OPTION(() => this.CONSUME(t.Match))
    return this.SUBRULE(this.alternatives)
  })

  readonly alternatives = this.RULE('alternatives', (): PathPattern => {
    const options: PathPattern[] = []
    this.AT_LEAST_ONE_SEP({ SEP: t.Bar, DEF: () => options.push(this.SUBRULE(this.sequence)) })
    return options.length === 1 ? options[0]! : { kind: 'alternatives', options }
  })

  readonly sequence = this.RULE('sequence', (): PathPattern => {
    const parts: PathPattern[] = []
    this.AT_LEAST_ONE(() => parts.push(this.SUBRULE(this.part)))
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
  })

  readonly part = this.RULE('part', (): PathPattern => {
    const of = this.OR<PathPattern>([
      {
        // A path in brackets begins with brackets or an edge, a node never does.
        GATE: () => this.#beginsGroup(),
        ALT: () => {
          this.CONSUME(t.OpenRound)
          const inner = this.SUBRULE(this.alternatives)
          this.CONSUME(t.CloseRound)
          return inner
        },
      },
      { ALT: () => this.SUBRULE(this.node) },
      { ALT: () => this.SUBRULE(this.edge) },
    ])
    const quantifier = this.OPTION(() => this.SUBRULE(this.quantifier))
    return quantifier === undefined ? of : { kind: 'repeat', of, ...quantifier }
  })

  #beginsGroup(): boolean {
    const { tokenType } = this.LA(2)
    return [t.OpenRound, t.Right, t.LongRight, t.Left, t.LongLeft, t.Minus, t.Through].includes(tokenType)
  }

  readonly quantifier = this.RULE(
    'quantifier',
    (): Quantifier =>
      this.OR<Quantifier>([
        { ALT: () => (this.CONSUME(t.Star), { least: 0, most: null }) },
        { ALT: () => (this.CONSUME(t.Plus), { least: 1, most: null }) },
        { ALT: () => (this.CONSUME(t.Question), { least: 0, most: 1 }) },
        {
          ALT: () => {
            const open = this.CONSUME(t.OpenCurly)
            const range = this.OR2<Quantifier>([
              {
                ALT: () => {
                  const least = this.SUBRULE(this.count)
                  const most = this.OPTION(() => {
                    this.CONSUME(t.Comma)
                    return { end: this.OPTION2(() => this.SUBRULE2(this.count)) ?? null }
                  })
                  return { least, most: most === undefined ? least : most.end }
                },
              },
              {
                ALT: () => {
                  this.CONSUME2(t.Comma)
                  return { least: 0, most: this.SUBRULE3(this.count) }
                },
              },
            ])
            this.CONSUME(t.CloseCurly)
            return this.#inOrder(range, open)
          },
        },
      ]),
  )

  readonly count = this.RULE('count', (): number => {
    const token = this.CONSUME(t.NumberText)
    return this.ACTION(() => {
      const value = Number(token.image)
      if (!Number.isInteger(value) || value > MOST_REPETITIONS)
        throw this.#problem(token, `${token.image} is no number of repetitions`, [
          `a whole number up to ${MOST_REPETITIONS}`,
        ])
      return value
    })
  })

  readonly node = this.RULE('node', (): NodePattern => {
    this.CONSUME(t.OpenRound)
    const { variable, labels, where } = this.SUBRULE(this.body, { ARGS: ['node'] })
    this.CONSUME(t.CloseRound)
    return { kind: 'node', variable, labels, where }
  })

  readonly edge = this.RULE('edge', (): PathPattern => {
    const plain = (direction: EdgePattern['direction']): EdgePattern => ({
      kind: 'edge',
      direction,
      variable: null,
      labels: [],
      where: null,
    })
    return this.OR<PathPattern>([
      { ALT: () => (this.CONSUME(t.Right), plain('FORWARD')) },
      { ALT: () => (this.CONSUME(t.LongRight), plain('FORWARD')) },
      { ALT: () => (this.CONSUME(t.LongLeft), plain('BACKWARD')) },
      { ALT: () => (this.CONSUME(t.Through), { kind: 'residualHop' }) },
      {
        ALT: () => {
          this.CONSUME(t.Minus)
          const body = this.SUBRULE(this.edgeBody)
          this.CONSUME2(t.Right)
          return this.#edgeOf('FORWARD', body)
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Left)
          const body = this.OPTION(() => {
            const found = this.SUBRULE2(this.edgeBody)
            this.CONSUME2(t.Minus)
            return found
          })
          return body === undefined ? plain('BACKWARD') : this.#edgeOf('BACKWARD', body)
        },
      },
    ])
  })

  readonly edgeBody = this.RULE('edgeBody', (): Body => {
    this.CONSUME(t.OpenSquare)
    const body = this.SUBRULE(this.body, { ARGS: ['edge'] })
    this.CONSUME(t.CloseSquare)
    return body
  })

  #edgeOf(direction: EdgePattern['direction'], { range, ...body }: Body): PathPattern {
    const edge: EdgePattern = {
      kind: 'edge',
      direction,
      variable: body.variable,
      labels: body.labels as readonly EdgeKind[],
      where: body.where,
    }
    return range === null ? edge : { kind: 'repeat', of: edge, ...range }
  }

  readonly body = this.RULE('body', (element: Element): Body => {
    const name = this.OPTION(() => this.CONSUME(t.Word))
    const labels = this.OPTION2(() => this.SUBRULE(this.labels, { ARGS: [element] })) ?? []
    const range = this.OPTION3({
      GATE: () => element === 'edge',
      DEF: () => this.SUBRULE(this.cypherRange),
    })
    const given = this.OPTION4(() => this.SUBRULE(this.literals, { ARGS: [element] }))
    const where = this.OPTION5(() => {
      this.CONSUME(t.Where)
      return this.SUBRULE(this.condition, { ARGS: [element] })
    })
    const conditions = [given, where].filter((one) => one !== undefined)
    return {
      variable: this.ACTION(() => this.#declared(name)),
      labels,
      range: range ?? null,
      where: conditions.length === 2 ? { kind: 'and', of: conditions } : (conditions[0] ?? null),
    }
  })

  #declared(name: IToken | undefined): string | null {
    if (name === undefined) return null
    const known = this.#variables.get(name.image)
    if (known !== undefined) {
      const { line, column } = placeIn(this.#text, known.startOffset)
      throw this.#problem(
        name,
        `the variable ${name.image} stands at line ${line}, column ${column} already: a variable occurs once, and an element says all of itself in its own brackets`,
        ['another name'],
      )
    }
    this.#variables.set(name.image, name)
    return name.image
  }

  readonly labels = this.RULE('labels', (element: Element): readonly string[] => {
    const labels: string[] = []
    this.CONSUME(t.Colon)
    this.AT_LEAST_ONE_SEP({
      SEP: t.Bar,
      DEF: () => {
        // Cypher repeats the colon.
        this.OPTION(() => this.CONSUME2(t.Colon))
        const token = this.CONSUME(t.Word)
        this.ACTION(() => {
          const known: readonly string[] = element === 'node' ? NODE_LABELS : EDGE_LABELS
          if (!known.includes(token.image))
            throw this.#problem(
              token,
              `${token.image} is no label of ${element === 'node' ? 'a node' : 'an edge'}`,
              known,
              nearestWord(token.image, known),
            )
          if (!labels.includes(token.image)) labels.push(token.image)
        })
      },
    })
    return labels
  })

  /** `*`, `*n`, `*m..n` inside an edge; a bare star means once or more, as in Cypher. */
  readonly cypherRange = this.RULE('cypherRange', (): Quantifier => {
    const star = this.CONSUME(t.Star)
    const least = this.OPTION(() => this.SUBRULE(this.count))
    const span = this.OPTION2(() => {
      this.CONSUME(t.Dots)
      return { end: this.OPTION3(() => this.SUBRULE2(this.count)) ?? null }
    })
    return this.#inOrder(
      span === undefined ? { least: least ?? 1, most: least ?? null } : { least: least ?? 1, most: span.end },
      star,
    )
  })

  #inOrder(range: Quantifier, token: IToken): Quantifier {
    this.ACTION(() => {
      if (range.most !== null && range.most < range.least)
        throw this.#problem(token, `from ${range.least} to ${range.most} there is no number of repetitions`, [
          'a range whose end is not below its beginning',
        ])
    })
    return range
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
                const value = this.SUBRULE(this.text)
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
        { ALT: () => (this.CONSUME(t.Equal), '=') },
        { ALT: () => (this.CONSUME(t.NotEqual), '<>') },
        { ALT: () => (this.CONSUME(t.AtMost), '<=') },
        { ALT: () => (this.CONSUME(t.AtLeast), '>=') },
        { ALT: () => (this.CONSUME(t.Less), '<') },
        { ALT: () => (this.CONSUME(t.Greater), '>') },
      ]),
  )

  readonly textTest = this.RULE(
    'textTest',
    (): TextTest =>
      this.OR<TextTest>([
        { ALT: () => (this.CONSUME(t.Starts), this.CONSUME(t.With), 'STARTS WITH') },
        { ALT: () => (this.CONSUME(t.Ends), this.CONSUME2(t.With), 'ENDS WITH') },
        { ALT: () => (this.CONSUME(t.Contains), 'CONTAINS') },
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
          throw this.#problem(name, `abs() takes a number, not a ${type}`, ['abs(weight)'])
        return { kind: 'abs', of }
      case 'lower':
        if (type !== 'text') throw this.#problem(name, `lower() takes a text, not a ${type}`, ['lower(text)'])
        return { kind: 'lower', of }
      case 'score':
        if (element === 'edge')
          throw this.#problem(name, 'score() is asked of nodes', Object.keys(EDGE_PROPERTIES))
        if (of.kind !== 'literal' || typeof of.value !== 'string')
          throw this.#problem(name, 'score() takes the name of a score in quotes', ["score('name')"])
        return { kind: 'score', name: of.value }
      default: {
        const functions = ['abs', 'lower', 'score']
        throw this.#problem(
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
        : this.#variables.has(token.image)
          ? `${token.image} is a variable: a bare name is a property of the element whose brackets it stands in, and other elements cannot be referred to`
          : `${token.image} is no property of ${what}`
      throw this.#problem(token, message, known, nearestWord(token.image, known))
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
        { ALT: () => this.SUBRULE(this.text) },
        { ALT: () => (this.CONSUME(t.True), true) },
        { ALT: () => (this.CONSUME(t.False), false) },
      ]),
  )

  readonly text = this.RULE('text', (): string => {
    const token = this.CONSUME(t.QuotedText)
    return this.ACTION(() => this.#unquoted(token))
  })

  /** −0 is 0 here: the two are equal, and a canonical text has one of them. */
  #number(token: IToken): number {
    const value = Number(token.image)
    if (!Number.isFinite(value))
      throw this.#problem(token, `${token.image} is beyond the range of a double`, ['a number'])
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
        throw this.#problem({ ...token, startOffset: token.startOffset + 1 + at }, `${whole} is no escape`, [
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
      throw this.#problem(token, `true and false have no order for ${op}`, ['`=`', '`<>`'])
    return { kind: 'compare', left, op, right }
  }

  #asked(element: Element, left: Operand, token: IToken): ValueType {
    if (left.kind === 'literal')
      throw this.#problem(token, 'a test between two constants asks nothing of the graph', ['a property'])
    return typeOf(left, element)
  }

  #sameType(asked: ValueType, given: ValueType, left: Operand, token: IToken): void {
    if (asked === given) return
    const name = left.kind === 'property' ? left.name : `${left.kind}()`
    throw this.#problem(token, `${name} is a ${asked} and cannot be compared with a ${given}`, [`a ${asked}`])
  }

  #problem(
    token: Pick<IToken, 'startOffset'>,
    message: string,
    expected: readonly string[],
    suggestion: string | null = null,
  ): PatternError {
    return new PatternError({ message, ...placeIn(this.#text, token.startOffset), expected, suggestion })
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
