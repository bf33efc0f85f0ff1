import type { LinksInput } from '../schema/links.input.js'
import { type LinkPolicy, PRODUCT_LINKS } from '../src/query/graph-expression.js'

/** Null: the default of the question. */
export function linksFromInput(input: LinksInput | null | undefined, fallback: LinkPolicy): LinkPolicy {
  return input == null
    ? fallback
    : {
        residual: input.residual,
        attention: input.attention ?? fallback.attention,
        ...(input.bigram ? { bigram: true } : {}),
      }
}

export function productLinks(input: LinksInput | null | undefined): LinkPolicy {
  return linksFromInput(input, PRODUCT_LINKS)
}
