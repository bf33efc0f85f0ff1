/** Against circuit-tracer's own functions, run in float64 on the graphs as stored in the files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cumulativeInfluence } from '../../../src/graph/cumulative-influence.js'
import { graphScores } from '../../../src/graph/graph-scores.js'
import { type NodeRole, nodeInfluence } from '../../../src/graph/influence.js'
import { pathTotals } from '../../../src/graph/path-totals.js'
import { pruneGraph } from '../../../src/graph/prune-graph.js'
import { rowSums } from '../../../src/graph/row-sums.js'
import { toFloat } from '../../../src/graph/scaled-number.js'
import { topologicalOrder } from '../../../src/graph/topological-order.js'
import { describeWithShared } from '../../support/shared.js'
import { graphOf } from './brute-force.js'

interface Reference {
  readonly node_influence: Readonly<Record<string, number>>
  readonly cumulative_influence: Readonly<Record<string, number>>
  readonly replacement_score: number
  readonly completeness_score: number
  readonly prune: Readonly<
    Record<
      string,
      { readonly nodes: readonly string[]; readonly edge_count: number; readonly node_count: number }
    >
  >
  readonly top_logit: string
  readonly signed_total_from_tokens_to_top_logit: Readonly<Record<string, number>>
  readonly absolute_total_from_tokens_to_top_logit: Readonly<Record<string, number>>
}

interface FileNode {
  readonly node_id: string
  readonly feature_type: string
  readonly token_prob: number
}

const ROLE: Readonly<Record<string, NodeRole>> = {
  'cross layer transcoder': 'feature',
  'mlp reconstruction error': 'error',
  embedding: 'token',
  logit: 'logit',
}

function load(shared: string, name: string) {
  const file = JSON.parse(readFileSync(join(shared, 'data/attribution-graphs', `${name}.json`), 'utf8')) as {
    readonly nodes: readonly FileNode[]
    readonly links: readonly { readonly source: string; readonly target: string; readonly weight: number }[]
  }
  const ids = file.nodes.map((n) => n.node_id)
  const at = new Map(ids.map((id, i) => [id, i]))
  const graph = graphOf(
    ids.length,
    file.links.map((l) => [at.get(l.source)!, at.get(l.target)!, l.weight]),
  )
  const roles = file.nodes.map((n) => ROLE[n.feature_type]!)
  const start = file.nodes.map((n, i) => (roles[i] === 'logit' ? n.token_prob : 0))
  const order = topologicalOrder(graph, (v) => ids[v]!)
  const reference = JSON.parse(
    readFileSync(join(shared, 'fixtures/attribution-graph-reference', `${name}.reference.json`), 'utf8'),
  ) as Reference
  return { ids, at, graph, roles, start, order, reference }
}

function relative(found: number, expected: number): number {
  return expected === 0 ? Math.abs(found) : Math.abs(found - expected) / Math.abs(expected)
}

describeWithShared('attribution graphs agree with circuit-tracer', (shared) => {
  for (const name of ['capital-of-the-state-containing-dallas', 'opposite-of-small']) {
    describe(name, () => {
      const { ids, at, graph, roles, start, order, reference } = load(shared, name)
      const sums = rowSums(graph)
      const influence = nodeInfluence(graph, order, sums, start)

      it('has the influence of every node to 1e-9', () => {
        const worst = Math.max(...ids.map((id, v) => relative(influence[v]!, reference.node_influence[id]!)))
        expect(Object.keys(reference.node_influence)).toHaveLength(ids.length)
        expect(worst).toBeLessThan(1e-9)
      })

      it('has the cumulative influence of every node to 1e-9', () => {
        const cumulative = cumulativeInfluence(influence)
        const worst = Math.max(
          ...ids.map((id, v) => relative(cumulative[v]!, reference.cumulative_influence[id]!)),
        )
        expect(worst).toBeLessThan(1e-9)
      })

      it('has the replacement and completeness scores to 1e-9', () => {
        const scores = graphScores(graph, roles, sums, influence, start)
        expect(relative(scores.replacement!, reference.replacement_score)).toBeLessThan(1e-9)
        expect(relative(scores.completeness!, reference.completeness_score)).toBeLessThan(1e-9)
      })

      it('keeps the same nodes and as many edges when pruned', () => {
        expect(Object.keys(reference.prune)).toHaveLength(2)
        for (const [key, expected] of Object.entries(reference.prune)) {
          const [, node, edge] = /^node([\d.]+)_edge([\d.]+)$/.exec(key)!
          const pruned = pruneGraph(graph, order, roles, start, Number(node), Number(edge))
          const kept = ids.filter((_, v) => pruned.keptNodes[v] === 1)
          expect(kept.sort()).toEqual([...expected.nodes].sort())
          expect(pruned.keptEdges.reduce((sum, one) => sum + one, 0)).toBe(expected.edge_count)
        }
      })

      it('has the signed and absolute totals from each token to the top logit to 1e-9', () => {
        const tokens = Object.keys(reference.signed_total_from_tokens_to_top_logit)
        const totals = pathTotals(
          graph,
          order,
          tokens.map((id) => at.get(id)!),
          [at.get(reference.top_logit)!],
        )
        expect(totals.sources).toHaveLength(tokens.length)
        for (const { node, signed, absolute } of totals.sources) {
          const id = ids[node]!
          expect(
            relative(toFloat(signed), reference.signed_total_from_tokens_to_top_logit[id]!),
          ).toBeLessThan(1e-9)
          expect(
            relative(toFloat(absolute), reference.absolute_total_from_tokens_to_top_logit[id]!),
          ).toBeLessThan(1e-9)
        }
      })
    })
  }
})
