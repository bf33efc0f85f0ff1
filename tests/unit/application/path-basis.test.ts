/** How answers about paths know what they say (semantics.md §1). */
import { pathBasis } from '../../../src/application/path-basis.js'
import { EDGE_MEANINGS } from '../../../src/domain/edge-meaning.js'

describe('the basis of an answer about paths', () => {
  it('is the stored graph for raw products, but for derivatives, whose products are parts of a gradient', () => {
    for (const meaning of EDGE_MEANINGS)
      expect(pathBasis(meaning, false)).toBe(meaning === 'DERIVATIVE' ? 'GRAPH_ESTIMATE' : 'STRUCTURE')
  })

  it('is arithmetic once values are shares of the input, the same for ranks and flows, but never for weights', () => {
    expect(pathBasis('SCALED_CONTRIBUTION', true)).toBe('GRAPH_ESTIMATE')
    expect(pathBasis('DERIVATIVE', true)).toBe('GRAPH_ESTIMATE')
    expect(pathBasis('WEIGHT', true)).toBe('STRUCTURE')
  })
})
