/** The sparse forward pass against a dense one written from the formulas, and the oracles that need no second program. */
import fc from 'fast-check'
import type { SparseModelData, Tensor } from '../../../src/domain/sparse-model-data.js'
import { tapPlaces } from '../../../src/engine/tap-names.js'
import { maskableSites } from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { tensorValues } from '../../../src/model/tensor-values.js'
import type { Replacement } from '../../support/by-hand.js'
import { runByHand } from '../../support/by-hand.js'
import { denseForward } from '../../support/dense-transformer.js'
import { float64Tensor, microConfig, randomModel } from '../../support/micro-model.js'
import { largestDifference } from '../../support/reference-model.js'

const EPSILON = 1e-6
const ALL_SITES = 'attn_in,attn_out,mlp_in,mlp_out,mlp_neuron,attn_q,attn_k,attn_v'

const OPTIONS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['the defaults', {}],
  ['AbsTopK everywhere', { afrac: 0.5, afrac_loctypes: ALL_SITES }],
  ['AbsTopK on the residual stream', { afrac: 0.5, afrac_loctypes: 'resid_post_attn,resid_post_mlp' }],
  ['relu on the residual stream', { residual_activation_type: 'relu' }],
  ['LayerNorm', { rms_norm: false }],
  ['LayerNorm without bias', { rms_norm: false, ln_bias: false }],
  ['no biases, relu', { bias: false, activation_type: 'relu' }],
  ['sinks', { sink: true }],
  ['a bigram table', { enable_bigram_table: true, learnable_bigram_table: true }],
  ['a tied head', { tied_unembed: true }],
  ['concatenated positions', { d_pos_emb: 3, afrac: 0.4, afrac_loctypes: 'attn_in,mlp_in' }],
  ['concatenated positions with LayerNorm', { d_pos_emb: 4, rms_norm: false, sinusoidal_cat_pos_emb: true }],
  ['heads wider than the stream', { d_head: 5 }],
]
const TOKENS = [3, 0, 6, 6, 1]

function run(
  data: SparseModelData,
  tokens: readonly number[],
  replacements: readonly Replacement[] = [],
  record: readonly string[] = [],
) {
  return runByHand(prepareModel(data), tokens, { replacements, record, normEpsilon: EPSILON })
}

describe('the sparse forward pass', () => {
  it.each(OPTIONS)('equals the dense one with %s: logits and every tap', (_, fields) => {
    const data = randomModel(microConfig(fields), 11)
    const taps = [...tapPlaces(data.config).keys()].filter((tap) => !tap.endsWith('pattern'))
    const seen = new Map<string, number[][]>()
    const dense = denseForward(data, TOKENS, EPSILON, (tap, rows) => {
      seen.set(tap, rows)
      return rows
    })
    const answer = run(data, TOKENS, [], taps)
    expect(largestDifference(answer.logits, dense.flat())).toBeLessThan(1e-12)
    expect([...seen.keys()].sort()).toEqual([...taps].sort())
    for (const { tap, values } of answer.taps)
      expect(largestDifference(values, seen.get(tap)!.flat())).toBeLessThan(1e-12)
  })

  it.each(OPTIONS)('equals the dense one with %s under random masks', (_, fields) => {
    const data = randomModel(microConfig(fields), 12)
    const places = tapPlaces(data.config)
    const taps = [...places.keys()].filter((tap) => !tap.endsWith('pattern'))
    const replacement = fc.record({
      tap: fc.constantFrom(...taps),
      share: fc.double({ min: 0, max: 0.999, noNaN: true }),
      position: fc.option(fc.nat(TOKENS.length - 1)),
      value: fc.double({ min: -2, max: 2, noNaN: true }),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(replacement, {
          maxLength: 12,
          selector: (r) => `${r.tap} ${Math.floor(r.share * 6)}`,
        }),
        (drawn) => {
          const replacements = drawn.map((r) => ({ ...r, index: Math.floor(r.share * 6) }))
          const dense = denseForward(data, TOKENS, EPSILON, (tap, rows) =>
            rows.map((row, t) =>
              row.map((value, index) => {
                const hit = replacements.find(
                  (r) => r.tap === tap && r.index === index && (r.position ?? t) === t,
                )
                return hit === undefined ? value : hit.value
              }),
            ),
          )
          expect(largestDifference(run(data, TOKENS, replacements).logits, dense.flat())).toBeLessThan(1e-11)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('has attention rows that sum to one, or to less by the share of the sink', () => {
    for (const sink of [false, true]) {
      const { taps } = run(randomModel(microConfig({ sink }), 3), TOKENS, [], ['0.attn.pattern'])
      const { shape, values } = taps[0]!
      expect(shape).toEqual([2, 5, 5])
      for (let row = 0; row < 10; row++) {
        const sum = values.subarray(5 * row, 5 * row + 5).reduce((total, p) => total + p, 0)
        if (sink) expect(sum).toBeLessThan(1)
        else expect(sum).toBeCloseTo(1, 14)
        for (let key = (row % 5) + 1; key < 5; key++) expect(values[5 * row + key]).toBe(0)
      }
    }
  })

  it('does not let a position see what comes after it', () => {
    const data = randomModel(microConfig({ afrac: 0.5 }), 5)
    const long = run(data, [1, 2, 3, 4, 5])
    const short = run(data, [1, 2, 3])
    expect(Array.from(long.logits.subarray(0, short.logits.length))).toEqual(Array.from(short.logits))
  })

  it('changes no bit when a node takes its own value (oracle 1)', () => {
    const data = randomModel(microConfig({ afrac: 0.5, afrac_loctypes: ALL_SITES, sink: true }), 6)
    const taps = [...tapPlaces(data.config).keys()].filter((tap) => !tap.endsWith('pattern'))
    const plain = run(data, TOKENS, [], [...taps, '1.attn.pattern'])
    const own = plain.taps.flatMap(({ tap, shape, values }): Replacement[] =>
      tap.endsWith('pattern')
        ? Array.from(values, (value, index) => ({ tap, index, position: null, value }))
        : Array.from(values, (value, i) => ({
            tap,
            index: i % shape[1]!,
            position: Math.trunc(i / shape[1]!),
            value,
          })),
    )
    expect(Array.from(run(data, TOKENS, own).logits)).toEqual(Array.from(plain.logits))
  })

  it('replaces a place of a pattern as it replaces a channel', () => {
    const data = randomModel(microConfig(), 6)
    const silent = Array.from({ length: 25 }, (_, place) => ({
      tap: '0.attn.pattern',
      index: place,
      position: null,
      value: 0,
    }))
    const { taps } = run(data, TOKENS, silent, ['0.attn.y'])
    const rows = taps[0]!.values
    for (let t = 0; t < 5; t++) for (let c = 0; c < 3; c++) expect(rows[6 * t + c]).toBe(0)
    expect(rows[3]).not.toBe(0)
  })

  it('gives the same bits whatever explicit zeros a matrix holds (oracle 3)', () => {
    const data = randomModel(microConfig({ bias: false }), 7, 0.3)
    const signed = data.tensors.map((tensor) =>
      float64Tensor(
        tensor.name,
        tensor.shape,
        tensorValues(tensor).map((v) => (v === 0 ? -0 : v)),
      ),
    )
    expect(Array.from(run({ ...data, tensors: signed }, TOKENS).logits)).toEqual(
      Array.from(run(data, TOKENS).logits),
    )
  })

  it('is the same model when channels and neurons are permuted (oracle 3)', () => {
    const data = randomModel(microConfig({ afrac: 0.5, afrac_loctypes: ALL_SITES }), 8, 1)
    const twin = permuted(data, [3, 0, 5, 1, 4, 2], [8, 2, 0, 5, 7, 1, 3, 6, 4])
    expect(largestDifference(run(twin, TOKENS).logits, run(data, TOKENS).logits)).toBeLessThan(1e-13)
  })

  it('reports the smallest gap at a cut, and none where nothing is cut', () => {
    expect(run(randomModel(microConfig(), 9), TOKENS).smallestMargin).toBe(Number.POSITIVE_INFINITY)
    const data = randomModel(microConfig({ afrac: 0.5, afrac_loctypes: 'mlp_neuron' }), 9, 1)
    const uncut = randomModel({ ...data.config, afrac: null, topKSites: [] }, 9, 1)
    // The first layer's neurons are the same with and without the cut; the gap found cannot exceed theirs.
    const { values, shape } = run(uncut, TOKENS, [], ['0.mlp.post_act']).taps[0]!
    const gaps = Array.from({ length: shape[0]! }, (_, t) => {
      const sizes = Array.from(values.subarray(t * 9, t * 9 + 9), Math.abs).sort((a, b) => b - a)
      return sizes[3]! - sizes[4]!
    })
    expect(run(data, TOKENS).smallestMargin).toBeGreaterThan(0)
    expect(run(data, TOKENS).smallestMargin).toBeLessThanOrEqual(Math.min(...gaps))
  })

  it('removes a channel from the read and leaves the norm alone', () => {
    const data = randomModel(microConfig(), 10)
    const plain = run(data, TOKENS, [], ['0.resid_in', '0.attn.act_in'])
    const ablated = run(
      data,
      TOKENS,
      [{ tap: '0.attn.act_in', index: 2, position: null, value: 0 }],
      ['0.resid_in', '0.attn.act_in'],
    )
    expect(Array.from(ablated.taps[0]!.values)).toEqual(Array.from(plain.taps[0]!.values))
    plain.taps[1]!.values.forEach((value, i) => {
      expect(ablated.taps[1]!.values[i]).toBe(i % 6 === 2 ? 0 : value)
    })
  })

  it('depends on nothing but the position and the bigram row when everything maskable is zero', () => {
    const data = randomModel(microConfig({ enable_bigram_table: true }), 4)
    const nothing = maskableSites(data.config).flatMap(({ tap, width }) =>
      Array.from({ length: width }, (_, index) => ({ tap, index, position: null, value: 0 })),
    )
    const { taps } = run(data, TOKENS, nothing, ['embed', '0.resid_in', 'final_resid'])
    expect(Array.from(taps[2]!.values)).toEqual(Array.from(taps[1]!.values))
  })
})

/** The same model with residual channels and neurons in another order: new place `i` holds the old `order[i]`. */
function permuted(
  data: SparseModelData,
  channels: readonly number[],
  neurons: readonly number[],
): SparseModelData {
  const ROWS: readonly (readonly [RegExp, readonly number[]])[] = [
    [/\.ln_\w+\.weight$|c_proj\.bias$|c_proj\.weight$/, channels],
    [/c_fc\.(weight|bias)$/, neurons],
  ]
  const COLUMNS: readonly (readonly [RegExp, readonly number[]])[] = [
    [/wte|wpe|lm_head|c_attn\.weight$|c_fc\.weight$/, channels],
    [/mlp\.c_proj\.weight$/, neurons],
  ]
  const move = (tensor: Tensor): Tensor => {
    const [rows, columns = 1] = tensor.shape as [number, number?]
    const rowOrder =
      ROWS.find(([name]) => name.test(tensor.name))?.[1] ?? Array.from({ length: rows }, (_, r) => r)
    const columnOrder =
      COLUMNS.find(([name]) => name.test(tensor.name))?.[1] ?? Array.from({ length: columns }, (_, c) => c)
    const values = tensorValues(tensor)
    return float64Tensor(
      tensor.name,
      tensor.shape,
      rowOrder.flatMap((r) => columnOrder.map((c) => values[r * columns + c]!)),
    )
  }
  return { ...data, tensors: data.tensors.map(move) }
}
