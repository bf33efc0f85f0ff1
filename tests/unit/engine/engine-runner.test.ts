/** The runner as use cases see it: the port's methods, its refusals, cancelling, and the models it keeps. */
import type { ModelRunner } from '../../../src/application/ports/model-runner.js'
import { NotFound } from '../../../src/domain/errors.js'
import type { SparseModelData } from '../../../src/domain/sparse-model-data.js'
import { EngineRunner } from '../../../src/engine/engine-runner.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

const data = randomModel(microConfig(), 51)
const prompt = { tokens: [1, 2, 3], target: 4, alternative: 5 }

function runnerOver(models: Readonly<Record<string, SparseModelData>>, maxModels = 2) {
  const loads: string[] = []
  const runner: ModelRunner = new EngineRunner({
    maxModels,
    load: async (id) => {
      loads.push(id)
      const model = models[id]
      if (model === undefined) throw new NotFound(`no model ${id}`)
      return model
    },
  })
  return { runner, loads }
}

describe('the runner', () => {
  const { runner } = runnerOver({ m: data })

  it('answers the four questions', async () => {
    const forward = await runner.forward({
      modelId: 'm',
      tokens: [1, 2],
      replacements: [],
      record: ['1.attn.pattern', 'embed'],
    })
    expect(forward.logits).toHaveLength(2 * 7)
    expect(forward.taps.map(({ tap, shape }) => [tap, shape])).toEqual([
      ['1.attn.pattern', [2, 2, 2]],
      ['embed', [2, 6]],
    ])
    const measured = await runner.measure({
      modelId: 'm',
      prompts: [prompt],
      metrics: ['LOGIT_DIFFERENCE'],
      variants: [[]],
    })
    const slopes = await runner.gradients({
      modelId: 'm',
      prompts: [prompt],
      metric: 'LOGIT_DIFFERENCE',
      taps: ['embed'],
    })
    expect(slopes.prompts[0]!.value).toBe(measured.values[0]![0]![0])
    expect((await runner.means({ modelId: 'm', sequences: [[1, 2]] })).get('0.mlp.post_act')).toHaveLength(9)
  })

  it.each([
    [{ tokens: [7] }, 'token 7 at position 0 is not in the vocabulary of 7'],
    [{ tokens: [0, 1.5] }, 'token 1.5 at position 1'],
    [{ tokens: [] }, 'at least one token'],
    [{ tokens: new Array(9).fill(1) }, 'the prompt has 9 tokens, the model reads at most 8'],
    [{ record: ['2.attn.q'] }, '"2.attn.q" is not a tap of a model with 2 layers'],
    [{ replacements: [{ tap: 'nowhere', index: 0, position: null, value: 0 }] }, '"nowhere" is not a tap'],
    [
      { replacements: [{ tap: '0.attn.q', index: 6, position: null, value: 0 }] },
      '0.attn.q has channels 0 to 5, not 6',
    ],
    [
      { replacements: [{ tap: '0.attn.q', index: 1, position: 2, value: 0 }] },
      '0.attn.q[1]@2 does not exist',
    ],
    [
      { replacements: [{ tap: '0.attn.q', index: 1, position: -1, value: 0 }] },
      '0.attn.q[1] cannot be replaced at position -1',
    ],
    [
      { replacements: [{ tap: '0.attn.q', index: 1, position: null, value: Number.NaN }] },
      '0.attn.q[1] cannot be replaced by NaN',
    ],
    [
      { replacements: [{ tap: '0.attn.pattern', index: 8, position: null, value: 0 }] },
      '0.attn.pattern[8] does not exist',
    ],
    [{ normEpsilon: -1 }, "the norm's epsilon is -1"],
  ])('refuses %j', async (wrong, message) => {
    const request = { modelId: 'm', tokens: [1, 2], replacements: [], record: [], ...wrong }
    await expect(runner.forward(request)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    })
  })

  it('refuses a channel that is replaced twice', async () => {
    const twice = (a: number | null, b: number | null) =>
      runner.forward({
        modelId: 'm',
        tokens: [1, 2],
        record: [],
        replacements: [a, b].map((position, i) => ({ tap: 'embed', index: 3, position, value: i })),
      })
    await expect(twice(null, null)).rejects.toThrow('embed[3] is replaced twice')
    await expect(twice(1, null)).rejects.toThrow('embed[3] is replaced twice at position 1')
    await expect(twice(0, 1)).resolves.toBeDefined()
  })

  it('refuses prompts that ask nothing', async () => {
    const ask = (target: number | null, alternative: number | null) =>
      runner.measure({
        modelId: 'm',
        prompts: [{ tokens: [1], target, alternative }],
        metrics: ['TASK_LOSS'],
        variants: [[]],
      })
    await expect(ask(null, 2)).rejects.toThrow('alternative 2 has no target')
    await expect(ask(2, 2)).rejects.toThrow('target and alternative are both 2')
    await expect(ask(9, null)).rejects.toThrow('target 9 is not in the vocabulary')
  })

  it('stops at the next layer when the question is cancelled', async () => {
    const controller = new AbortController()
    const variants = Array.from({ length: 100_000 }, () => [])
    const work = runner.measure(
      { modelId: 'm', prompts: [prompt], metrics: ['TASK_LOSS'], variants },
      controller.signal,
      (done) => {
        if (done === 3) controller.abort()
      },
    )
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(
      runner.forward({ modelId: 'm', tokens: [1], replacements: [], record: [] }, AbortSignal.abort()),
    ).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it('lets the event loop breathe during long work', async () => {
    let ticks = 0
    const clock = setInterval(() => ticks++, 1)
    await runner.measure({
      modelId: 'm',
      prompts: [prompt],
      metrics: ['TASK_LOSS'],
      variants: Array.from({ length: 4_000 }, (_, i) => [
        { tap: 'embed', index: 0, position: null, value: i },
      ]),
    })
    clearInterval(clock)
    expect(ticks).toBeGreaterThan(3)
  })
})

describe('the models it keeps', () => {
  const ask = (runner: ModelRunner, modelId: string) =>
    runner.forward({ modelId, tokens: [1], replacements: [], record: [] })

  it('are loaded once, however many ask, and the least recently used one leaves', async () => {
    const { runner, loads } = runnerOver({ a: data, b: data, c: data })
    await Promise.all([ask(runner, 'a'), ask(runner, 'a')])
    await ask(runner, 'b')
    await ask(runner, 'a')
    await ask(runner, 'c')
    expect(loads).toEqual(['a', 'b', 'c'])
    await ask(runner, 'a')
    await ask(runner, 'b')
    expect(loads).toEqual(['a', 'b', 'c', 'b'])
  })

  it('do not include one that failed to load', async () => {
    const models: Record<string, SparseModelData> = {}
    const { runner, loads } = runnerOver(models)
    await expect(ask(runner, 'late')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    models['late'] = data
    await expect(ask(runner, 'late')).resolves.toBeDefined()
    expect(loads).toEqual(['late', 'late'])
  })
})
