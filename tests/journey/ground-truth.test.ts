/** Ground-truth cases F1, F2 and F13 of algorithms.md, stored and asked through GraphQL on both stores. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { neo4jSettings, openHouse, type TestHouse } from '../support/house.js'
import { describeWithNeo4j } from '../support/with-neo4j.js'

type Edge = readonly [source: string, target: string, weight: number]

/** Our own circuit file of an attribution graph with free node names. */
function circuitFile(edges: readonly Edge[]): string {
  const names = [...new Set(edges.flatMap((edge) => edge.slice(0, 2) as string[]))]
  const at = (end: 0 | 1): number[] => edges.map((edge) => names.indexOf(edge[end]))
  return JSON.stringify({
    format: 'circuitql/circuit',
    version: 1,
    source: 'ATTRIBUTION_GRAPH',
    edgeMeaning: 'SCALED_CONTRIBUTION',
    model: { kind: 'foreign', name: 'ground-truth', dictionary: null },
    task: null,
    prompt: null,
    maskedSites: [],
    nodes: names.map((name) => ({ address: `node(${JSON.stringify(name)})` })),
    edges: { kind: 'EFFECT', source: at(0), target: at(1), weight: edges.map(([, , weight]) => weight) },
  })
}

const F1: readonly Edge[] = (
  [
    ['1', '11'],
    ['3', '11'],
    ['6', '11'],
    ['8', '11'],
    ['0', '3'],
    ['1', '3'],
    ['6', '3'],
    ['9', '1'],
    ['10', '1'],
    ['9', '0'],
  ] as const
).map(([source, target]) => [source, target, 10])
const F1_INFLUENCE: Readonly<Record<string, number>> = {
  0: 1 / 12,
  1: 1 / 3,
  3: 1 / 4,
  6: 1 / 3,
  8: 1 / 4,
  9: 1 / 4,
  10: 1 / 6,
  11: 0,
}
const F13: readonly Edge[] = [
  ['s', 'a', 1],
  ['a', 't', 1],
  ['s', 'b', 1],
  ['b', 't', -1],
]

/** One channel of two blocks of two heads beside a residual stream; F2's weights of that channel. */
function microModel(first: number, second: number): readonly Edge[] {
  return [1, 2].flatMap((block): Edge[] => {
    const [from, to] = [`x${block - 1}`, `x${block}`]
    return [
      [from, to, 1],
      [from, `a${block}`, first],
      [`a${block}`, to, 1],
      [from, `b${block}`, second],
      [`b${block}`, to, 1],
    ]
  })
}

function groundTruth(open: () => Promise<TestHouse>): void {
  let house: TestHouse
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-truth-'))
  beforeAll(async () => {
    house = await open()
  }, 120_000)
  afterAll(async () => {
    await house.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async <T>(name: string, edges: readonly Edge[], fields: string): Promise<T> => {
    const path = join(folder, `${name}.json`)
    writeFileSync(path, circuitFile(edges))
    const { circuits } = await house.importFile(path)
    return (
      await house.ask<{ circuit: T }>(`query($id: ID!) { circuit(ref: { id: $id }) { ${fields} } }`, {
        id: circuits[0],
      })
    ).circuit
  }

  it('F1: influence of the twelve-node graph, and the roots sum to 1', async () => {
    const { influence } = await ask<{
      influence: { columns: { nodeAddress: string[]; influence: number[] } }
    }>(
      'F1',
      F1,
      'influence(on: [{ node: "node(\\"11\\")", weight: 1 }]) { ... on InfluenceAnswer { columns { nodeAddress influence } } ... on Problem { message } }',
    )
    const found = new Map(
      influence.columns.nodeAddress.map((address, i) => [
        /"(.*)"/.exec(address)![1]!,
        influence.columns.influence[i]!,
      ]),
    )
    for (const [node, expected] of Object.entries(F1_INFLUENCE))
      expect(found.get(node)).toBeCloseTo(expected, 14)
    expect(['6', '8', '9', '10'].reduce((sum, root) => sum + found.get(root)!, 0)).toBeCloseTo(1, 14)
  }, 60_000)

  it.each([
    [1, 3, '25', [9, 3, 3, 3, 3, 1, 1, 1, 1]],
    [2, 4, '49', [16, 8, 8, 4, 4, 4, 2, 2, 1]],
  ])(
    'F2: heads %d and %d give nine paths, a total of %s and the products %j',
    async (first, second, total, products) => {
      const ends = 'from: { addresses: ["node(\\"x0\\")"] }, to: { addresses: ["node(\\"x2\\")"] }'
      const { paths, flow } = await ask<{
        paths: { totalCount: string; paths: { nodes: { product: number }[] } }
        flow: { signedTotal: number }
      }>(
        `F2-${first}`,
        microModel(first, second),
        `paths(${ends}, rankBy: ABSOLUTE_PRODUCT) { ... on PathAnswer { totalCount paths { nodes { product } } } ... on Problem { message } }
       flow(${ends}) { ... on FlowAnswer { signedTotal } ... on Problem { message } }`,
      )
      expect(paths.totalCount).toBe('9')
      expect(paths.paths.nodes.map(({ product }) => product)).toEqual(products)
      expect(flow.signedTotal).toBe(Number(total))
    },
    60_000,
  )

  it('F13: the diamond cancels: total 0, absolute 2, no finite cancellation number', async () => {
    const { flow, bottlenecks } = await ask<{ flow: unknown; bottlenecks: unknown }>(
      'F13',
      F13,
      `flow { ... on FlowAnswer { pathCount signedTotal absoluteTotal cancellation cancellationReason } ... on Problem { message } }
       bottlenecks { ... on BottleneckAnswer { dominators { nodes { address } } minimumCut { nodes { address } } disjointPaths { totalCount } } ... on Problem { message } }`,
    )
    expect(bottlenecks).toEqual({
      dominators: { nodes: [{ address: 'node("s")' }, { address: 'node("t")' }] },
      minimumCut: { nodes: [{ address: 'node("a")' }, { address: 'node("b")' }] },
      disjointPaths: { totalCount: 2 },
    })
    expect(flow).toEqual({
      pathCount: '2',
      signedTotal: 0,
      absoluteTotal: 2,
      cancellation: null,
      cancellationReason: 'the signed total is 0',
    })
  }, 60_000)
}

describe('ground truth on the embedded store', () => groundTruth(() => openHouse()))
describeWithNeo4j('ground truth on Neo4j', (server) => groundTruth(() => openHouse(neo4jSettings(server))))
