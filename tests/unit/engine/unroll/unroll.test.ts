/** Oracle 17: the sum over all derivative paths from a node to a logit is the gradient that backpropagation gives. */
import { channelSet } from '../../../../src/domain/experiment/channel-set.js'
import type { UnrolledRun, Unrolling } from '../../../../src/domain/experiment/unrolling.js'
import { runToEnd } from '../../../../src/domain/steps.js'
import { backward } from '../../../../src/engine/backward.js'
import { frozenGates } from '../../../../src/engine/frozen-gates.js'
import { ReplacingTap } from '../../../../src/engine/replacing-tap.js'
import { newRun } from '../../../../src/engine/run.js'
import { forward } from '../../../../src/engine/sparse-transformer.js'
import { wholeTaps } from '../../../../src/engine/tap-plan.js'
import { emptyTrace } from '../../../../src/engine/trace.js'
import { unroll } from '../../../../src/engine/unroll/unroll.js'
import { compactGraph } from '../../../../src/graph/compact-graph.js'
import { pathTotals } from '../../../../src/graph/path-totals.js'
import { toFloat } from '../../../../src/graph/scaled-number.js'
import { strongestPaths } from '../../../../src/graph/strongest-paths.js'
import { topologicalOrder } from '../../../../src/graph/topological-order.js'
import { maskableSites } from '../../../../src/model/model-graph.js'
import { type PreparedModel, prepareModel } from '../../../../src/model/prepared-model.js'
import { microConfig, randomModel } from '../../../support/micro-model.js'
import { seededRandom } from '../../../support/seeded-random.js'

const ALL_SITES = 'attn_in,attn_out,mlp_in,mlp_out,mlp_neuron,attn_q,attn_k,attn_v'
const MODELS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  plain: {},
  'with AbsTopK everywhere': { afrac: 0.5, afrac_loctypes: ALL_SITES },
  'with LayerNorm, sinks and a bigram table': {
    ...{ rms_norm: false, sink: true, enable_bigram_table: true, learnable_bigram_table: true },
  },
  'with concatenated positions': { d_pos_emb: 3, afrac: 0.5, afrac_loctypes: ALL_SITES },
  'with relu on the stream': { residual_activation_type: 'relu' },
  'with AbsTopK on the stream': { afrac: 0.5, afrac_loctypes: 'resid_post_attn,resid_post_mlp,attn_in' },
}
const TOKENS = [3, 0, 6, 6, 1]
const NOTHING: Unrolling['background'] = { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } }

const asked = (more: Partial<Unrolling> = {}): Unrolling => ({
  modelId: 'm',
  tokens: TOKENS,
  background: NOTHING,
  attention: 'OV_AND_QK',
  norms: 'LIVE',
  logits: [2, 5],
  mostEdges: 1e6,
  ...more,
})

/** ∂logit/∂tap at the last position, by tap, from the engine's own reverse pass. */
function gradients(model: PreparedModel, { attention, norms, background }: Unrolling, token: number) {
  const replacing = {
    taps: wholeTaps(background.replaced),
    fill: background.fill,
    source: null,
    positions: [],
  }
  const trace = emptyTrace()
  const live = newRun(model, TOKENS, new ReplacingTap(replacing), { trace })
  const logits = runToEnd(forward(live))
  const gates = {
    norms,
    attention: attention === 'OV_ONLY' ? ('FROZEN' as const) : ('LIVE' as const),
    topK: 'LIVE' as const,
  }
  const frozen = frozenGates(gates, model.config, live.norm, trace)
  const again = emptyTrace()
  const run = newRun(model, TOKENS, new ReplacingTap(replacing), { trace: again, frozen })
  expect(runToEnd(forward(run))).toEqual(logits)
  const end = new Float64Array(logits.length)
  end[end.length - model.config.vocabSize + token] = 1
  const at = new Map<string, { readonly values: Float64Array; readonly width: number }>()
  const sink = {
    at: (tap: string, gradient: Float64Array, width: number) => {
      at.set(tap, { values: gradient.slice(), width })
    },
  }
  runToEnd(backward(run, again, end, sink))
  return at
}

/** Path sums of every node to one logit, by `tap[index]@position`. */
function pathSums({ sites, nodes, edges }: UnrolledRun, token: number): Map<string, number> {
  const graph = compactGraph(nodes.count, edges.source, edges.target, edges.weight)
  const order = topologicalOrder(graph)
  const name = (n: number): string => `${sites[nodes.site[n]!]}[${nodes.index[n]}]@${nodes.position[n]}`
  const end = Array.from({ length: nodes.count }, (_, n) => n).find((n) =>
    name(n).startsWith(`logit[${token}]`),
  )!
  return new Map(
    Array.from({ length: nodes.count }, (_, n) => [
      name(n),
      toFloat(pathTotals(graph, order, [n], [end]).signed),
    ]),
  )
}

/** Every gradient of a tap is a path sum; entries that AbsTopK silenced, or that do not matter, are no nodes. */
function expectOracle(model: PreparedModel, request: Unrolling): number {
  const answer = runToEnd(unroll(model, request))
  let compared = 0
  for (const token of request.logits!) {
    const sums = pathSums(answer, token)
    const at = gradients(model, request, token)
    for (const [node, sum] of sums) {
      const [, tap, index, position] = /^(.*)\[(\d+)\]@(\d+)$/.exec(node)!
      const gradient = at.get(tap!)
      if (gradient === undefined) continue
      const expected = gradient.values[Number(position) * gradient.width + Number(index)]!
      expect(Math.abs(sum - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1e-3, Math.abs(expected)))
      compared++
    }
    for (const tap of ['embed', '0.attn.v', '1.mlp.post_act', '0.attn.resid_delta', '1.attn.q']) {
      const { values, width } = at.get(tap)!
      values.forEach((value, i) => {
        if (Math.abs(value) < 1e-12) return
        const name = `${tap}[${i % width}]@${Math.floor(i / width)}`
        const isReplaced = request.background.replaced.get(tap)?.includes(i % width) ?? false
        if (tap === 'embed' && !isReplaced) expect(sums.has(name)).toBe(true)
      })
    }
  }
  return compared
}

describe('the sum over all derivative paths is the gradient', () => {
  it.each(Object.entries(MODELS))('of a model %s', (_, fields) => {
    for (const seed of [1, 2, 3]) {
      const model = prepareModel(randomModel(microConfig(fields), seed))
      expect(expectOracle(model, asked())).toBeGreaterThan(5)
    }
  })

  it.each(Object.entries(MODELS))(
    'with constant patterns and norms where these are frozen: %s',
    (_, fields) => {
      const model = prepareModel(randomModel(microConfig(fields), 4))
      for (const attention of ['OV_ONLY', 'OV_AND_QK'] as const)
        for (const norms of ['LIVE', 'FROZEN'] as const)
          expect(expectOracle(model, asked({ attention, norms }))).toBeGreaterThan(3)
    },
  )

  it('of what is left where a background replaces the rest', () => {
    const model = prepareModel(randomModel(microConfig({ afrac: 0.5, afrac_loctypes: ALL_SITES }), 7))
    const random = seededRandom(3)
    const replaced = channelSet(
      maskableSites(model.config).flatMap(({ tap, width }) =>
        Array.from({ length: width }, (_, index) => ({ tap, index })).filter(() => random.next() < 0.4),
      ),
    )
    const background = { replaced, fill: { kind: 'CONSTANT', value: 0.3 } } as const
    const answer = runToEnd(unroll(model, asked({ background })))
    expect(expectOracle(model, asked({ background }))).toBeGreaterThan(20)
    for (let n = 0; n < answer.nodes.count; n++) {
      const tap = answer.sites[answer.nodes.site[n]!]!
      expect(replaced.get(tap)?.includes(answer.nodes.index[n]!) ?? false).toBe(false)
    }
  })
})

describe('an unrolled run', () => {
  const model = prepareModel(randomModel(microConfig({ afrac: 0.5, afrac_loctypes: ALL_SITES }), 5))

  it('tells values and probabilities of the run, and its strongest path is a product of derivatives', () => {
    const answer = runToEnd(unroll(model, asked({ logits: null })))
    const logits = runToEnd(
      forward(
        newRun(model, TOKENS, new ReplacingTap({ ...NOTHING, taps: new Map(), source: null, positions: [] })),
      ),
    )
    const last = logits.subarray(-model.config.vocabSize)
    const total = last.reduce((sum, logit) => sum + Math.exp(logit), 0)
    for (const { token, probability } of answer.logits)
      expect(probability).toBeCloseTo(Math.exp(last[token]!) / total, 12)
    expect(answer.logits).toHaveLength(Math.min(10, last.length))
    const { nodes, edges } = answer
    const graph = compactGraph(nodes.count, edges.source, edges.target, edges.weight)
    const order = topologicalOrder(graph)
    const isEnd = (n: number): boolean => answer.sites[nodes.site[n]!] === 'logit'
    const every = Array.from({ length: nodes.count }, (_, n) => n)
    for (const n of every.filter(isEnd)) expect(nodes.value[n]).toBe(last[nodes.index[n]!])
    const first = strongestPaths(graph, order, {
      sources: every.filter((n) => answer.sites[nodes.site[n]!] === 'embed'),
      sinks: every.filter(isEnd),
      rank: 'ABSOLUTE_PRODUCT',
    }).next()!
    expect(first.product).toBeCloseTo(
      first.values.reduce<number>((product, value) => product * value!, 1),
      12,
    )
  })

  it.each<[string, Partial<Unrolling>, string, RegExp]>([
    ['more derivatives than the bound', { mostEdges: 20 }, 'COST_EXCEEDED', /more than 20 derivatives/],
    ['a token that is not there', { logits: [99] }, 'BAD_INPUT', /not 99/],
    ['no logits', { logits: [] }, 'BAD_INPUT', /at least one logit/],
    ['a prompt that is too long', { tokens: Array(999).fill(0) }, 'BAD_INPUT', /999/],
  ])('refuses %s', (_, more, code, message) => {
    const ask = () => runToEnd(unroll(model, asked(more)))
    expect(ask).toThrow(message)
    expect(ask).toThrow(expect.objectContaining({ code }))
  })
})
