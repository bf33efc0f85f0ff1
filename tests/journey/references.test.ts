/** Issue point 8: what circuit-tracer's own functions give on two real graphs, asked through GraphQL on both stores. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { neo4jSettings, openHouse, type TestHouse } from '../support/house.js'
import { describeWithShared } from '../support/shared.js'
import { describeWithNeo4j } from '../support/with-neo4j.js'

const GRAPHS = ['capital-of-the-state-containing-dallas', 'opposite-of-small']

interface Reference {
  readonly cumulative_influence: Readonly<Record<string, number>>
  readonly node_influence: Readonly<Record<string, number>>
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

const QUESTION = `query($id: ID!, $top: [String!]!) {
  circuit(ref: { id: $id }) {
    nodes(first: 1000) { nodes { sourceId address } }
    influence {
      ... on InfluenceAnswer { replacementScore completenessScore columns { nodeAddress influence cumulative } provenance { question questionHash graphId } }
      ... on Problem { message }
    }
    flow(to: { addresses: $top }) {
      ... on FlowAnswer { pathCount signedTotal absoluteTotal sources(first: 100) { nodes { address pathCount signedTotal absoluteTotal } } }
      ... on Problem { message }
    }
    coarse: select(expression: { influence: { nodeThreshold: 0.6, edgeThreshold: 0.9 } }) { nodes(first: 1000) { nodes { sourceId } } summary { nodeCount edgeCount } }
    fine: select(expression: { influence: { nodeThreshold: 0.8, edgeThreshold: 0.98 } }) { id nodes(first: 1000) { nodes { sourceId } } summary { nodeCount edgeCount } }
    paths(first: 20) {
      ... on PathAnswer { totalCount coveredMass tieCut paths { nodes { product share steps { address } } } }
      ... on Problem { message }
    }
  }
}`

interface Answer {
  readonly circuit: {
    readonly nodes: { readonly nodes: readonly { readonly sourceId: string; readonly address: string }[] }
    readonly influence: {
      readonly replacementScore: number
      readonly completenessScore: number
      readonly columns: {
        readonly nodeAddress: readonly string[]
        readonly influence: readonly number[]
        readonly cumulative: readonly number[]
      }
    }
    readonly flow: {
      readonly sources: {
        readonly nodes: readonly {
          readonly address: string
          readonly signedTotal: number
          readonly absoluteTotal: number
        }[]
      }
    }
    readonly coarse: Pruned
    readonly fine: Pruned
  }
}
interface Pruned {
  readonly nodes: { readonly nodes: readonly { readonly sourceId: string }[] }
  readonly summary: { readonly nodeCount: number; readonly edgeCount: number }
}

async function answerOn(
  house: TestHouse,
  shared: string,
  name: string,
  reference: Reference,
): Promise<Answer> {
  const { circuits } = await house.importFile(join(shared, 'data/attribution-graphs', `${name}.json`))
  const { circuit } = await house.ask<{ circuit: { nodes: { nodes: { address: string }[] } } }>(
    'query($id: ID!, $source: String!) { circuit(ref: { id: $id }) { nodes(filter: { sourceId: { eq: $source } }) { nodes { address } } } }',
    { id: circuits[0], source: reference.top_logit },
  )
  return house.ask<Answer>(QUESTION, {
    id: circuits[0],
    top: circuit.nodes.nodes.map((node) => node.address),
  })
}

/** Relative to the reference, with the smallest normal number in place of 0. */
function relativeDifference(value: number, reference: number): number {
  return Math.abs(value - reference) / Math.max(Math.abs(reference), 2.3e-308)
}

function largestDifference(
  values: ReadonlyMap<string, number>,
  reference: Readonly<Record<string, number>>,
): number {
  return Object.entries(reference).reduce(
    (largest, [id, expected]) => Math.max(largest, relativeDifference(values.get(id)!, expected)),
    0,
  )
}

describeWithShared('references on real attribution graphs', (shared) => {
  const answers = new Map<string, string>()
  const referenceOf = (name: string): Reference =>
    JSON.parse(
      readFileSync(join(shared, 'fixtures/attribution-graph-reference', `${name}.reference.json`), 'utf8'),
    ) as Reference

  function agreement(open: () => Promise<TestHouse>): void {
    let house: TestHouse
    beforeAll(async () => {
      house = await open()
    }, 120_000)
    afterAll(() => house.close())

    it.each(GRAPHS)(
      'agrees with circuit-tracer on %s',
      async (name) => {
        const reference = referenceOf(name)
        const answer = await answerOn(house, shared, name, reference)
        const { influence, flow, nodes, coarse, fine } = answer.circuit
        const sourceId = new Map(nodes.nodes.map((node) => [node.address, node.sourceId]))
        const byId = (addresses: readonly string[], values: readonly number[]): Map<string, number> =>
          new Map(addresses.map((address, i) => [sourceId.get(address)!, values[i]!]))
        const { nodeAddress } = influence.columns
        const sources = flow.sources.nodes
        const differences = {
          influence: largestDifference(
            byId(nodeAddress, influence.columns.influence),
            reference.node_influence,
          ),
          cumulative: largestDifference(
            byId(nodeAddress, influence.columns.cumulative),
            reference.cumulative_influence,
          ),
          replacement: relativeDifference(influence.replacementScore, reference.replacement_score),
          completeness: relativeDifference(influence.completenessScore, reference.completeness_score),
          signed: largestDifference(
            byId(
              sources.map((s) => s.address),
              sources.map((s) => s.signedTotal),
            ),
            reference.signed_total_from_tokens_to_top_logit,
          ),
          absolute: largestDifference(
            byId(
              sources.map((s) => s.address),
              sources.map((s) => s.absoluteTotal),
            ),
            reference.absolute_total_from_tokens_to_top_logit,
          ),
        }
        console.info(`${name}: largest relative differences ${JSON.stringify(differences)}`)
        for (const [what, difference] of Object.entries(differences))
          expect([what, difference < 1e-9]).toEqual([what, true])
        for (const [pruned, key] of [
          [coarse, 'node0.6_edge0.9'],
          [fine, 'node0.8_edge0.98'],
        ] as const) {
          const expected = reference.prune[key]!
          expect(pruned.summary).toEqual({ nodeCount: expected.node_count, edgeCount: expected.edge_count })
          expect(pruned.nodes.nodes.map((node) => node.sourceId).sort()).toEqual([...expected.nodes].sort())
        }
        // The same bits on whichever store: JSON prints doubles so that they read back exactly.
        const text = JSON.stringify(answer)
        expect(text).toBe(answers.get(name) ?? text)
        answers.set(name, text)
      },
      120_000,
    )
  }

  describe('on the embedded store', () => agreement(() => openHouse()))

  describeWithNeo4j('on Neo4j', (server) => {
    agreement(() => openHouse(neo4jSettings(server)))
    it('was compared with the embedded store, bit for bit', () =>
      expect([...answers.keys()].sort()).toEqual([...GRAPHS].sort()))
  })
})
