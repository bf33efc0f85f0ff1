/** Random path patterns for properties: any tree that a text can spell. */
import fc from 'fast-check'
import type { Condition, Literal, Operand, PathPattern } from '../../src/query/pattern/path-pattern.js'
import {
  EDGE_LABELS,
  EDGE_PROPERTIES,
  NODE_LABELS,
  NODE_PROPERTIES,
} from '../../src/query/pattern/pattern-words.js'

type Element = 'node' | 'edge'

const literals = {
  number: fc.oneof(
    fc.integer({ min: -20, max: 20 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  ),
  text: fc.oneof(
    fc.string({ maxLength: 6, unit: 'binary' }),
    fc.constantFrom("it's", '"', '\\', '\n', '\ud800'),
  ),
  truth: fc.boolean(),
} satisfies Record<string, fc.Arbitrary<Literal>>

type ValueType = keyof typeof literals

function operands(element: Element): fc.Arbitrary<{ readonly operand: Operand; readonly type: ValueType }> {
  const types: Readonly<Record<string, ValueType>> = element === 'node' ? NODE_PROPERTIES : EDGE_PROPERTIES
  const property = fc
    .constantFrom(...Object.keys(types))
    .map((name) => ({ operand: { kind: 'property', name } as Operand, type: types[name]! }))
  const wrapped = property.map(({ operand, type }) => {
    if (type === 'number') return { operand: { kind: 'abs', of: operand } as Operand, type }
    return type === 'text' ? { operand: { kind: 'lower', of: operand } as Operand, type } : { operand, type }
  })
  const score = literals.text.map((name) => ({
    operand: { kind: 'score', name } as Operand,
    type: 'number' as const,
  }))
  return element === 'node' ? fc.oneof(property, wrapped, score) : fc.oneof(property, wrapped)
}

export function drawnCondition(element: Element): fc.Arbitrary<Condition> {
  const test: fc.Arbitrary<Condition> = operands(element).chain(({ operand: left, type }) => {
    const literal: fc.Arbitrary<Literal> = literals[type]
    const ops = type === 'truth' ? (['=', '<>'] as const) : (['=', '<>', '<', '<=', '>', '>='] as const)
    const compare = fc
      .tuple(fc.constantFrom(...ops), literal)
      .map(([op, value]): Condition => ({ kind: 'compare', left, op, right: { kind: 'literal', value } }))
    const between = fc
      .tuple(literal, literal)
      .map(([low, high]): Condition => ({ kind: 'between', left, low, high }))
    const within = fc
      .array(literal, { minLength: 1, maxLength: 3 })
      .map((values): Condition => ({ kind: 'in', left, values }))
    const text = fc
      .tuple(fc.constantFrom('STARTS WITH', 'ENDS WITH', 'CONTAINS'), literals.text)
      .map(([op, value]): Condition => ({ kind: 'text', left, op, value }))
    const missing = fc.constant<Condition>({ kind: 'isNull', left })
    return fc.oneof(compare, within, missing, ...(type === 'text' ? [text] : [between]))
  })
  return fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      test,
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
        .map(([kind, of]): Condition => ({ kind, of })),
      tie('condition').map((of): Condition => ({ kind: 'not', of })),
    ),
  })).condition
}

/** Not canonical; variables are named apart. */
export const drawnPattern: fc.Arbitrary<PathPattern> = fc
  .letrec<{ pattern: PathPattern }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('node' as const),
        variable: fc.constantFrom(null, 'x'),
        labels: fc.uniqueArray(fc.constantFrom(...NODE_LABELS), { maxLength: 3 }),
        where: fc.option(drawnCondition('node')),
      }),
      fc.record({
        kind: fc.constant('edge' as const),
        direction: fc.constantFrom('FORWARD' as const, 'BACKWARD' as const),
        variable: fc.constantFrom(null, 'x'),
        labels: fc.uniqueArray(fc.constantFrom(...EDGE_LABELS), { maxLength: 2 }),
        where: fc.option(drawnCondition('edge')),
      }),
      fc.constant<PathPattern>({ kind: 'residualHop' }),
      fc
        .array(tie('pattern'), { minLength: 2, maxLength: 4 })
        .map((parts): PathPattern => ({ kind: 'sequence', parts })),
      fc
        .array(tie('pattern'), { minLength: 2, maxLength: 3 })
        .map((options): PathPattern => ({ kind: 'alternatives', options })),
      fc.tuple(tie('pattern'), fc.nat(3), fc.option(fc.nat(3))).map(
        ([of, least, more]): PathPattern => ({
          kind: 'repeat',
          of,
          least,
          most: more === null ? null : least + more,
        }),
      ),
    ),
  }))
  .pattern.map((pattern) => {
    let count = 0
    return named(pattern, () => `x${count++}`)
  })

function named(pattern: PathPattern, next: () => string): PathPattern {
  switch (pattern.kind) {
    case 'node':
    case 'edge':
      return pattern.variable === null ? pattern : { ...pattern, variable: next() }
    case 'sequence':
      return { ...pattern, parts: pattern.parts.map((part) => named(part, next)) }
    case 'alternatives':
      return { ...pattern, options: pattern.options.map((option) => named(option, next)) }
    case 'repeat':
      return { ...pattern, of: named(pattern.of, next) }
    default:
      return pattern
  }
}
