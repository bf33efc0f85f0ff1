/** Hops over points that only carry links, by listing every path. */
import fc from 'fast-check'
import type { CompactGraph } from '../../../src/graph/compact-graph.js'
import { neighbourhoodOf } from '../../../src/graph/neighbourhood.js'
import { visibleHops } from '../../../src/graph/visible-hops.js'
import { allPaths, type EdgeRow, graphOf } from './brute-force.js'

const walks = fc
  .record({
    transparent: fc.array(fc.boolean(), { minLength: 2, maxLength: 9 }),
    links: fc.array(fc.tuple(fc.nat(8), fc.nat(8), fc.constantFrom(1, -2, 3, 0.5, Number.NaN)), {
      maxLength: 16,
    }),
  })
  .map(({ transparent, links }) => {
    const edges = links.flatMap(([a, b, weight]): EdgeRow[] => {
      const [i, j] = [a % transparent.length, b % transparent.length].sort((x, y) => x - y) as [
        number,
        number,
      ]
      return i === j ? [] : [[i, j, weight]]
    })
    return { graph: graphOf(transparent.length, edges), transparent: Uint8Array.from(transparent, Number) }
  })

const rows = (graph: CompactGraph, transparent: Uint8Array): string[] => {
  const { source, target, value, firstEdge, lastEdge } = visibleHops(graph, transparent)
  return Array.from(source, (_, i) => [source[i], target[i], value[i], firstEdge[i], lastEdge[i]].join(' '))
}

describe('visible hops', () => {
  it('are all paths between visible nodes over points alone, each with the product of its edges', () => {
    fc.assert(
      fc.property(walks, ({ graph, transparent }) => {
        const visible = Array.from(transparent.keys()).filter((node) => transparent[node] === 0)
        const expected = visible.flatMap((start) =>
          allPaths(graph, [start], visible)
            .filter(
              ({ nodes }) => nodes.length > 1 && nodes.slice(1, -1).every((node) => transparent[node] === 1),
            )
            .map(({ nodes, edges }) =>
              [
                nodes[0],
                nodes.at(-1),
                edges.reduce((product, e) => product * graph.weight[e]!, 1),
                edges[0],
                edges.at(-1),
              ].join(' '),
            ),
        )
        expect(rows(graph, transparent).sort()).toEqual(expected.sort())
      }),
    )
  })

  it('have the same neighbourhoods as the walk with its points', () => {
    fc.assert(
      fc.property(
        walks,
        fc.nat(8),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        ({ graph, transparent }, n, hops, first) => {
          const start = n % transparent.length
          fc.pre(transparent[start] === 0)
          const seen = visibleHops(graph, transparent)
          const plain = graphOf(
            graph.nodeCount,
            Array.from(seen.source, (source, i): EdgeRow => [source, seen.target[i]!, seen.value[i]!]),
          )
          expect(neighbourhoodOf(graph, [start], { hops, first, transparent })).toEqual(
            neighbourhoodOf(plain, [start], { hops, first }),
          )
        },
      ),
    )
  })
})
