/** Cases F9 and F10 of algorithms.md as questions about weights: how a head reaches the answer. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askBottlenecks } from '../../../src/application/ask-bottlenecks.js'
import { askFlow } from '../../../src/application/ask-flow.js'
import { askPaths } from '../../../src/application/ask-paths.js'
import { PathEnumerations } from '../../../src/application/path-enumerations.js'
import type { Clock } from '../../../src/application/ports/clock.js'
import type { ModelLibrary, ModelStructure } from '../../../src/application/ports/model-library.js'
import type { PathEnd } from '../../../src/application/questions.js'
import { parseAddress } from '../../../src/domain/address.js'
import { buildCircuit } from '../../../src/domain/build-circuit.js'
import type { LinkPolicy } from '../../../src/query/graph-expression.js'
import { describeWithShared } from '../../support/shared.js'
import { opened } from '../../support/tiny-graph.js'

type Matrix = readonly (readonly number[])[]
type Layer = Readonly<Record<'W_Q' | 'W_K' | 'W_V' | 'W_O', Matrix>>
interface Induction {
  readonly blocks: Readonly<Record<'tok' | 'pos' | 'prev' | 'out', readonly [number, number]>>
  readonly weightsAtBeta1: {
    readonly W_E: Matrix
    readonly W_U: Matrix
    readonly L0: Layer
    readonly L1: Layer
  }
  readonly groundTruth: { readonly ovOnlyPathsFromL0ToLogits: number }
}

const clock: Clock = { now: () => '2026-11-23T06:00:00.000Z', elapsed: () => 0 }
const asking = { signal: new AbortController().signal }
const scores = new Map<string, readonly (number | null)[]>()
const ONE_HEAD = 5
const OV_ONLY: LinkPolicy = { residual: true, attention: 'OV_ONLY' }
const OV_AND_QK: LinkPolicy = { residual: true, attention: 'OV_AND_QK' }

/** The nonzero weights of attention layers as a circuit, with a library that knows the ends. */
function asked(layers: readonly Layer[], embedding: Matrix, unembedding: Matrix) {
  const weights = layers.flatMap((layer, at) => {
    const between = (matrix: Matrix, from: string, to: string) =>
      matrix.flatMap((row, r) =>
        row.flatMap((weight, c) =>
          weight === 0 ? [] : [{ from: `${at}.attn.${from}[${c}]`, to: `${at}.attn.${to}[${r}]`, weight }],
        ),
      )
    return [
      ...between(layer.W_Q, 'act_in', 'q'),
      ...between(layer.W_K, 'act_in', 'k'),
      ...between(layer.W_V, 'act_in', 'v'),
      ...between(layer.W_O, 'v', 'resid_delta'),
    ]
  })
  const names = [...new Set(weights.flatMap(({ from, to }) => [from, to]))]
  const open = opened(
    buildCircuit({
      source: 'SPARSE_WEIGHTS',
      edgeMeaning: 'WEIGHT',
      model: { kind: 'sparse', id: 'induction' },
      task: null,
      prompt: null,
      maskedSites: [],
      nodes: names.map((name) => ({ place: parseAddress(name) })),
      edges: {
        source: weights.map(({ from }) => names.indexOf(from)),
        target: weights.map(({ to }) => names.indexOf(to)),
        weight: weights.map(({ weight }) => weight),
        kind: 'WEIGHT',
      },
    }),
  )
  const structure: Partial<ModelStructure> = {
    dHead: ONE_HEAD,
    vocabSize: embedding.length,
    gain: () => 1,
    embedding: (token) => embedding[token]!,
    unembedding: (token) => unembedding[token]!,
    bigram: () => null,
    tokenText: () => null,
  }
  const library = { structure: async () => structure as ModelStructure } as unknown as ModelLibrary
  const deps = { library, clock, enumerations: new PathEnumerations(1e9) }
  const atTap = (prefix: string) => ({
    kind: 'addresses' as const,
    addresses: names.filter((name) => name.startsWith(prefix)),
  })
  return {
    from: (prefix: string): PathEnd => ({ kind: 'nodes', nodes: atTap(prefix) }),
    paths: (from: PathEnd, to: PathEnd, links: LinkPolicy) =>
      askPaths(
        open,
        { from, to, pattern: null, rankBy: null, links, first: 100, after: null },
        scores,
        asking,
        deps,
      ),
    flow: (from: PathEnd, to: PathEnd, via: string, links: LinkPolicy) =>
      askFlow(open, { from, to, via: atTap(via), links, normalise: false }, scores, asking, deps),
    bottlenecks: (from: PathEnd, to: PathEnd) =>
      askBottlenecks(open, { from, to, links: null }, scores, asking, deps),
  }
}

const logit = (token: number): PathEnd => ({ kind: 'logit', token, minus: null })

describeWithShared('ground truth of heads that work together', (shared) => {
  const file = JSON.parse(
    readFileSync(join(shared, 'fixtures/formats/ground-truth/F9-induction.json'), 'utf8'),
  ) as Induction
  const { W_E, W_U, L0, L1 } = file.weightsAtBeta1

  it('F9: the first head reaches the logits through the keys of the second, and by nothing else', async () => {
    const { from, paths, flow, bottlenecks } = asked([L0, L1], W_E, W_U)
    for (const token of [0, 1, 2, 3]) {
      const seen = await paths(from('0.attn.v'), logit(token), OV_ONLY)
      expect(seen.totalCount()).toBe(String(file.groundTruth.ovOnlyPathsFromL0ToLogits))
      const { pathCount } = await bottlenecks(from('0.attn.v'), logit(token))
      expect(await seen.hiddenControlPaths()).toBe(pathCount)
      expect(BigInt(pathCount)).toBeGreaterThan(0n)
      const through = async (tap: string): Promise<string> =>
        (await flow(from('0.attn.v'), logit(token), tap, OV_AND_QK)).pathCount
      expect([await through('1.attn.k'), await through('1.attn.q'), await through('1.attn.v')]).toEqual([
        pathCount,
        '0',
        '0',
      ])
    }
  })

  it('F10: a token reaches its own logit by one path through the head that copies it', async () => {
    const [first] = file.blocks.prev
    const readsPrevious = W_U.map((row, token) => row.map((_, c) => (c === first + token ? 1 : 0)))
    const { paths, bottlenecks } = asked([L0], W_E, readsPrevious)
    for (const token of [0, 1, 2, 3]) {
      const source = { kind: 'token', token } as const
      const found = await paths(source, logit(token), OV_ONLY)
      expect(found.paths.rows.map(({ row }) => row.steps.map((step) => step.address))).toEqual([
        [
          `token(${token})`,
          `embed[${token}]`,
          `0.attn.act_in[${token}]`,
          `0.attn.v[${token}]`,
          `0.attn.resid_delta[${first + token}]`,
          `final_resid[${first + token}]`,
          `logit(${token})`,
        ],
      ])
      expect(found.paths.rows[0]!.row.product).toBe(1)
      const { dominators, minimumCut } = await bottlenecks(source, logit(token))
      expect(dominators).toHaveLength(7)
      expect(minimumCut).toHaveLength(1)
      for (const other of [0, 1, 2, 3].filter((one) => one !== token))
        expect((await paths(source, logit(other), OV_ONLY)).totalCount()).toBe('0')
    }
  })
})
