/** Bottlenecks, flow and pages of paths over HTTP, on the bundled examples. */
import { type ApiHouse, apiHouse } from './api-house.js'

describe('questions about all paths', () => {
  let api: ApiHouse
  beforeAll(async () => {
    api = await apiHouse()
  }, 60_000)
  afterAll(() => api.close())

  const circuit = async (name: string, fields: string) =>
    (await api.data(`{ circuit(ref: { name: "${name}" }) { ${fields} } }`)).circuit

  it('bottlenecks of string closing: the one write, whether its value or its pattern is followed', async () => {
    const { bottlenecks } = await circuit(
      'string-closing',
      `bottlenecks(from: { attached: "token(0)" }, to: { attached: "logit(0)-logit(1)" }) { ... on BottleneckAnswer {
        pathCount level basis uncuttableCount minimumCutReason bigram
        dominators { totalCount nodes { address node { kind } } }
        minimumCut { nodes { address } } cutBesideUncuttable { totalCount }
        disjointPaths { nodes { addresses hopCount hops { kind weight } } }
        criticalPath { addresses } criticalPathReason provenance { questionHash } } }`,
    )
    expect(bottlenecks).toMatchObject({
      pathCount: '2',
      level: 'WEIGHTS',
      basis: 'STRUCTURE',
      uncuttableCount: '0',
      minimumCutReason: null,
      bigram: null,
      dominators: {
        totalCount: 4,
        nodes: [
          { address: 'token(0)', node: null },
          { address: '0.attn.resid_delta[2]', node: { kind: 'CHANNEL' } },
          { address: 'final_resid[2]', node: null },
          { address: 'logit(0)-logit(1)', node: null },
        ],
      },
      minimumCut: { nodes: [{ address: '0.attn.resid_delta[2]' }] },
      cutBesideUncuttable: { totalCount: 1 },
      criticalPath: {
        addresses: [
          'token(0)',
          'embed[0]',
          '0.attn.act_in[0]',
          '0.attn.k[0]',
          '0.attn.resid_delta[2]',
          'final_resid[2]',
          'logit(0)-logit(1)',
        ],
      },
      criticalPathReason: null,
    })
    expect(bottlenecks.disjointPaths.nodes).toHaveLength(1)
  })

  it('with OV_ONLY the keys are no way through', async () => {
    const { bottlenecks } = await circuit(
      'string-closing',
      `bottlenecks(from: { attached: "token(0)" }, to: { attached: "logit(0)-logit(1)" }, links: { attention: OV_ONLY }) {
        ... on BottleneckAnswer { pathCount dominators { totalCount } } }`,
    )
    expect(bottlenecks).toEqual({ pathCount: '1', dominators: { totalCount: 7 } })
  })

  it('say why no cut exists, naming a path that nothing can break', async () => {
    const { bottlenecks } = await circuit(
      'bracket-depth',
      `bottlenecks { ... on BottleneckAnswer { minimumCut { totalCount } minimumCutReason uncuttableCount
        cutBesideUncuttable { nodes { address } } disjointPaths { totalCount }
        uncuttable(first: 1) { totalCount nodes { addresses } pageInfo { hasNextPage } } } }`,
    )
    expect(bottlenecks.minimumCut).toBeNull()
    expect(bottlenecks.minimumCutReason).toBe(
      '2 paths have no node in between that can be cut: 1.attn.k[0] → 1.attn.resid_delta[2]',
    )
    expect(bottlenecks.uncuttable).toEqual({
      totalCount: 2,
      nodes: [{ addresses: ['1.attn.k[0]', '1.attn.resid_delta[2]'] }],
      pageInfo: { hasNextPage: true },
    })
    expect(bottlenecks.disjointPaths.totalCount).toBe(bottlenecks.cutBesideUncuttable.nodes.length)
  })

  it('are refused, like all questions, with what is wrong and where', async () => {
    const { bottlenecks } = await circuit(
      'attribution-example',
      'bottlenecks(from: { addresses: ["feature(9/9)@9"] }) { ... on Problem { code message path } }',
    )
    expect(bottlenecks).toEqual({
      code: 'BAD_INPUT',
      message: 'this graph has no node "feature(9/9)@9"',
      path: 'from.addresses[0]',
    })
  })

  it('flow tells what passes each node and edge, strongest first, page by page', async () => {
    const ends = 'from: { addresses: ["token(20)@2"] }, to: { addresses: ["logit(100)@3"] }'
    const row = 'pathCount signedMass absoluteMass signedBetweenness absoluteBetweenness'
    const { flow } = await circuit(
      'attribution-example',
      `flow(${ends}) { ... on FlowAnswer { pathCount signedTotal absoluteTotal normalised viaShare viaShareReason hiddenControlPaths
        nodes(order: STRONGEST) { totalCount nodes { address ${row} } }
        edges { totalCount nodes { source { address } target { address } hop { kind weight } ${row} } } } }`,
    )
    expect(flow).toMatchObject({
      pathCount: '5',
      signedTotal: 21.5,
      absoluteTotal: 27.5,
      normalised: false,
      viaShare: null,
      hiddenControlPaths: null,
    })
    const masses = flow.nodes.nodes.map(({ absoluteMass }: { absoluteMass: number }) => absoluteMass)
    expect(masses).toEqual([...masses].sort((a, b) => b - a))
    expect(flow.nodes.nodes[0]).toEqual({
      address: 'token(20)@2',
      pathCount: '5',
      signedMass: 21.5,
      absoluteMass: 27.5,
      signedBetweenness: 1,
      absoluteBetweenness: 1,
    })
    // What leaves the source, and what arrives at the logit, is everything.
    for (const end of ['source', 'target'] as const) {
      const name = end === 'source' ? 'token(20)@2' : 'logit(100)@3'
      const crossing = flow.edges.nodes.filter(
        (edge: Record<string, { address: string }>) => edge[end]!.address === name,
      )
      const total = crossing.reduce((sum: number, edge: { signedMass: number }) => sum + edge.signedMass, 0)
      expect(total).toBeCloseTo(21.5, 12)
    }
    const paged: unknown[] = []
    for (let after: string | null = null, more = true; more; ) {
      const page = await circuit(
        'attribution-example',
        `flow(${ends}) { ... on FlowAnswer { edges(first: 2, after: ${JSON.stringify(after)}) {
          nodes { source { address } target { address } hop { kind weight } ${row} } pageInfo { hasNextPage endCursor } } } }`,
      )
      paged.push(...page.flow.edges.nodes)
      more = page.flow.edges.pageInfo.hasNextPage
      after = page.flow.edges.pageInfo.endCursor
    }
    expect(paged).toEqual(flow.edges.nodes)
  })

  it('flow via a set and the flow of shares say what they are', async () => {
    const { via, shares } = await circuit(
      'attribution-example',
      `via: flow(from: { addresses: ["token(20)@2"] }, to: { addresses: ["logit(100)@3"] }, via: { addresses: ["token(20)@2"] }) {
         ... on FlowAnswer { viaShare viaShareReason basis } }
       shares: flow(to: { addresses: ["logit(100)@3"] }, normalise: true) { ... on FlowAnswer { normalised absoluteTotal basis } }`,
    )
    expect(via).toEqual({ viaShare: 1, viaShareReason: null, basis: 'STRUCTURE' })
    expect(shares).toMatchObject({ normalised: true, basis: 'GRAPH_ESTIMATE' })
    expect(shares.absoluteTotal).toBeLessThanOrEqual(1)
  })
})
