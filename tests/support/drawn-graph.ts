/** Small random attribution graphs without cycles, for properties: a few layers and positions, any edge forward. */
import fc from 'fast-check'
import type { Circuit } from '../../src/domain/graph-data.js'
import { attributionGraph } from './tiny-graph.js'

/** Features of up to five layers, a token and two logits with probabilities; weights are small whole numbers. */
export const drawnGraph: fc.Arbitrary<Circuit> = fc
  .record({
    features: fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(3), fc.nat(2)), {
      selector: (place) => place.join(),
      minLength: 1,
      maxLength: 7,
    }),
    links: fc.array(fc.tuple(fc.nat(20), fc.nat(20), fc.integer({ min: -4, max: 4 })), { maxLength: 24 }),
  })
  .map(({ features, links }) => {
    const places = features.sort(([a], [b]) => a - b)
    const nodes = [
      { address: 'token(1)@0' },
      ...places.map(([layer, index, position]) => ({ address: `feature(${layer}/${index})@${position}` })),
      { address: 'logit(1)@2', probability: 0.7 },
      { address: 'logit(2)@2', probability: 0.2 },
    ]
    const edges = new Map<string, [string, string, number]>()
    for (const [a, b, weight] of links) {
      const [i, j] = [a % nodes.length, b % nodes.length].sort((x, y) => x - y) as [number, number]
      // Edges stay causal and leave no logit, as those of the tools do.
      const [from, to] = [nodes[i]!.address, nodes[j]!.address]
      if (i === j || i >= nodes.length - 2 || positionOf(from) > positionOf(to)) continue
      edges.set(`${from} ${to}`, [from, to, weight === 0 ? 1 : weight])
    }
    return attributionGraph(nodes, [...edges.values()])
  })

export function positionOf(address: string): number {
  return Number(address.split('@')[1])
}
