/** Tokens and logits as ends of paths that are attached to a graph of weights. */
import type { PathEndInput } from '../schema/graph-expression.input.js'
import type { PathEnd } from '../src/application/questions.js'
import type { OpenGraph } from '../src/application/use-cases.js'
import { parseAddress } from '../src/domain/address.js'
import { InvalidInput, standingAt } from '../src/domain/errors.js'
import { parseDirection } from '../src/query/direction.js'
import { ordinalsByAddress } from '../src/query/node-selector.js'

/** Null where the input chooses nodes of the graph. */
export function attachedEndOf(input: PathEndInput, open: OpenGraph, path: string): PathEnd | null {
  const attachable = open.graph.edgeMeaning === 'WEIGHT'
  const text = input.attached ?? (attachable ? attachedText(input, open) : null)
  return text === null ? null : standingAt(path, () => attachedEnd(text))
}

/** One token, or one logit, that is not a node of the graph. */
function attachedText(input: PathEndInput, { graph }: OpenGraph): string | null {
  const [choice, kind] = input.tokens ? [input.tokens, 'token'] : [input.logits, 'logit']
  const only = choice?.length === 1 ? choice[0] : undefined
  const text =
    only?.id != null && only.position == null
      ? `${kind}(${only.id})`
      : input.addresses?.length === 1 && /^(token|logit)\(\d+\)$/.test(input.addresses[0]!)
        ? input.addresses[0]!
        : null
  return text !== null && !ordinalsByAddress(graph).has(text) ? text : null
}

function attachedEnd(text: string): PathEnd {
  if (text.trim().startsWith('token(')) {
    const { site } = parseAddress(text.trim())
    if (site.kind === 'token' && typeof site.token === 'number') return { kind: 'token', token: site.token }
  } else {
    const { plus, minus } = parseDirection(text)
    const ids = [plus, minus].map((end) => (end?.site.kind === 'logit' ? end.site.token : null))
    if (typeof ids[0] === 'number' && (minus === null || typeof ids[1] === 'number')) {
      return { kind: 'logit', token: ids[0], minus: minus === null ? null : (ids[1] as number) }
    }
  }
  throw new InvalidInput('BAD_INPUT', `${JSON.stringify(text.slice(0, 80))} cannot be attached to a graph`, {
    hint: 'write token(5), logit(5) or logit(5)-logit(7) with vocabulary ids',
  })
}
