/**
 * The grammar of path patterns (`patternGrammar` writes it out, docs/path-patterns.md is its page), LL(2), straight to the tree. Names and value types
 * are checked where they stand, so that every problem has its place.
 */
import type { IToken } from 'chevrotain'
import type { EdgeKind } from '../../domain/graph-data.js'
import { ConditionParser, type Element } from './condition-parser.js'
import type { Condition, EdgePattern, NodePattern, PathPattern } from './path-pattern.js'
import { placeIn } from './pattern-problem.js'
import * as t from './pattern-tokens.js'
import { EDGE_LABELS, NODE_LABELS, nearestWord } from './pattern-words.js'

/** More repetitions than this cannot be asked for by number. */
export const MOST_REPETITIONS = 100

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

export class PatternParser extends ConditionParser {
  constructor() {
    super()
    this.performSelfAnalysis()
  }

  begin(text: string, tokens: IToken[]): void {
    this.text = text
    this.variables = new Map()
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
        { ALT: () => this.meaning(this.CONSUME(t.Star), { least: 0, most: null }) },
        { ALT: () => this.meaning(this.CONSUME(t.Plus), { least: 1, most: null }) },
        { ALT: () => this.meaning(this.CONSUME(t.Question), { least: 0, most: 1 }) },
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
        throw this.problem(token, `${token.image} is no number of repetitions`, [
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
      { ALT: () => this.meaning(this.CONSUME(t.Right), plain('FORWARD')) },
      { ALT: () => this.meaning(this.CONSUME(t.LongRight), plain('FORWARD')) },
      { ALT: () => this.meaning(this.CONSUME(t.LongLeft), plain('BACKWARD')) },
      { ALT: () => this.meaning(this.CONSUME(t.Through), { kind: 'residualHop' }) },
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
    const known = this.variables.get(name.image)
    if (known !== undefined) {
      const { line, column } = placeIn(this.text, known.startOffset)
      throw this.problem(
        name,
        `the variable ${name.image} stands at line ${line}, column ${column} already: a variable occurs once, and an element says all of itself in its own brackets`,
        ['another name'],
      )
    }
    this.variables.set(name.image, name)
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
            throw this.problem(
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
        throw this.problem(token, `from ${range.least} to ${range.most} there is no number of repetitions`, [
          'a range whose end is not below its beginning',
        ])
    })
    return range
  }
}
