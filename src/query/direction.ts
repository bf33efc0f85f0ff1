/** A direction in logit space as text: `logit(5)`, `logit(5)-logit(7)`, `target("x")`. */
import { type NodeAddress, parseAddress, printAddress } from '../domain/address.js'
import { InvalidInput } from '../domain/errors.js'

export interface Direction {
  readonly plus: NodeAddress
  readonly minus: NodeAddress | null
}

/** Throws BAD_ADDRESS, or BAD_INPUT when an end is not a logit or a target. */
export function parseDirection(text: string): Direction {
  const contrast = /^\s*((?:logit|target)\(.*\)(?:@\d+)?)\s*-\s*((?:logit|target)\(.*\)(?:@\d+)?)\s*$/s.exec(
    text,
  )
  const ends = contrast ? [contrast[1]!, contrast[2]!] : [text.trim()]
  const [plus, minus] = ends.map((end) => {
    const address = parseAddress(end)
    if (address.site.kind !== 'logit' && address.site.kind !== 'target') {
      throw new InvalidInput('BAD_INPUT', `a direction is made of logits, not of ${printAddress(address)}`, {
        hint: 'for example logit(5)-logit(7)',
      })
    }
    return address
  })
  return { plus: plus!, minus: minus ?? null }
}

export function printDirection({ plus, minus }: Direction): string {
  return minus === null ? printAddress(plus) : `${printAddress(plus)}-${printAddress(minus)}`
}
