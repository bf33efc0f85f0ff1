/** The runner as use cases see it: the port's methods, its refusals, cancelling, and the models it keeps. */
import type { ModelRunner } from '../../../src/application/ports/model-runner.js'
import { NotFound } from '../../../src/domain/errors.js'
import { LIVE_GATES } from '../../../src/domain/experiment/measurement.js'
import type { Edit, ModelRun } from '../../../src/domain/experiment/model-run.js'
import type { SparseModelData } from '../../../src/domain/sparse-model-data.js'
import { EngineRunner } from '../../../src/engine/engine-runner.js'
import { measurement, UNCHANGED } from '../../support/as-measurement.js'
import { promptOf } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

const data = randomModel(microConfig(), 51)
const prompt = promptOf([1, 2, 3], 4, 5)
const watching = { signal: new AbortController().signal }
const plainRun: ModelRun = {
  modelId: 'm',
  tokens: [1, 2],
  background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
  edits: [],
  gates: LIVE_GATES,
  record: [],
  measure: null,
  generate: null,
}
const edit = (tap: string, channel: number, value: number, position: number | null = null): Edit => ({
  tap,
  channels: Uint32Array.of(channel),
  positions: position === null ? null : Uint32Array.of(position),
  change: { kind: 'SET', value },
})

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
    const run = await runner.run({ ...plainRun, record: ['1.attn.pattern', 'embed'] }, watching)
    expect(run.logits).toHaveLength(2 * 7)
    expect(run.taps.map(({ tap, shape }) => [tap, shape])).toEqual([
      ['1.attn.pattern', [2, 2, 2]],
      ['embed', [2, 6]],
    ])
    const measured = await runner.measure(measurement({ prompts: [prompt], variants: [UNCHANGED] }), watching)
    const scores = await runner.attribute(
      {
        modelId: 'm',
        prompts: [prompt],
        metric: { name: 'LOGIT_DIFFERENCE', against: null },
        method: { kind: 'GRADIENT_TIMES_ACTIVATION' },
        of: { kind: 'CHANNELS', channels: new Map([['0.attn.v', Uint32Array.of(0, 2)]]) },
        baseline: { kind: 'CONSTANT', value: 0 },
        background: plainRun.background,
        gates: LIVE_GATES,
      },
      watching,
    )
    expect(scores.values[0]).toBe(measured.values[0])
    expect(scores.scores).toHaveLength(2)
    const means = await runner.means({ modelId: 'm', sequences: [[1, 2]], axis: 'PER_CHANNEL' }, watching)
    expect(means.values.get('0.mlp.post_act')).toHaveLength(9)
  })

  it.each<[Partial<ModelRun>, string]>([
    [{ tokens: [7] }, 'token 7 at position 0 is not in the vocabulary of 7'],
    [{ tokens: [0, 1.5] }, 'token 1.5 at position 1'],
    [{ tokens: [] }, 'at least one token'],
    [{ tokens: new Array(9).fill(1) }, 'the prompt has 9 tokens, the model reads at most 8'],
    [{ record: ['2.attn.q'] }, '"2.attn.q" is not a tap of a model with 2 layers'],
    [{ edits: [edit('nowhere', 0, 0)] }, '"nowhere" is not a tap'],
    [{ edits: [edit('0.attn.q', 6, 0)] }, '0.attn.q has channels 0 to 5, not 6'],
    [{ edits: [edit('0.attn.q', 1, 0, 2)] }, '0.attn.q has no position 2: the prompt has 2 tokens'],
    [{ edits: [edit('0.attn.q', 1, Number.NaN)] }, '0.attn.q[1] cannot be changed by NaN'],
    [{ edits: [edit('0.attn.pattern', 8, 0)] }, '0.attn.pattern[8] does not exist'],
    [
      { edits: [{ ...edit('embed', 0, 0), change: { kind: 'CLAMP', least: 1, most: 0 } }] },
      'a clamp from 1 to 0 holds nothing',
    ],
    [{ generate: { length: 8, temperature: 0, seed: 0 } }, 'after 2 tokens the model can add 1 to 7, not 8'],
    [{ generate: { length: 1, temperature: -1, seed: 0 } }, 'the temperature is -1'],
    [{ normEpsilon: -1 }, "the norm's epsilon is -1"],
  ])('refuses %j', async (wrong, message) => {
    await expect(runner.run({ ...plainRun, ...wrong }, watching)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(message),
    })
  })

  it('refuses prompts that ask nothing', async () => {
    const ask = (target: number | null, alternative: number | null) =>
      runner.measure(
        measurement({
          prompts: [promptOf([1], target, alternative)],
          names: ['TASK_LOSS'],
          variants: [UNCHANGED],
        }),
        watching,
      )
    await expect(ask(null, 2)).rejects.toThrow('alternative 2 has no target')
    await expect(ask(2, 2)).rejects.toThrow('target and alternative are both 2')
    await expect(ask(9, null)).rejects.toThrow('target 9 is not in the vocabulary')
  })

  it('stops at the next layer when the question is cancelled', async () => {
    const controller = new AbortController()
    const variants = Array.from({ length: 100_000 }, () => UNCHANGED)
    const work = runner.measure(measurement({ prompts: [prompt], variants }), {
      signal: controller.signal,
      onProgress: (done) => {
        if (done === 3) controller.abort()
      },
    })
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' })
    await expect(runner.run(plainRun, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })

  it('lets the event loop breathe during long work', async () => {
    let ticks = 0
    const clock = setInterval(() => ticks++, 1)
    const fills = Array.from({ length: 50 }, (_, value) => ({ kind: 'CONSTANT' as const, value }))
    const variants = Array.from({ length: 10_000 }, (_, i) => ({
      replaced: [{ set: 0, positions: null }],
      links: [],
      fill: i % 50,
    }))
    await runner.measure(
      measurement({
        prompts: [prompt],
        sets: [{ channels: new Map([['embed', Uint32Array.of(0)]]), complement: false }],
        fills,
        variants,
      }),
      watching,
    )
    clearInterval(clock)
    expect(ticks).toBeGreaterThan(3)
  })
})

describe('the models it keeps', () => {
  const ask = (runner: ModelRunner, modelId: string) => runner.run({ ...plainRun, modelId }, watching)

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
