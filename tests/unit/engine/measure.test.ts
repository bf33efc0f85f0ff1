/** Metrics against their formulas, and prefix reuse against runs from the start. */
import fc from 'fast-check'
import { measure } from '../../../src/engine/measure.js'
import { METRICS, type PromptCase } from '../../../src/engine/metric.js'
import type { Replacement } from '../../../src/engine/replacement.js'
import { runForward } from '../../../src/engine/run-forward.js'
import { runToEnd } from '../../../src/engine/steps.js'
import { tapPlaces } from '../../../src/engine/tap-names.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

const model = prepareModel(randomModel(microConfig({ afrac: 0.5, sink: true }), 31))
const TOKENS = [3, 0, 6, 6, 1]
const paired: PromptCase = { tokens: TOKENS, target: 2, alternative: 5 }
const targeted: PromptCase = { tokens: TOKENS, target: 2, alternative: null }
const free: PromptCase = { tokens: TOKENS, target: null, alternative: null }

function probabilities(tokens: readonly number[], replacements: readonly Replacement[] = []): number[][] {
  const { logits, vocabulary } = runToEnd(runForward(model, { tokens, replacements, record: [] }))
  return tokens.map((_, t) => {
    const e = Array.from(logits.subarray(t * vocabulary, (t + 1) * vocabulary), Math.exp)
    const sum = e.reduce((a, b) => a + b, 0)
    return e.map((x) => x / sum)
  })
}

describe('the metrics', () => {
  const { values } = runToEnd(
    measure(model, { prompts: [paired, targeted, free], metrics: METRICS, variants: [[]] }),
  )
  const [difference, loss, probability, accuracy, kl] = values[0]!
  const p = probabilities(TOKENS)
  const last = p.at(-1)!

  it('LOGIT_DIFFERENCE is ℓ_y − ℓ_y′ and needs both', () => {
    expect(difference![0]).toBeCloseTo(Math.log(last[2]! / last[5]!), 13)
    expect(difference!.slice(1)).toEqual([null, null])
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
    expect(probability![2]).toBeNull()
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
    const answer = runToEnd(
      measure(model, { prompts: [paired, free], metrics: ['KL_DIVERGENCE'], variants: [ablated] }),
    )
    expect(answer.values[0]![0]![0]).toBeCloseTo(rows.at(-1)!, 13)
    expect(answer.values[0]![0]![1]).toBeCloseTo(rows.reduce((a, b) => a + b, 0) / rows.length, 13)
    expect(answer.evaluations).toBe(4)
  })

  it('does not predict the next token of a single one', () => {
    const single = runToEnd(
      measure(model, {
        prompts: [{ ...free, tokens: [1] }],
        metrics: ['TASK_LOSS', 'ACCURACY'],
        variants: [[]],
      }),
    )
    expect(single.values).toEqual([[[null], [null]]])
  })
})

describe('prefix reuse', () => {
  const taps = [...tapPlaces(model.config).keys()].filter((tap) => !tap.endsWith('pattern'))
  const replacement = fc.record({
    tap: fc.constantFrom(...taps),
    index: fc.nat(5),
    position: fc.option(fc.nat(4)),
    value: fc.integer({ min: -2, max: 2 }),
  })
  const variant = fc.uniqueArray(replacement, { maxLength: 4, selector: (r) => `${r.tap} ${r.index}` })

  it('gives the bits of one run at a time, in any order of variants (oracle 2)', () => {
    fc.assert(
      fc.property(fc.array(variant, { minLength: 1, maxLength: 6 }), (variants) => {
        const prompts = [paired, free]
        const together = runToEnd(measure(model, { prompts, metrics: METRICS, variants }))
        variants.forEach((one, i) => {
          const alone = runToEnd(measure(model, { prompts, metrics: METRICS, variants: [one] }))
          expect(together.values[i]).toEqual(alone.values[0])
        })
        const backwards = runToEnd(
          measure(model, { prompts, metrics: METRICS, variants: [...variants].reverse() }),
        )
        expect([...backwards.values].reverse()).toEqual(together.values)
      }),
      { numRuns: 60 },
    )
  })

  it('counts every pass as progress', () => {
    const seen: [number, number][] = []
    const work = measure(
      model,
      { prompts: [paired, free], metrics: ['KL_DIVERGENCE'], variants: [[], []] },
      (done, total) => seen.push([done, total]),
    )
    runToEnd(work)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((done) => [done, 6]))
  })
})
