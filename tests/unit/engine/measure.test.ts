/** Measurements against runs made one by one and by hand, and metrics against their formulas. */
import fc from 'fast-check'
import { allOf, channelSet } from '../../../src/domain/experiment/channel-set.js'
import type { LinkFamily, Measurement, Variant } from '../../../src/domain/experiment/measurement.js'
import { METRICS, type MetricName, type PromptCase } from '../../../src/domain/experiment/metric.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { measure } from '../../../src/engine/measure.js'
import { tapPlaces } from '../../../src/engine/tap-names.js'
import { maskableSites, weightEdges } from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { asMeasurement, measurement, nested, UNCHANGED } from '../../support/as-measurement.js'
import type { Replacement } from '../../support/by-hand.js'
import { measureByHand, promptOf, runByHand } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

const model = prepareModel(randomModel(microConfig({ afrac: 0.5, sink: true }), 31))
const TOKENS = [3, 0, 6, 6, 1]
const paired = promptOf(TOKENS, 2, 5)
const targeted = promptOf(TOKENS, 2)
const free = promptOf(TOKENS)

function answerOf(request: Measurement): number[][][] {
  return nested(request, runToEnd(measure(model, request)).values)
}

function probabilities(tokens: readonly number[], replacements: readonly Replacement[] = []): number[][] {
  const { logits, vocabulary } = runByHand(model, tokens, { replacements })
  return tokens.map((_, t) => {
    const e = Array.from(logits.subarray(t * vocabulary, (t + 1) * vocabulary), Math.exp)
    const sum = e.reduce((a, b) => a + b, 0)
    return e.map((x) => x / sum)
  })
}

describe('the metrics', () => {
  const prompts = [paired, targeted, free]
  const [difference, loss, probability, accuracy, kl] = answerOf(
    measurement({ prompts, names: METRICS, variants: [UNCHANGED] }),
  )[0]!
  const p = probabilities(TOKENS)
  const last = p.at(-1)!

  it('LOGIT_DIFFERENCE is ℓ_y − ℓ_y′ and needs both', () => {
    expect(difference![0]).toBeCloseTo(Math.log(last[2]! / last[5]!), 13)
    expect(difference!.slice(1)).toEqual([Number.NaN, Number.NaN])
  })

  it('TASK_LOSS chooses between two answers, predicts the target, or predicts the prompt', () => {
    expect(loss![0]).toBeCloseTo(-Math.log(last[2]! / (last[2]! + last[5]!)), 13)
    expect(loss![1]).toBeCloseTo(-Math.log(last[2]!), 13)
    const next = TOKENS.slice(1).map((token, t) => -Math.log(p[t]![token]!))
    expect(loss![2]).toBeCloseTo(next.reduce((a, b) => a + b, 0) / next.length, 13)
  })

  it('TARGET_PROBABILITY is over the whole vocabulary', () => {
    expect(probability![0]).toBeCloseTo(last[2]!, 13)
    expect(probability![1]).toBe(probability![0])
    expect(probability![2]).toBeNaN()
  })

  it('ACCURACY weighs two answers, or looks for the largest logit', () => {
    expect(accuracy![0]).toBe(last[2]! > last[5]! ? 1 : 0)
    expect(accuracy![1]).toBe(last.indexOf(Math.max(...last)) === 2 ? 1 : 0)
    const hits = TOKENS.slice(1).filter((token, t) => p[t]!.indexOf(Math.max(...p[t]!)) === token)
    expect(accuracy![2]).toBe(hits.length / 4)
  })

  it('KL_DIVERGENCE of the model from itself is exactly 0', () => {
    expect(kl).toEqual([0, 0, 0])
  })

  it('KL_DIVERGENCE is Σ p log(p/q) from the full model to the variant: last position with a target, else the mean', () => {
    const ablated = [{ tap: '0.mlp.resid_delta', index: 1, position: null, value: 1.5 }]
    const q = probabilities(TOKENS, ablated)
    const rows = p.map((row, t) => row.reduce((sum, x, v) => sum + x * Math.log(x / q[t]![v]!), 0))
    const request = asMeasurement(model, {
      prompts: [paired, free, { ...free, at: 'LAST' }],
      metrics: ['KL_DIVERGENCE'],
      variants: [ablated],
    })
    const [one, all, lastOnly] = answerOf(request)[0]![0]!
    expect(one).toBeCloseTo(rows.at(-1)!, 13)
    expect(all).toBeCloseTo(rows.reduce((a, b) => a + b, 0) / rows.length, 13)
    expect(lastOnly).toBe(one)
    expect(runToEnd(measure(model, request)).evaluations).toBe(6)
  })

  it('takes the last token alone where that is asked for', () => {
    const request = measurement({
      prompts: [{ ...free, at: 'LAST' }],
      names: ['TASK_LOSS', 'ACCURACY'],
      variants: [UNCHANGED],
    })
    const before = p.at(-2)!
    const [taken, hit] = answerOf(request)[0]!
    expect(taken![0]).toBeCloseTo(-Math.log(before[1]!), 13)
    expect(hit![0]).toBe(before.indexOf(Math.max(...before)) === 1 ? 1 : 0)
  })

  it('weighs the tokens that a metric names instead of the prompt’s own', () => {
    const request = measurement({
      prompts: [paired, free],
      metrics: [{ name: 'LOGIT_DIFFERENCE', against: { target: 0, alternative: 4 } }],
      variants: [UNCHANGED],
    })
    const expected = Math.log(last[0]! / last[4]!)
    for (const value of answerOf(request)[0]![0]!) expect(value).toBeCloseTo(expected, 13)
  })

  it('does not predict the next token of a single one', () => {
    const single = measurement({
      prompts: [promptOf([1])],
      names: ['TASK_LOSS', 'ACCURACY'],
      variants: [UNCHANGED],
    })
    expect(answerOf(single)).toEqual([[[Number.NaN], [Number.NaN]]])
  })
})

describe('variants', () => {
  const taps = [...tapPlaces(model.config).keys()].filter((tap) => !tap.endsWith('pattern'))
  const replacement = fc.record({
    tap: fc.constantFrom(...taps),
    index: fc.nat(5),
    position: fc.option(fc.nat(4)),
    value: fc.integer({ min: -2, max: 2 }),
  })
  const variant = fc.uniqueArray(replacement, { maxLength: 4, selector: (r) => `${r.tap} ${r.index}` })

  it('have the bits of one run at a time from the start, in any order (oracle 2)', () => {
    fc.assert(
      fc.property(fc.array(variant, { minLength: 1, maxLength: 6 }), (variants) => {
        const request = { prompts: [paired, free], metrics: METRICS, variants }
        const byHand = measureByHand(model, request).values
        expect(answerOf(asMeasurement(model, request))).toEqual(byHand)
        const backwards = answerOf(asMeasurement(model, { ...request, variants: [...variants].reverse() }))
        expect(backwards.reverse()).toEqual(byHand)
      }),
      { numRuns: 60 },
    )
  })

  it('have the margin of a whole run, however little of it was run again', () => {
    const at = (tap: string): Replacement[] => [{ tap, index: 0, position: null, value: 0.25 }]
    const variants = ['1.mlp.post_act', '0.attn.q', 'final_resid'].map(at)
    const { margins } = runToEnd(
      measure(model, asMeasurement(model, { prompts: [free], metrics: ['TASK_LOSS'], variants })),
    )
    variants.forEach((replacements, v) => {
      expect(margins[v]).toBe(runByHand(model, TOKENS, { replacements }).smallestMargin)
    })
  })

  it('count every pass as progress', () => {
    const seen: [number, number][] = []
    const request = measurement({
      prompts: [paired, free],
      names: ['KL_DIVERGENCE'],
      variants: [UNCHANGED, UNCHANGED],
    })
    runToEnd(measure(model, request, (done, total) => seen.push([done, total])))
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((done) => [done, 6]))
  })

  it('replace everything but a set, within the universe', () => {
    const universe = allOf(maskableSites(model.config))
    const keep = channelSet([
      { tap: '0.attn.v', index: 1 },
      { tap: '1.mlp.post_act', index: 4 },
    ])
    const request = measurement({
      prompts: [paired],
      universe,
      sets: [{ channels: keep, complement: true }],
      fills: [{ kind: 'CONSTANT', value: 0.5 }],
      variants: [{ replaced: [{ set: 0, positions: null }], links: [], fill: 0 }],
    })
    const others = [...universe].flatMap(([tap, indices]) =>
      Array.from(indices)
        .filter((index) => !keep.get(tap)?.includes(index))
        .map((index) => ({ tap, index, position: null, value: 0.5 })),
    )
    const metrics: MetricName[] = ['LOGIT_DIFFERENCE']
    expect(answerOf(request)).toEqual(
      measureByHand(model, { prompts: [paired], metrics, variants: [others] }).values,
    )
  })

  it('take values from another prompt, position by position', () => {
    const other = [3, 2, 2, 6, 1]
    const request = measurement({
      prompts: [paired],
      sets: [{ channels: channelSet([{ tap: '0.attn.v', index: 2 }]), complement: false }],
      fills: [{ kind: 'FROM_PROMPTS', prompts: [other] }],
      variants: [{ replaced: [{ set: 0, positions: null }], links: [], fill: 0 }],
    })
    const { values } = runByHand(model, other, { record: ['0.attn.v'] }).taps[0]!
    const replaced = other.map((_, position) => ({
      tap: '0.attn.v',
      index: 2,
      position,
      value: values[position * 6 + 2]!,
    }))
    const metrics: MetricName[] = ['LOGIT_DIFFERENCE']
    expect(answerOf(request)).toEqual(
      measureByHand(model, { prompts: [paired], metrics, variants: [replaced] }).values,
    )
    const short = { ...request, fills: [{ kind: 'FROM_PROMPTS' as const, prompts: [[1, 2]] }] }
    expect(() => answerOf(short)).toThrow(
      'prompt 0 has 5 tokens and the one that its replacements come from has 2',
    )
  })

  it('change nothing when everything takes its own values (oracle 1)', () => {
    const universe = allOf(maskableSites(model.config))
    const request = measurement({
      prompts: [paired, free],
      names: ['TASK_LOSS', 'KL_DIVERGENCE'],
      universe,
      sets: [{ channels: new Map(), complement: true }],
      fills: [{ kind: 'FROM_PROMPTS', prompts: [TOKENS, TOKENS] }],
      variants: [UNCHANGED, { replaced: [{ set: 0, positions: null }], links: [], fill: 0 }],
    })
    const [plain, own] = answerOf(request)
    expect(own).toEqual(plain)
  })
})

describe('links', () => {
  const edges = weightEdges(model, null)
  const universe = allOf(maskableSites(model.config))
  const prompts: PromptCase[] = [paired, promptOf([2, 4, 0], 1, 3)]
  const zero = { kind: 'CONSTANT', value: 0.7 } as const

  function family(from: string, to: string, keep: (source: number, target: number) => boolean): LinkFamily {
    const pairs: [number, number][] = []
    for (let e = 0; e < edges.count; e++) {
      const s = edges.sites[edges.sourceSite[e]!]!.tap
      const t = edges.sites[edges.targetSite[e]!]!.tap
      if (s === from && t === to && keep(edges.sourceIndex[e]!, edges.targetIndex[e]!))
        pairs.push([edges.sourceIndex[e]!, edges.targetIndex[e]!])
    }
    return {
      from,
      to,
      source: Uint32Array.from(pairs, ([s]) => s),
      target: Uint32Array.from(pairs, ([, t]) => t),
    }
  }
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ['0.attn.act_in', ['0.attn.q', '0.attn.k', '0.attn.v']],
    ['1.attn.v', ['1.attn.resid_delta']],
    ['0.mlp.act_in', ['0.mlp.post_act']],
    ['1.mlp.post_act', ['1.mlp.resid_delta']],
  ]

  it.each(ways)('out of %s, all of one channel, are that channel ablated', (from, to) => {
    const request = measurement({
      prompts,
      universe,
      sets: [{ channels: channelSet([{ tap: from, index: 2 }]), complement: false }],
      linkSets: [
        { families: to.map((tap) => family(from, tap, (source) => source === 2)), complement: false },
      ],
      fills: [zero],
      variants: [
        { replaced: [{ set: 0, positions: null }], links: [], fill: 0 },
        { replaced: [], links: [0], fill: 0 },
      ],
    })
    const [node, links] = answerOf(request)
    links!.flat().forEach((value, i) => {
      // v is carried as Σ α ṽ on both sides; only the order of adding differs.
      if (from === '1.attn.v') expect(value).toBeCloseTo(node!.flat()[i]!, 13)
      else expect(value).toBe(node!.flat()[i])
    })
  })

  it('add W (x̃ − x) to the pre-activation of one reader alone', () => {
    const all = family('0.mlp.act_in', '0.mlp.post_act', (_, target) => target === 3)
    const source = all.source[0]!
    const one = { ...all, source: Uint32Array.of(source), target: Uint32Array.of(3) }
    const request = measurement({
      prompts: [paired],
      linkSets: [{ families: [one], complement: false }],
      fills: [zero],
      variants: [{ replaced: [], links: [0], fill: 0 }],
    })
    const actIn = runByHand(model, TOKENS, { record: ['0.mlp.act_in'] }).taps[0]!.values
    const replacements = TOKENS.map((_, position) => {
      let pre = model.layers[0]!.mlpIn.bias![3]!
      for (let c = 0; c < 6; c++) {
        const x = c === source ? 0.7 : actIn[position * 6 + c]!
        pre += edgeWeight('0.mlp.act_in', c, '0.mlp.post_act', 3) * x
      }
      return { tap: '0.mlp.post_act', index: 3, position, value: geluOf(pre) }
    })
    const byHand = measureByHand(model, {
      prompts: [paired],
      metrics: ['LOGIT_DIFFERENCE'],
      variants: [replacements],
    })
    expect(answerOf(request)[0]![0]![0]).toBeCloseTo(byHand.values[0]![0]![0]!, 12)
  })

  function edgeWeight(from: string, source: number, to: string, target: number): number {
    for (let e = 0; e < edges.count; e++) {
      if (
        edges.sites[edges.sourceSite[e]!]!.tap === from &&
        edges.sites[edges.targetSite[e]!]!.tap === to &&
        edges.sourceIndex[e] === source &&
        edges.targetIndex[e] === target
      )
        return edges.weight[e]!
    }
    return 0
  }

  it('all carried by nothing but themselves change nothing; all replaced are the empty circuit', () => {
    const all = ways.flatMap(([from, to]) => to.map((tap) => family(from, tap, () => true)))
    const layers = all.map((f) => f.from.slice(0, 1))
    const everything = [...layers.keys()].flatMap((i) => {
      const f = all[i]!
      const twin = {
        from: f.from.replace(/^\d/, (l) => `${1 - Number(l)}`),
        to: f.to.replace(/^\d/, (l) => `${1 - Number(l)}`),
      }
      return [f, family(twin.from, twin.to, () => true)]
    })
    const request = measurement({
      prompts,
      universe,
      linkSets: [
        { families: everything, complement: true },
        { families: [], complement: true },
      ],
      sets: [{ channels: new Map(), complement: true }],
      fills: [zero],
      variants: [UNCHANGED, { replaced: [], links: [0], fill: 0 }, { replaced: [], links: [1], fill: 0 }],
    })
    const [plain, keptAll, keptNone] = answerOf(request)
    expect(keptAll).toEqual(plain)
    // Without a link every reader sees replacements only, so writes are those of a run with all reads replaced.
    const reads = channelSet(
      [...universe].flatMap(([tap, indices]) =>
        /act_in|attn\.v$|post_act/.test(tap) ? Array.from(indices, (index) => ({ tap, index })) : [],
      ),
    )
    const [emptied] = answerOf({
      ...request,
      sets: [{ channels: reads, complement: false }],
      variants: [{ replaced: [{ set: 0, positions: null }], links: [], fill: 0 }],
    })
    keptNone!.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(emptied!.flat()[i]!, 12)
    })
  })

  it('of the residual stream change the numerator of one reader', () => {
    const request = measurement({
      prompts: [paired],
      linkSets: [
        {
          families: [
            {
              from: '0.attn.resid_delta',
              to: '1.mlp.act_in',
              source: Uint32Array.of(3),
              target: Uint32Array.of(3),
            },
          ],
          complement: false,
        },
      ],
      fills: [zero],
      variants: [{ replaced: [], links: [0], fill: 0 }],
    })
    const plain = prepareModel(randomModel(microConfig({ sink: true }), 32))
    const { taps } = runByHand(plain, TOKENS, {
      record: ['0.attn.resid_delta', '1.resid_mid', '1.mlp.act_in'],
    })
    const [write, stream, read] = taps.map(({ values }) => values)
    const gain = plain.layers[1]!.mlpReading.stream.gain[3]!
    const replacements = TOKENS.map((_, t) => {
      const row = stream!.subarray(6 * t, 6 * t + 6)
      const rms = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0) / 6 + 1.1920928955078125e-7)
      const value = read![6 * t + 3]! + (gain * (0.7 - write![6 * t + 3]!)) / rms
      return { tap: '1.mlp.act_in', index: 3, position: t, value }
    })
    const byHand = measureByHand(plain, {
      prompts: [paired],
      metrics: ['LOGIT_DIFFERENCE'],
      variants: [replacements],
    })
    const [value] = nested(request, runToEnd(measure(plain, request)).values)[0]![0]!
    expect(value).toBeCloseTo(byHand.values[0]![0]![0]!, 12)
  })

  it.each<[string, Omit<LinkFamily, 'source' | 'target'>, [number, number], string]>([
    ['a weight that is not stored', { from: '0.mlp.act_in', to: '0.mlp.post_act' }, [0, 99], 'has no weight'],
    ['taps that no weight joins', { from: '0.mlp.act_in', to: '1.mlp.post_act' }, [0, 0], 'no weights lead'],
    [
      'a residual link backwards',
      { from: '1.mlp.resid_delta', to: '0.mlp.act_in' },
      [1, 1],
      'no residual link',
    ],
    ['a residual link across channels', { from: 'embed', to: '0.mlp.act_in' }, [1, 2], 'keeps its channel'],
  ])('refuse %s', (_, ends, [source, target], message) => {
    const families = [{ ...ends, source: Uint32Array.of(source), target: Uint32Array.of(target) }]
    const request = measurement({
      prompts: [paired],
      linkSets: [{ families, complement: false }],
      fills: [zero],
      variants: [{ replaced: [], links: [0], fill: 0 }],
    })
    expect(() => answerOf(request)).toThrow(message)
  })
})

describe('frozen gates', () => {
  const gates = { norms: 'FROZEN', attention: 'FROZEN', topK: 'FROZEN' } as const
  const data = randomModel(microConfig({ afrac: 0.5, sink: true, d_mlp: 12 }), 77, 0.12)
  const sparse = prepareModel(data)
  const sites = maskableSites(sparse.config)
  const variants: Variant[] = []
  const sets = sites.flatMap(({ tap, width }) =>
    Array.from({ length: width }, (_, index) => {
      variants.push({ replaced: [{ set: variants.length, positions: null }], links: [], fill: 0 })
      return { channels: channelSet([{ tap, index }]), complement: false }
    }),
  )
  const request = measurement({
    prompts: [paired],
    sets,
    fills: [{ kind: 'CONSTANT', value: 0.9 }],
    variants: [UNCHANGED, ...variants],
    gates,
  })

  it('make a node without a path to the logits do nothing at all (F16)', () => {
    const [full, ...each] = nested(request, runToEnd(measure(sparse, request)).values).map((v) => v[0]![0]!)
    const reaches = nodesThatReachLogits()
    let without = 0
    sets.forEach(({ channels }, i) => {
      const [[tap, [index]]] = [...channels] as [[string, Uint32Array]]
      if (reaches(tap, index!)) return
      without++
      expect(each[i]).toBe(full)
    })
    expect(without).toBeGreaterThan(5)
    expect(each.filter((value) => value !== full).length).toBeGreaterThan(5)
  })

  it('leave the unablated run as it is', () => {
    const live = { ...request, gates: { norms: 'LIVE', attention: 'LIVE', topK: 'LIVE' } as const }
    const of = (asked: Measurement) => runToEnd(measure(sparse, { ...asked, variants: [UNCHANGED] })).values
    expect(of(request)).toEqual(of(live))
  })

  /** Walks the stored weights backwards from the unembedding; patterns are frozen, so q and k reach nothing. */
  function nodesThatReachLogits(): (tap: string, index: number) => boolean {
    const edges = weightEdges(sparse, null)
    const live = new Set<string>()
    const read = new Set<number>() // residual channels that something later reads
    const { unembedding, finalNorm } = sparse
    for (let c = 0; c < 6; c++)
      if (unembedding.columnStart[c]! < unembedding.columnStart[c + 1]! && finalNorm.gain[c] !== 0)
        read.add(c)
    for (const { tap, channel, width } of [...sites].reverse()) {
      if (channel === 'q' || channel === 'k') continue
      for (let index = 0; index < width; index++) {
        const alive =
          channel === 'resid_delta'
            ? read.has(index)
            : Array.from({ length: edges.count }, (_, e) => e).some(
                (e) =>
                  sites[edges.sourceSite[e]!]!.tap === tap &&
                  edges.sourceIndex[e] === index &&
                  live.has(`${sites[edges.targetSite[e]!]!.tap} ${edges.targetIndex[e]}`),
              )
        if (alive) live.add(`${tap} ${index}`)
      }
      if (channel === 'act_in')
        for (let index = 0; index < 6; index++) if (live.has(`${tap} ${index}`)) read.add(index)
    }
    return (tap, index) => live.has(`${tap} ${index}`)
  }
})

/** The exact GELU by its definition, from an independent error function series. */
function geluOf(x: number): number {
  let term = x / Math.SQRT2
  let sum = term
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / 2 / n
    sum += term / (2 * n + 1)
  }
  return 0.5 * x * (1 + (2 / Math.sqrt(Math.PI)) * sum)
}
