/** Sweeps that need no run for channels that are zero anyway: the same bits as one variant at a time. */
import { channelSet } from '../../../src/domain/experiment/channel-set.js'
import type { Measurement } from '../../../src/domain/experiment/measurement.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { measure } from '../../../src/engine/measure.js'
import { maskableSites } from '../../../src/model/model-graph.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { measurement, UNCHANGED } from '../../support/as-measurement.js'
import { promptOf, runByHand } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

const model = prepareModel(
  randomModel(microConfig({ d_model: 16, d_mlp: 24, n_head: 2, d_head: 6, afrac: 0.2, sink: true }), 12),
)
const sites = maskableSites(model.config)
const nodes = sites.flatMap(({ tap, width }) => Array.from({ length: width }, (_, index) => ({ tap, index })))
const prompts = [promptOf([3, 0, 6], 2, 5), promptOf([1, 4])]

function sweep(value: number, more: Partial<Measurement> = {}): Measurement {
  return measurement({
    prompts,
    names: ['LOGIT_DIFFERENCE', 'KL_DIVERGENCE', 'TASK_LOSS'],
    sets: nodes.map((node) => ({ channels: channelSet([node]), complement: false })),
    fills: [{ kind: 'CONSTANT', value }],
    variants: [
      UNCHANGED,
      ...nodes.map((_, set) => ({ replaced: [{ set, positions: null }], links: [], fill: 0 })),
    ],
    ...more,
  })
}

/** Channels that are zero at every position of both prompts. */
function silent(): number {
  const taps = sites.map(({ tap }) => tap)
  const runs = prompts.map(({ tokens }) => runByHand(model, tokens, { record: taps }).taps)
  return nodes.reduce((count, { tap, index }) => {
    const speaks = runs.some((run) => {
      const { values, shape } = run[taps.indexOf(tap)]!
      return values.some((value, at) => at % shape[1]! === index && value !== 0)
    })
    return speaks ? count : count + 1
  }, 0)
}

describe('a sweep that puts zero in place of silent channels', () => {
  const whole = runToEnd(measure(model, sweep(0)))

  it('has the bits of one variant at a time, gates live or frozen', () => {
    for (const topK of ['LIVE', 'FROZEN'] as const) {
      const gates = { norms: 'LIVE', attention: 'LIVE', topK } as const
      const request = sweep(0, { gates })
      const together = runToEnd(measure(model, request))
      const row = request.metrics.length * prompts.length
      request.variants.forEach((variant, v) => {
        const alone = runToEnd(measure(model, { ...request, variants: [variant] }))
        expect(alone.values).toEqual(together.values.slice(v * row, (v + 1) * row))
        expect(alone.margins[0]).toBe(together.margins[v])
      })
    }
  })

  it('runs the model for the others only, and once to watch', () => {
    const found = silent()
    expect(found).toBeGreaterThan(10)
    // Once for KL, once to watch, once unchanged; a channel can also be silent on one prompt alone.
    const most = prompts.length * (3 + nodes.length - found)
    expect(whole.evaluations).toBeLessThanOrEqual(most)
    expect(whole.evaluations).toBeGreaterThan(most / 2)
  })

  it('runs it for all of them where another value stands in place', () => {
    const other = runToEnd(measure(model, sweep(0.1)))
    expect(other.evaluations).toBe(prompts.length * (2 + nodes.length))
  })

  it('has a progress that ends where it said', () => {
    const seen: [number, number][] = []
    runToEnd(measure(model, sweep(0), (done, total) => seen.push([done, total])))
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1])
    expect(seen).toHaveLength(seen.at(-1)![1])
  })
})
