/** How answers about paths know what they say (semantics.md §1). */
import type { Basis, EdgeMeaning } from '../domain/edge-meaning.js'

/**
 * Products of derivatives are parts of a gradient, and values divided by the sum of what enters a node, as SHARE and
 * normalised flows take them, are arithmetic on the graph: estimates. Raw products of stored values are facts about the
 * graph, and weights say only what could be, normalised or not.
 */
export function pathBasis(meaning: EdgeMeaning, isNormalised: boolean): Basis {
  if (meaning === 'DERIVATIVE') return 'GRAPH_ESTIMATE'
  return isNormalised && meaning !== 'WEIGHT' ? 'GRAPH_ESTIMATE' : 'STRUCTURE'
}
