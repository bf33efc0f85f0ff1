/** Bigram entries as links from token to logit, against what a run of the model says. */
import { askBottlenecks } from '../../../src/application/ask-bottlenecks.js'
import { askFlow } from '../../../src/application/ask-flow.js'
import { askPaths } from '../../../src/application/ask-paths.js'
import { PathEnumerations } from '../../../src/application/path-enumerations.js'
import type { ArtefactStore } from '../../../src/application/ports/artefact-store.js'
import type { CircuitStore } from '../../../src/application/ports/circuit-store.js'
import type { Clock } from '../../../src/application/ports/clock.js'
import type { OpenGraph } from '../../../src/application/use-cases.js'
import { StoredModelLibrary } from '../../../src/compose/model-library.js'
import type { SparseModelData } from '../../../src/domain/sparse-model-data.js'
import { encodeModelArtefact } from '../../../src/formats/sparse-release/model-artefact.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { runByHand } from '../../support/by-hand.js'
import { handMadeModel, microConfig, randomModel } from '../../support/micro-model.js'

const clock: Clock = { now: () => '2026-11-23T06:00:00.000Z', elapsed: () => 0 }
const asking = { signal: new AbortController().signal }
const scores = new Map<string, readonly (number | null)[]>()

async function asked(data: SparseModelData) {
  const bytes = encodeModelArtefact(data)
  const library = new StoredModelLibrary(
    { modelSummaries: async () => [{ weightsSha256: '' }] } as unknown as CircuitStore,
    { open: async () => ({ bytes: bytes.length, read: async () => bytes }) } as unknown as ArtefactStore,
    1,
  )
  const graph = await library.graph('m')
  const open: OpenGraph = {
    type: 'model',
    id: 'm',
    rootType: 'model',
    rootId: 'm',
    expression: null,
    graph,
  }
  const deps = { library, clock, enumerations: new PathEnumerations(1e9) }
  const ends = (token: number, plus: number, minus: number | null) => ({
    from: { kind: 'token', token } as const,
    to: { kind: 'logit', token: plus, minus } as const,
  })
  const links = (bigram: boolean) => ({
    residual: true,
    attention: 'OV_ONLY' as const,
    ...(bigram ? { bigram } : {}),
  })
  return {
    matched: (pattern: string) =>
      askPaths(
        open,
        { from: null, to: null, pattern, rankBy: null, links: null, first: 10_000, after: null },
        scores,
        asking,
        deps,
      ),
    paths: (token: number, plus: number, minus: number | null, bigram: boolean) =>
      askPaths(
        open,
        {
          ...ends(token, plus, minus),
          pattern: null,
          rankBy: null,
          links: links(bigram),
          first: 10_000,
          after: null,
        },
        scores,
        asking,
        deps,
      ),
    flow: (token: number, plus: number, minus: number | null, bigram: boolean) =>
      askFlow(
        open,
        { ...ends(token, plus, minus), via: null, normalise: false, links: links(bigram) },
        scores,
        asking,
        deps,
      ),
    bottlenecks: (token: number, plus: number, bigram: boolean) =>
      askBottlenecks(open, { ...ends(token, plus, null), links: links(bigram) }, scores, asking, deps),
  }
}

describe('a bigram entry', () => {
  it('is one path of one hop, worth the logit that a model with nothing else has', async () => {
    const config = microConfig({ enable_bigram_table: true, learnable_bigram_table: true })
    const table = { '2,5': 0.75, '5,2': -3, '2,1': 0.5 }
    const data = handMadeModel(config, { bigram_table: table })
    const { logits } = runByHand(prepareModel(data), [2])
    const { paths, bottlenecks } = await asked(data)
    for (const [to, minus] of [
      [5, null],
      [1, null],
      [5, 1],
    ] as const) {
      const { bigram, paths: page } = await paths(2, to, minus, true)
      expect(bigram).toBe(true)
      expect(page.rows.map(({ row }) => [row.product, row.hops.map(({ kind }) => kind)])).toEqual([
        [logits[to]! - (minus === null ? 0 : logits[minus]!), ['BIGRAM']],
      ])
    }
    expect((await paths(2, 6, null, true)).totalCount()).toBe('0')
    const { uncuttableCount, minimumCut, minimumCutReason } = await bottlenecks(2, 5, true)
    expect([uncuttableCount, minimumCut]).toEqual(['1', null])
    expect(minimumCutReason).toBe('one path has no node in between that can be cut: token(2) → logit(5)')
  })

  it('is left out unless asked for, and every answer says so', async () => {
    const config = microConfig({ enable_bigram_table: true, learnable_bigram_table: true })
    const data = randomModel(config, 7, 0.25)
    const { paths, flow, bottlenecks } = await asked(data)
    const [without, withIt] = [await flow(1, 2, null, false), await flow(1, 2, null, true)]
    expect([without.bigram, withIt.bigram]).toEqual([false, true])
    expect((await paths(1, 2, null, false)).bigram).toBe(false)
    expect((await bottlenecks(1, 2, false)).bigram).toBe(false)
    const entry = prepareModel(data).bigramTable![1 * config.vocabSize + 2]!
    expect(Number(withIt.pathCount) - Number(without.pathCount)).toBe(entry === 0 ? 0 : 1)
    expect(withIt.signedTotal! - without.signedTotal!).toBeCloseTo(entry, 10)
  })

  it('is asked for by a pattern that names it', async () => {
    const config = microConfig({ enable_bigram_table: true, learnable_bigram_table: true })
    const { matched } = await asked(handMadeModel(config, { bigram_table: { '2,5': 0.75, '5,2': -3 } }))
    const named = await matched('(t:token)-[e:BIGRAM WHERE weight < 0]->(l:logit)')
    expect(named.bigram).toBe(true)
    expect(named.paths.rows.map(({ row }) => row.steps.map((step) => step.address))).toEqual([
      ['token(5)', 'logit(2)'],
    ])
    const unnamed = await matched('(t:token)->(l:logit)')
    expect([unnamed.bigram, unnamed.totalCount()]).toEqual([false, '0'])
  })

  it('does not exist in a model without a table', async () => {
    const { flow } = await asked(randomModel(microConfig(), 7, 0.25))
    const answer = await flow(1, 2, null, true)
    expect(answer.bigram).toBeNull()
    expect(answer.pathCount).toBe((await flow(1, 2, null, false)).pathCount)
  })
})
