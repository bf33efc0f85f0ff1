/** The canonical text of a pattern: `parsePattern(printPattern(tree))` is the tree. */
import type { Condition, EdgePattern, Literal, NodePattern, Operand, PathPattern } from './path-pattern.js'

export function printPattern(pattern: PathPattern): string {
  switch (pattern.kind) {
    case 'node':
      return `(${body(pattern)})`
    case 'edge':
      return edgeText(pattern)
    case 'residualHop':
      return '=>'
    case 'sequence':
      return pattern.parts.map((part) => (isLoose(part) ? inBrackets(part) : printPattern(part))).join(' ')
    case 'alternatives':
      return pattern.options.map(printPattern).join(' | ')
    case 'repeat': {
      const { of, least, most } = pattern
      const inner =
        of.kind === 'repeat' || of.kind === 'sequence' || isLoose(of) ? inBrackets(of) : printPattern(of)
      return `${inner}${quantifier(least, most)}`
    }
    default:
      return pattern satisfies never
  }
}

/** Alternatives bind loosest. */
function isLoose(pattern: PathPattern): boolean {
  return pattern.kind === 'alternatives'
}

function inBrackets(pattern: PathPattern): string {
  return `(${printPattern(pattern)})`
}

function quantifier(least: number, most: number | null): string {
  if (most === null) return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`
  if (least === 0 && most === 1) return '?'
  return least === most ? `{${least}}` : `{${least},${most}}`
}

function edgeText(edge: EdgePattern): string {
  const inner = body(edge)
  const forward = edge.direction === 'FORWARD'
  if (inner === '') return forward ? '->' : '<-'
  return forward ? `-[${inner}]->` : `<-[${inner}]-`
}

function body({ variable, labels, where }: NodePattern | EdgePattern): string {
  const name = variable ?? ''
  const label = labels.length === 0 ? '' : `:${labels.join('|')}`
  const condition = where === null ? '' : `WHERE ${conditionText(where)}`
  return [name + label, condition].filter((text) => text !== '').join(' ')
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'or':
      return condition.of.map(conditionText).join(' OR ')
    case 'and':
      return condition.of
        .map((of) => (of.kind === 'or' ? `(${conditionText(of)})` : conditionText(of)))
        .join(' AND ')
    case 'not':
      return `NOT (${conditionText(condition.of)})`
    case 'compare':
      return `${operandText(condition.left)} ${condition.op} ${operandText(condition.right)}`
    case 'in':
      return `${operandText(condition.left)} IN [${condition.values.map(literalText).join(', ')}]`
    case 'between': {
      const { left, low, high } = condition
      return `${operandText(left)} BETWEEN ${literalText(low)} AND ${literalText(high)}`
    }
    case 'text':
      return `${operandText(condition.left)} ${condition.op} ${literalText(condition.value)}`
    case 'isNull':
      return `${operandText(condition.left)} IS NULL`
    default:
      return condition satisfies never
  }
}

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'property':
      return operand.name
    case 'abs':
    case 'lower':
      return `${operand.kind}(${operandText(operand.of)})`
    case 'score':
      return `score(${literalText(operand.name)})`
    case 'literal':
      return literalText(operand.value)
    default:
      return operand satisfies never
  }
}

function literalText(value: Literal): string {
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'number' ? String(value) : String(value).toUpperCase()
}

/** In single quotes; what does not print, and halves of surrogate pairs, by code unit. */
function quoted(text: string): string {
  const inner = text
    .replace(/[\\']/g, '\\$&')
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      (unit) => SHORT[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return `'${inner}'`
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' }
