/** The hand-made attribution graph, its answers computed again by plain sums over paths. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Graph {
  qParams: { pinnedIds: string[]; supernodes: string[][] }
  nodes: {
    node_id: string
    feature: number
    layer: string
    feature_type: string
    token_prob: number
    activation: number | null
    influence: number | null
  }[]
  links: { source: string; target: string; weight: number }[]
}

const FOLDER = join(__dirname, '../../../../zoo/attribution-example')
const json = <T>(file: string): T => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as T

describe('the hand-made attribution graph', () => {
  const { nodes, links, qParams } = json<Graph>('graph.json')
  const expected = json<{
    nodes: number
    edges: number
    influence: Record<string, number>
    replacementScore: number
    completenessScore: number
    flow: { from: string; to: string; paths: number; signed: number; absolute: number }
    strongestPathByWeight: { nodes: string[]; weight: number }
    zeroing: Record<string, number | string>
  }>('expected.json')
  const byId = new Map(nodes.map((node) => [node.node_id, node]))
  const into = (id: string) => links.filter((link) => link.target === id)
  const share = (link: Graph['links'][number]): number =>
    Math.abs(link.weight) / into(link.target).reduce((sum, other) => sum + Math.abs(other.weight), 0)

  const influence = (id: string): number =>
    links
      .filter((link) => link.source === id)
      .reduce(
        (sum, link) => sum + share(link) * (byId.get(link.target)!.token_prob + influence(link.target)),
        0,
      )
  const paths = (from: string, to: string): { ids: string[]; weight: number }[] =>
    from === to
      ? [{ ids: [to], weight: 1 }]
      : links
          .filter((link) => link.source === from)
          .flatMap((link) =>
            paths(link.target, to).map(({ ids, weight }) => ({
              ids: [from, ...ids],
              weight: weight * link.weight,
            })),
          )
  /** Ã: a feature's inputs are divided by its activation. */
  const corrected = (from: string, to: string): number =>
    from === to
      ? 1
      : links
          .filter((link) => link.source === from)
          .reduce(
            (sum, link) =>
              sum + (link.weight / (byId.get(link.target)!.activation ?? 1)) * corrected(link.target, to),
            0,
          )

  it('has as many nodes and links as it says, each id once, each end there', () => {
    expect([nodes.length, links.length, byId.size]).toEqual([expected.nodes, expected.edges, expected.nodes])
    for (const id of [
      ...links.flatMap((link) => [link.source, link.target]),
      ...qParams.pinnedIds,
      ...qParams.supernodes.flatMap((group) => group.slice(1)),
    ]) {
      expect(byId.has(id)).toBe(true)
    }
  })

  it('packs layer and index of its features by the pairing function', () => {
    for (const { node_id, feature, feature_type } of nodes) {
      if (feature_type !== 'cross layer transcoder') continue
      const [layer, index] = node_id.split('_').map(Number) as [number, number]
      expect(feature).toBe(((layer + index) * (layer + index + 1)) / 2 + index)
    }
  })

  it('gives every node the influence of the hand calculation, exactly', () => {
    for (const [id, value] of Object.entries(expected.influence))
      expect([id, influence(id)]).toEqual([id, value])
  })

  it('keeps the cumulative shares in descending order of influence', () => {
    const ordered = Object.entries(expected.influence).sort(([, a], [, b]) => b - a)
    const total = ordered.reduce((sum, [, value]) => sum + value, 0)
    let sum = 0
    for (const [id, value] of ordered) {
      sum += value
      expect(byId.get(id)!.influence).toBeCloseTo(sum / total, 14)
    }
  })

  it('has the scores of the hand calculation', () => {
    const of = (type: string): number =>
      nodes
        .filter((node) => node.feature_type === type)
        .reduce((sum, node) => sum + influence(node.node_id), 0)
    const tokens = of('embedding')
    expect(tokens / (tokens + of('mlp reconstruction error'))).toBe(expected.replacementScore)
    const weight = (id: string): number => influence(id) + byId.get(id)!.token_prob
    const errorShare = (id: string): number =>
      into(id)
        .filter((link) => byId.get(link.source)!.feature_type === 'mlp reconstruction error')
        .reduce((sum, link) => sum + share(link), 0)
    const total = nodes.reduce((sum, node) => sum + weight(node.node_id), 0)
    expect(
      nodes.reduce((sum, { node_id }) => sum + (1 - errorShare(node_id)) * weight(node_id), 0) / total,
    ).toBeCloseTo(expected.completenessScore, 14)
  })

  it('has the flow and the strongest path of the hand calculation', () => {
    const { from, to, ...totals } = expected.flow
    const found = paths(from, to)
    expect({
      paths: found.length,
      signed: found.reduce((sum, path) => sum + path.weight, 0),
      absolute: found.reduce((sum, path) => sum + Math.abs(path.weight), 0),
    }).toEqual(totals)
    const strongest = found.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))[0]!
    expect({ nodes: strongest.ids, weight: strongest.weight }).toEqual(expected.strongestPathByWeight)
  })

  it('has the linear effects of zeroing of the hand calculation', () => {
    const { metric, ...effects } = expected.zeroing
    for (const [id, effect] of Object.entries(effects))
      expect([id, -corrected(id, metric as string)]).toEqual([id, effect])
  })
})
