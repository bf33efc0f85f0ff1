/** Tokens against runs on models whose embedding and bigram tables were rewritten by hand, and the identities of their scores. */
import type {
  Attribution,
  AttributionScores,
  GradientMethod,
} from '../../../src/domain/experiment/attribution.js'
import { type Gates, LIVE_GATES } from '../../../src/domain/experiment/measurement.js'
import { METRICS, type MetricName, type PromptCase } from '../../../src/domain/experiment/metric.js'
import type { RowFill } from '../../../src/domain/experiment/row-fill.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { attribute } from '../../../src/engine/gradients/attribute.js'
import { measure } from '../../../src/engine/measure.js'
import { metricValue } from '../../../src/engine/metric.js'
import { type PreparedModel, prepareModel } from '../../../src/model/prepared-model.js'
import { measurement, nested } from '../../support/as-measurement.js'
import { gradientsByHand, promptOf, runByHand } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

const PROMPTS: readonly PromptCase[] = [promptOf([3, 0, 6, 6, 1], 2, 5), promptOf([1, 5, 2])]
const OTHERS = [
  [3, 2, 6, 5, 0],
  [2, 5, 1],
]
/** Never in a prompt, so that its row is free to be rewritten. */
const SPARE = 4
const SHARES = [0.25, 0, 0.5, 0, 0, 0, 0.25]
const MEAN: RowFill = {
  kind: 'MIXED',
  mixtures: [{ tokens: Uint32Array.of(0, 2, 6), shares: Float64Array.of(0.25, 0.5, 0.25) }],
}
const FILLS: readonly (readonly [string, RowFill])[] = [
  ['nothing', { kind: 'CONSTANT', value: 0 }],
  ['one value', { kind: 'CONSTANT', value: 0.7 }],
  ['other tokens', { kind: 'FROM_PROMPTS', prompts: OTHERS }],
  ['a mean row', MEAN],
]
const model = prepareModel(
  randomModel(microConfig({ afrac: 0.6, sink: true, enable_bigram_table: true }), 131, 0.7),
)
// Positions are added: without them an input of zeros is where RMSNorm has no slope to integrate.
const smooth = prepareModel(randomModel(microConfig({ sink: true, enable_bigram_table: true }), 132, 0.7))

/** The model with the spare token's rows being what the fill puts at a position. */
function rewritten(of: PreparedModel, fill: RowFill, place: number, t: number): PreparedModel {
  const rowIn = (table: Float64Array): Float64Array => {
    const width = table.length / of.config.vocabSize
    const entry = (c: number): number => {
      if (fill.kind === 'CONSTANT') return fill.value
      if (fill.kind === 'FROM_PROMPTS') return table[fill.prompts[place]![t]! * width + c]!
      return SHARES.reduce((sum, share, token) => sum + share * table[token * width + c]!, 0)
    }
    const out = table.slice()
    for (let c = 0; c < width; c++) out[SPARE * width + c] = entry(c)
    return out
  }
  return { ...of, tokenEmbedding: rowIn(of.tokenEmbedding), bigramTable: rowIn(of.bigramTable!) }
}

/** Each metric with one token replaced, everything else as in the prompt; answers are still those of the prompt. */
function withoutToken(fill: RowFill, place: number, t: number): number[] {
  const prompt = PROMPTS[place]!
  const tokens = prompt.tokens.map((token, s) => (s === t ? SPARE : token))
  const { logits, vocabulary } = runByHand(rewritten(model, fill, place, t), tokens)
  const full = runByHand(model, prompt.tokens).logits
  return METRICS.map((name) => metricValue({ name, against: null }, prompt, logits, full, vocabulary))
}

function ablated(fill: RowFill, moved: readonly (readonly number[])[], gates: Gates = LIVE_GATES) {
  const request = measurement({
    prompts: PROMPTS,
    names: METRICS,
    rows: fill,
    variants: moved.map((tokens) => ({ replaced: [], links: [], fill: 0, moved: tokens })),
    gates,
  })
  return nested(request, runToEnd(measure(model, request)).values)
}

describe('a token replaced in a measurement', () => {
  it.each(FILLS)(
    'by %s is the model with that row, metrics and the rest of the prompt unchanged',
    (_, fill) => {
      const found = ablated(fill, [[], [0], [1], [2], [3], [4]])
      for (let t = 0; t < 5; t++)
        METRICS.forEach((name, m) => {
          expect([name, found[t + 1]![m]![0]]).toEqual([name, near(withoutToken(fill, 0, t)[m]!)])
          const short = t < 3 ? withoutToken(fill, 1, t)[m]! : found[0]![m]![1]!
          expect([name, found[t + 1]![m]![1]]).toEqual([name, near(short)])
        })
    },
  )

  it('compares with the model on the prompt itself, so that KL is above 0', () => {
    const kl = METRICS.indexOf('KL_DIVERGENCE')
    const [plain, moved] = ablated({ kind: 'FROM_PROMPTS', prompts: OTHERS }, [[], [1]])
    expect(plain![kl]).toEqual([0, 0])
    expect(moved![kl]![0]).toBeGreaterThan(1e-3)
  })

  it('leaves frozen patterns those of the prompt itself', () => {
    const loss = METRICS.indexOf('TASK_LOSS')
    const frozen: Gates = { ...LIVE_GATES, attention: 'FROZEN' }
    const fill: RowFill = { kind: 'FROM_PROMPTS', prompts: OTHERS }
    const [[held], [live]] = [ablated(fill, [[1, 3]], frozen), ablated(fill, [[1, 3]])]
    expect(held![loss]![0]).not.toBeCloseTo(live![loss]![0]!, 6)
  })

  it('by rows that nobody gave, or at a place that is none, is refused', () => {
    const variants = [{ replaced: [], links: [], fill: 0, moved: [1] }]
    expect(() => runToEnd(measure(model, measurement({ prompts: PROMPTS, variants })))).toThrow(
      'variant 0 moves tokens, and no rows to move them to are given',
    )
    expect(() => ablated(MEAN, [[-1]])).toThrow('variant 0 moves the token at position -1')
    const strange: RowFill = {
      kind: 'MIXED',
      mixtures: [{ tokens: Uint32Array.of(9), shares: Float64Array.of(1) }],
    }
    expect(() => ablated(strange, [[0]])).toThrow('token 9 of a mean row is not in the vocabulary of 7')
    expect(() => ablated({ kind: 'FROM_PROMPTS', prompts: [[1], [2]] }, [[0]])).toThrow(
      'prompt 0 has 5 tokens and the one that its rows are replaced from has 1',
    )
  })
})

function scores(
  method: GradientMethod,
  rows: RowFill | undefined,
  more: Partial<Attribution> & { readonly of?: Attribution['of']; readonly name?: MetricName } = {},
  on: PreparedModel = smooth,
): AttributionScores {
  const { name = 'LOGIT_DIFFERENCE', ...rest } = more
  return runToEnd(
    attribute(on, {
      modelId: 'm',
      prompts: PROMPTS.slice(0, 1),
      metric: { name, against: null },
      method,
      of: { kind: 'TOKENS' },
      baseline: { kind: 'CONSTANT', value: 0 },
      ...(rows === undefined ? {} : { rows }),
      background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
      gates: LIVE_GATES,
      ...rest,
    }),
  )
}

const GRADIENT: GradientMethod = { kind: 'GRADIENT_TIMES_ACTIVATION' }
const patching = (qkFix: boolean, gradDrop: boolean): GradientMethod => ({
  kind: 'ATTRIBUTION_PATCHING',
  qkFix,
  gradDrop,
})
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0)
const near = (value: number) => (Number.isNaN(value) ? Number.NaN : expect.closeTo(value, 10))
const first = PROMPTS[0]!
const baselineValue = (fill: RowFill): number => {
  const request = measurement({
    prompts: [first],
    rows: fill,
    variants: [{ replaced: [], links: [], fill: 0, moved: [0, 1, 2, 3, 4] }],
  })
  return runToEnd(measure(smooth, request)).values[0]!
}

describe.each(FILLS)('scores of tokens weighed against %s', (_, fill) => {
  it('by integrated gradients and DeepLIFT add up to the difference of two runs', () => {
    const smoothly: GradientMethod = {
      kind: 'INTEGRATED_GRADIENTS',
      steps: 256,
      rule: 'GAUSS_LEGENDRE',
      maxSteps: 256,
    }
    for (const name of ['LOGIT_DIFFERENCE', 'TASK_LOSS'] as const)
      for (const [method, digits] of [
        [smoothly, 5],
        [{ kind: 'DEEP_LIFT' }, 9],
      ] as const) {
        const answer = scores(method, fill, { name })
        const [cut] = answer.cuts
        expect(cut!.site).toBe('input')
        expect(sum(answer.scores)).toBeCloseTo(cut!.replaced[0]! - answer.values[0]!, digits)
        if (name === 'LOGIT_DIFFERENCE') expect(cut!.replaced[0]).toBeCloseTo(baselineValue(fill), 12)
      }
  })

  it('by gradient × activation are slopes times differences of both rows', () => {
    const { dModel, vocabSize } = smooth.config
    const { gradients } = gradientsByHand(smooth, {
      prompts: [first],
      metric: 'LOGIT_DIFFERENCE',
      taps: ['embed'],
    }).prompts[0]!.taps[0]!
    const byHand = first.tokens.map((token, t) => {
      const other = rewritten(smooth, fill, 0, t)
      let term = 0
      for (let c = 0; c < dModel; c++)
        term +=
          (other.tokenEmbedding[SPARE * dModel + c]! - smooth.tokenEmbedding[token * dModel + c]!) *
          gradients[t * dModel + c]!
      const bigram = (y: number): number =>
        other.bigramTable![SPARE * vocabSize + y]! - smooth.bigramTable![token * vocabSize + y]!
      return t === first.tokens.length - 1 ? term + bigram(2) - bigram(5) : term
    })
    const answer = scores(GRADIENT, fill)
    expect(Array.from(answer.scores)).toEqual(byHand.map(near))
    expect(scores(patching(false, false), fill).scores).toEqual(answer.scores)
  })

  it('by direct logits are what the last token writes, the whole effect where nothing else writes', () => {
    const answer = scores({ kind: 'DIRECT_LOGIT' }, fill)
    expect(Array.from(answer.scores.subarray(0, 4))).toEqual([0, 0, 0, 0])
    expect(answer.cuts).toEqual([])
    // Of a model without layers, its final norm frozen, the direct part is all there is.
    const taps = ['0.attn.resid_delta', '0.mlp.resid_delta', '1.attn.resid_delta', '1.mlp.resid_delta']
    const all = Uint32Array.from({ length: 6 }, (_, c) => c)
    const silent = new Map(taps.map((tap) => [tap, all]))
    const background = { replaced: silent, fill: { kind: 'CONSTANT' as const, value: 0 } }
    const gates: Gates = { ...LIVE_GATES, norms: 'FROZEN' }
    const direct = scores({ kind: 'DIRECT_LOGIT' }, fill, { background, gates })
    const slope = scores(GRADIENT, fill, { background, gates })
    expect(Array.from(direct.scores)).toEqual(Array.from(slope.scores, near))
    const [cut] = slope.cuts
    expect(sum(direct.scores)).toBeCloseTo(cut!.replaced[0]! - slope.values[0]!, 9)
  })

  it('by GradDrop are sizes, and of one layer those of the direct way', () => {
    const dropped = scores(patching(false, true), fill)
    for (const score of dropped.scores) expect(score).toBeGreaterThanOrEqual(0)
    expect(dropped.cuts).toEqual([])
    const shallow = prepareModel(
      randomModel(microConfig({ n_layer: 1, enable_bigram_table: true }), 133, 0.7),
    )
    const direct = scores(GRADIENT, fill, {}, shallow)
    const without = scores(patching(false, true), fill, {}, shallow)
    // Without its only layer the model has the last token alone to speak from.
    expect(Array.from(without.scores.subarray(0, 4))).toEqual([0, 0, 0, 0])
    expect(without.scores[4]).toBeGreaterThan(0)
    expect(sum(direct.absolute)).toBeGreaterThan(0)
  })
})

describe('scores of tokens', () => {
  it('are refused where a method has nothing to say of them', () => {
    expect(() => scores(patching(true, false), MEAN)).toThrow(
      'qkFix computes the softmax anew for a query or a key, and a token is neither',
    )
    expect(() => scores({ kind: 'EDGE_ATTRIBUTION_PATCHING' }, MEAN)).toThrow(
      'EDGE_ATTRIBUTION_PATCHING scores edges',
    )
    expect(() => scores({ kind: 'DIRECT_LOGIT' }, MEAN, { name: 'TASK_LOSS' })).toThrow(
      'DIRECT_LOGIT reads logits',
    )
    const values = new Map([['embed', new Float64Array(6)]])
    const baseline = { kind: 'PER_CHANNEL' as const, values }
    expect(() => scores(GRADIENT, undefined, { baseline })).toThrow(
      'means of channels say nothing of the rows of tokens',
    )
  })

  it('against a mean per position take each position’s own row', () => {
    const one = (token: number) => ({ tokens: Uint32Array.of(token), shares: Float64Array.of(1) })
    const byPosition: RowFill = { kind: 'MIXED', mixtures: OTHERS[0]!.map(one) }
    const answer = scores(GRADIENT, byPosition)
    expect(answer.scores).toEqual(scores(GRADIENT, { kind: 'FROM_PROMPTS', prompts: OTHERS }).scores)
    const short: RowFill = { kind: 'MIXED', mixtures: [one(1), one(2)] }
    expect(() => scores(GRADIENT, short)).toThrow('the prompt has 5 positions, its mean rows only 2')
  })
})
