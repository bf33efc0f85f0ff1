/** Neighbourhoods, strongest parts, path unions and quotients against the slow and obvious way. */
import fc from 'fast-check'
import type { Circuit, GraphData } from '../../../../src/domain/graph-data.js'
import type { GraphExpression, NodeSelector } from '../../../../src/query/graph-expression.js'
import { drawnGraph, positionOf } from '../../../support/drawn-graph.js'
import { edgesOf, nodesOf, selectionOver } from '../../../support/selection.js'
import { attributionGraph } from '../../../support/tiny-graph.js'
import { allPaths, compareSequences, graphOf } from '../../graph/brute-force.js'

const LINKS = { residual: true, attention: 'OV_ONLY' } as const

interface Link {
  readonly from: string
  readonly to: string
  readonly weight: number
}

function linksOf({ nodes, edges }: GraphData): Link[] {
  return Array.from(edges.source, (source, e) => ({
    from: nodes[source]!.address,
    to: nodes[edges.target[e]!]!.address,
    weight: edges.weight[e]!,
  }))
}

const select = async (circuit: Circuit, expression: GraphExpression): Promise<GraphData> =>
  (await selectionOver([circuit]).of(expression)).graph

const around = (address: string, hops: number, first: number): GraphExpression => ({
  kind: 'neighbourhood',
  of: { kind: 'addresses', addresses: [address] },
  hops,
  first,
  links: LINKS,
})

/** A node of the graph, by a drawn number. */
const nodeAt = (circuit: Circuit, n: number): string => circuit.nodes[n % circuit.nodes.length]!.address

describe('a neighbourhood', () => {
  it('without a narrow bound is the ball of breadth-first search, with all edges inside', () =>
    fc.assert(
      fc.asyncProperty(drawnGraph, fc.nat(20), fc.integer({ min: 1, max: 4 }), async (circuit, n, hops) => {
        const centre = nodeAt(circuit, n)
        const ball = new Set([centre])
        for (let hop = 0; hop < hops; hop++) {
          const before = new Set(ball)
          for (const { from, to } of linksOf(circuit)) {
            if (before.has(from)) ball.add(to)
            if (before.has(to)) ball.add(from)
          }
        }
        const graph = await select(circuit, around(centre, hops, 1000))
        expect(new Set(nodesOf(graph))).toEqual(ball)
        expect(edgesOf(graph)).toEqual(
          edgesOf(circuit).filter((row) =>
            row
              .split(' ')
              .slice(0, 2)
              .every((end) => ball.has(end)),
          ),
        )
      }),
    ))

  it('takes within each step the strongest links first, and in canonical order where they are alike', () =>
    fc.assert(
      fc.asyncProperty(
        drawnGraph,
        fc.nat(20),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        async (circuit, n, hops, first) => {
          const centre = nodeAt(circuit, n)
          const taken = [centre]
          let step = [centre]
          for (let hop = 0; hop < hops; hop++) {
            const strength = new Map<string, number>()
            for (const { from, to, weight } of linksOf(circuit)) {
              for (const [near, far] of [
                [from, to],
                [to, from],
              ] as const)
                if (step.includes(near) && !taken.includes(far))
                  strength.set(far, Math.max(strength.get(far) ?? 0, Math.abs(weight)))
            }
            step = nodesOf(circuit)
              .filter((address) => strength.has(address))
              .sort((a, b) => strength.get(b)! - strength.get(a)!)
              .slice(0, first + 1 - taken.length)
            taken.push(...step)
          }
          expect(new Set(nodesOf(await select(circuit, around(centre, hops, first))))).toEqual(new Set(taken))
        },
      ),
    ))
})

describe('the strongest', () => {
  const strongest = (first: number, by: Extract<GraphExpression, { kind: 'strongest' }>['by']) =>
    ({ kind: 'strongest', first, by, on: null }) satisfies GraphExpression

  it('edges are those of largest absolute weight with their ends', () =>
    fc.assert(
      fc.asyncProperty(drawnGraph, fc.integer({ min: 1, max: 6 }), async (circuit, first) => {
        const expected = edgesOf(circuit)
          .map((row, e) => ({ row, e, size: Math.abs(Number(row.split(' ')[2])) }))
          .sort((a, b) => b.size - a.size || a.e - b.e)
          .slice(0, first)
          .sort((a, b) => a.e - b.e)
          .map(({ row }) => row)
        const graph = await select(circuit, strongest(first, { measure: 'WEIGHT', of: 'EDGES' }))
        expect(edgesOf(graph)).toEqual(expected)
        expect(new Set(nodesOf(graph))).toEqual(
          new Set(expected.flatMap((row) => row.split(' ').slice(0, 2))),
        )
      }),
    ))

  it('nodes are those of the largest sum of absolute weights, with all edges between them', () =>
    fc.assert(
      fc.asyncProperty(drawnGraph, fc.integer({ min: 1, max: 6 }), async (circuit, first) => {
        const sum = (address: string): number =>
          linksOf(circuit)
            .filter(({ from, to }) => from === address || to === address)
            .reduce((total, { weight }) => total + Math.abs(weight), 0)
        const expected = nodesOf(circuit)
          .filter((address) => sum(address) > 0)
          .sort((a, b) => sum(b) - sum(a))
          .slice(0, first)
        const graph = await select(circuit, strongest(first, { measure: 'WEIGHT', of: 'NODES' }))
        expect(new Set(nodesOf(graph))).toEqual(new Set(expected))
      }),
    ))

  it('by a score are the nodes of largest absolute score; one without a score is never among them', async () => {
    const circuit = attributionGraph(
      ['feature(0/1)@0', 'feature(1/1)@0', 'feature(2/1)@0', 'feature(3/1)@0'],
      [],
    )
    const scores = new Map([['importance', [1, -3, null, 2]]])
    const top = async (score: string) =>
      nodesOf((await selectionOver([circuit], scores).of(strongest(2, { measure: 'SCORE', score }))).graph)
    expect(await top('importance')).toEqual(['feature(1/1)@0', 'feature(3/1)@0'])
    await expect(top('import')).rejects.toMatchObject({ code: 'BAD_INPUT', hint: 'its scores: importance' })
  })

  it('by influence are those that pruning by influence keeps first', () =>
    fc.assert(
      fc.asyncProperty(drawnGraph, async (circuit) => {
        const many = strongest(1000, { measure: 'INFLUENCE', of: 'NODES' })
        const some = strongest(2, { measure: 'INFLUENCE', of: 'NODES' })
        const all = new Set(nodesOf(await select(circuit, many)))
        for (const address of nodesOf(await select(circuit, some))) expect(all.has(address)).toBe(true)
        // Whoever has influence reaches a logit.
        const logits: NodeSelector = { kind: 'where', where: { kind: { eq: 'LOGIT' } } }
        const reaching = await select(circuit, { kind: 'upstreamOf', of: logits, hops: null, links: LINKS })
        for (const address of all) expect(nodesOf(reaching)).toContain(address)
        const edges = await select(circuit, strongest(1000, { measure: 'INFLUENCE', of: 'EDGES' }))
        for (const row of edgesOf(edges)) expect(edgesOf(reaching)).toContain(row)
      }),
    ))
})

describe('paths as a graph', () => {
  it('are the nodes and edges of the strongest ones, as listing every path finds them', () =>
    fc.assert(
      fc.asyncProperty(drawnGraph, fc.integer({ min: 1, max: 6 }), async (circuit, first) => {
        const links = linksOf(circuit)
        const at = new Map(nodesOf(circuit).map((address, i) => [address, i]))
        const compact = graphOf(
          circuit.nodes.length,
          links.map(({ from, to, weight }) => [at.get(from)!, at.get(to)!, weight]),
        )
        const ends = (kind: string): number[] =>
          circuit.nodes.filter((node) => node.kind === kind).map((node) => node.ordinal)
        const product = ({ edges }: { readonly edges: readonly number[] }): number =>
          Math.abs(edges.reduce((total, e) => total * links[e]!.weight, 1))
        const expected = allPaths(compact, ends('TOKEN'), ends('LOGIT'))
          .sort((a, b) => product(b) - product(a) || compareSequences(a.nodes, b.nodes))
          .slice(0, first)
        const graph = await select(circuit, {
          kind: 'paths',
          pattern: null,
          from: null,
          to: null,
          rankBy: 'ABSOLUTE_PRODUCT',
          first,
          links: LINKS,
        })
        const used = new Set(expected.flatMap(({ edges }) => edges))
        expect(edgesOf(graph)).toEqual(edgesOf(circuit).filter((_, e) => used.has(e)))
        expect(new Set(nodesOf(graph))).toEqual(
          new Set(expected.flatMap(({ nodes }) => nodes.map((node) => circuit.nodes[node]!.address))),
        )
      }),
    ))

  it('follow their pattern, and ends that an expression gives', async () => {
    const circuit = attributionGraph(
      ['token(1)@0', 'feature(0/1)@0', 'feature(0/2)@0', 'logit(1)@2'],
      [
        ['token(1)@0', 'feature(0/1)@0', 1],
        ['token(1)@0', 'feature(0/2)@0', 3],
        ['feature(0/1)@0', 'logit(1)@2', 1],
        ['feature(0/2)@0', 'logit(1)@2', 3],
      ],
    )
    const paths = {
      kind: 'paths',
      pattern: null,
      from: null,
      to: null,
      rankBy: null,
      first: 5,
      links: LINKS,
    } satisfies GraphExpression
    const by = await select(circuit, { ...paths, pattern: '(:token) -> (:feature {index: 1}) ->* (:logit)' })
    expect(nodesOf(by)).toEqual(['feature(0/1)@0', 'token(1)@0', 'logit(1)@2'])
    const nodes: NodeSelector = {
      kind: 'expression',
      expression: { kind: 'nodes', where: { index: { eq: 2 } } },
      members: null,
    }
    expect(edgesOf(await select(circuit, { ...paths, to: { kind: 'nodes', nodes } }))).toEqual([
      'token(1)@0 feature(0/2)@0 3',
    ])
  })
})

describe('a quotient', () => {
  const collapse = (by: 'LAYER' | 'POSITION'): GraphExpression => ({ kind: 'collapse', by, links: LINKS })
  const groupOf = {
    LAYER: (address: string) =>
      /^feature\((\d+)/.exec(address)?.[1] && `group("layer ${/\d+/.exec(address)![0]}")`,
    POSITION: (address: string) => `group("position ${positionOf(address)}")@${positionOf(address)}`,
  }

  it.each(['LAYER', 'POSITION'] as const)('by %s has one edge per pair of groups, summed by hand', (by) =>
    fc.assert(
      fc.asyncProperty(drawnGraph, async (circuit) => {
        const name = (address: string): string => groupOf[by](address) || address
        const pairs = new Map<string, { weight: number; absWeight: number; count: number }>()
        let inner = 0
        for (const { from, to, weight } of linksOf(circuit)) {
          if (name(from) === name(to)) {
            inner++
            continue
          }
          const key = `${name(from)} ${name(to)}`
          const known = pairs.get(key) ?? { weight: 0, absWeight: 0, count: 0 }
          pairs.set(key, {
            weight: known.weight + weight,
            absWeight: known.absWeight + Math.abs(weight),
            count: known.count + 1,
          })
        }
        const graph = await select(circuit, collapse(by))
        expect(new Set(nodesOf(graph))).toEqual(new Set(nodesOf(circuit).map(name)))
        const { quotient } = graph
        const found = linksOf(graph).map(({ from, to, weight }, e) => [
          `${from} ${to}`,
          { weight, absWeight: quotient!.absWeight[e], count: quotient!.edgesBehind[e] },
        ])
        expect(new Map(found as [string, never][])).toEqual(pairs)
        expect(found.length).toBe(pairs.size)
        expect(quotient!.innerEdges.reduce((a, b) => a + b, 0)).toBe(inner)
        expect(quotient!.nodesBehind.reduce((a, b) => a + b, 0)).toBe(circuit.nodes.length)
      }),
    ),
  )

  it('of a quotient counts what stands behind both', () =>
    fc.assert(
      fc.asyncProperty(drawnGraph, async (circuit) => {
        const twice = await select(circuit, {
          kind: 'pipe',
          steps: [collapse('LAYER'), collapse('LAYER')],
        }).catch(() => null)
        // Groups by layer have no layer: the second step is refused, and a supernode of groups is counted instead.
        expect(twice).toBeNull()
        const once = await select(circuit, collapse('LAYER'))
        const groups = [{ annotation: 'all@1', title: 'all', members: nodesOf(once) }]
        const all = await select(circuit, {
          kind: 'pipe',
          steps: [collapse('LAYER'), { kind: 'collapse', by: 'SUPERNODE', groups, links: LINKS }],
        })
        expect(nodesOf(all)).toEqual(['group("all")'])
        expect(all.quotient!.nodesBehind[0]).toBe(circuit.nodes.length)
        expect(all.quotient!.innerEdges[0]).toBe(circuit.edges.count)
      }),
    ))

  const chain = attributionGraph(
    ['feature(0/1)@0', 'feature(1/1)@0', 'feature(2/1)@0'],
    [
      ['feature(0/1)@0', 'feature(1/1)@0', 1],
      ['feature(1/1)@0', 'feature(2/1)@0', 2],
    ],
  )
  const supernodes = (...groups: (readonly [string, readonly string[]])[]): GraphExpression => ({
    kind: 'collapse',
    by: 'SUPERNODE',
    groups: groups.map(([id, members]) => ({ annotation: `${id}@1`, title: id, members })),
    links: LINKS,
  })

  it('that closes a cycle is refused and the cycle named', async () => {
    await expect(
      select(chain, supernodes(['ends', ['feature(0/1)@0', 'feature(2/1)@0']])),
    ).rejects.toMatchObject({
      code: 'NOT_MEANINGFUL',
      message: 'collapsing by SUPERNODE closes the cycle feature(1/1)@0 → group("ends") → feature(1/1)@0',
    })
  })

  it('takes the outer one of nested supernodes and refuses two that overlap', async () => {
    const inner = ['inner', ['feature(0/1)@0']] as const
    const outer = ['outer', ['feature(0/1)@0', 'feature(1/1)@0']] as const
    const graph = await select(chain, supernodes(inner, outer))
    expect(nodesOf(graph)).toEqual(['feature(2/1)@0', 'group("outer")'])
    expect(graph.nodes[1]).toMatchObject({ kind: 'GROUP', label: 'outer' })
    expect(edgesOf(graph)).toEqual(['group("outer") feature(2/1)@0 2'])
    const other = ['other', ['feature(1/1)@0', 'feature(2/1)@0']] as const
    await expect(select(chain, supernodes(outer, other))).rejects.toThrow(
      'feature(1/1)@0 belongs to the supernodes "outer" and "other"',
    )
  })

  it('keeps the scores of nodes that stay; groups have none', async () => {
    const scores = new Map([['importance', [1, 2, 3]]])
    const { of } = selectionOver([chain], scores)
    const merged = await of(supernodes(['start', ['feature(0/1)@0', 'feature(1/1)@0']]))
    expect(merged.scores).toEqual(new Map([['importance', [3, null]]]))
  })

  it('needs something to group', async () => {
    await expect(select(chain, { kind: 'collapse', by: 'HEAD', links: LINKS })).rejects.toThrow(
      'this graph has no q, k or v channels of a sparse model to collapse by HEAD',
    )
  })
})

it('an asker who has gone away stops the work before the next operator', async () => {
  const gone = new AbortController()
  const circuit = attributionGraph(['feature(0/1)@0'], [])
  const { of, selection } = selectionOver([circuit], new Map(), gone.signal)
  await of({ kind: 'nodes', where: {} })
  gone.abort()
  await expect(of({ kind: 'edges', where: {} })).rejects.toMatchObject({ code: 'CANCELLED' })
  expect(selection.applied).toBe(2)
})
