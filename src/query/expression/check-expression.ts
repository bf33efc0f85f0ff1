/** Bounds of expressions: what is out of range is refused by name, never clamped. */
import { InvalidInput } from '../../domain/errors.js'
import type { GraphExpression, NodeSelector, PathEnd } from '../graph-expression.js'

export const EXPRESSION_LIMITS = {
  /** Expressions inside each other, through selectors too. */
  depth: 8,
  /** Expressions in one tree. */
  expressions: 100,
  /** Nodes or edges of `strongest`, nodes of `neighbourhood`. */
  first: 100_000,
  /** Paths of `paths`. */
  paths: 10_000,
  /** Logits of `unroll`. */
  logits: 1_000,
  /** Steps of `neighbourhood`. */
  hops: 100,
} as const

/** Throws `BAD_EXPRESSION` when a bound or list is out of range; gives the expression back. */
export function checkExpression(expression: GraphExpression, path = 'expression'): GraphExpression {
  new Check().expression(expression, path, 1)
  return expression
}

class Check {
  #expressions = 0

  expression(expression: GraphExpression, path: string, depth: number): void {
    if (depth > EXPRESSION_LIMITS.depth)
      refuse(`expressions nest at most ${EXPRESSION_LIMITS.depth} deep`, path)
    if (++this.#expressions > EXPRESSION_LIMITS.expressions)
      refuse(`one question holds at most ${EXPRESSION_LIMITS.expressions} expressions`, path)
    const at = `${path}.${expression.kind}`
    switch (expression.kind) {
      case 'nodes':
      case 'edges':
      case 'graph':
        return
      case 'upstreamOf':
      case 'downstreamOf':
        if (expression.hops !== null && !(Number.isInteger(expression.hops) && expression.hops >= 0))
          refuse(`hops is a whole number from 0, not ${expression.hops}`, `${at}.hops`)
        this.selector(expression.of, `${at}.of`, depth)
        return
      case 'between':
        this.selector(expression.from, `${at}.from`, depth)
        this.selector(expression.to, `${at}.to`, depth)
        return
      case 'neighbourhood':
        bound('hops', expression.hops, EXPRESSION_LIMITS.hops, at)
        bound('first', expression.first, EXPRESSION_LIMITS.first, at)
        this.selector(expression.of, `${at}.of`, depth)
        return
      case 'strongest':
        bound('first', expression.first, EXPRESSION_LIMITS.first, at)
        return
      case 'influence':
        for (const name of ['nodeThreshold', 'edgeThreshold'] as const) {
          if (!(expression[name] >= 0 && expression[name] <= 1))
            refuse(`${name} lies between 0 and 1, not ${expression[name]}`, `${at}.${name}`)
        }
        return
      case 'paths':
        bound('first', expression.first, EXPRESSION_LIMITS.paths, at)
        this.end(expression.from, `${at}.from`, depth)
        this.end(expression.to, `${at}.to`, depth)
        return
      case 'union':
      case 'intersection':
        this.list(expression.of, 'graph', at, depth)
        return
      case 'difference':
        this.expression(expression.of, `${at}.of`, depth + 1)
        this.list(expression.minus, 'graph to take away', `${at}.minus`, depth)
        return
      case 'without':
        this.selector(expression.nodes, at, depth)
        return
      case 'collapse':
        if (expression.by === 'SUPERNODE' && expression.groups.length === 0)
          refuse('there is no supernode to collapse', at)
        return
      case 'unroll':
        if (expression.prompt.kind === 'tokens')
          some(expression.prompt.tokens, 'token', `${at}.prompt.tokens`)
        if (expression.logits !== null) {
          some(expression.logits, 'logit', `${at}.logits`)
          if (expression.logits.length > EXPRESSION_LIMITS.logits)
            refuse(
              `logits are at most ${EXPRESSION_LIMITS.logits}, not ${expression.logits.length}`,
              `${at}.logits`,
            )
        }
        return
      case 'pipe':
        this.list(expression.steps, 'step', at, depth)
        return
      default:
        expression satisfies never
    }
  }

  list(parts: readonly GraphExpression[], what: string, path: string, depth: number): void {
    if (parts.length === 0) refuse(`${path.split('.').at(-1)} has at least one ${what}`, path)
    for (const [i, part] of parts.entries()) this.expression(part, `${path}[${i}]`, depth + 1)
  }

  end(end: PathEnd | null, path: string, depth: number): void {
    if (end?.kind === 'nodes') this.selector(end.nodes, path, depth)
  }

  selector(selector: NodeSelector, path: string, depth: number): void {
    switch (selector.kind) {
      case 'addresses':
        some(selector.addresses, 'address', `${path}.addresses`)
        return
      case 'tokens':
        some(selector.tokens, 'token', `${path}.tokens`)
        return
      case 'logits':
        some(selector.logits, 'logit', `${path}.logits`)
        return
      case 'where':
      case 'supernode':
        return
      case 'expression':
        this.expression(selector.expression, `${path}.expression`, depth + 1)
        return
      default:
        selector satisfies never
    }
  }
}

function some(list: readonly unknown[], what: string, path: string): void {
  if (list.length === 0) refuse(`${path.split('.').at(-1)} has at least one ${what}`, path)
}

function bound(name: string, value: number, most: number, path: string): void {
  if (!Number.isInteger(value) || value < 1 || value > most)
    refuse(`${name} is a whole number from 1 to ${most}, not ${value}`, `${path}.${name}`)
}

function refuse(message: string, path: string): never {
  throw new InvalidInput('BAD_EXPRESSION', message, { path })
}
