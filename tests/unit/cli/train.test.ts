import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrainingRequest } from '../../../src/application/ports/model-trainer.js'
import type { TokenizerPlan } from '../../../src/application/ports/tokenizer-trainer.js'
import type { TrainedFiles } from '../../../src/application/train-model.js'
import { trainingPreset } from '../../../src/application/training-presets.js'
import { type CommandDoors, runProgram } from '../../../src/cli/program.js'
import { progressText, type TrainDoor } from '../../../src/cli/train.js'
import { Unavailable } from '../../../src/domain/errors.js'
import { denseTwin, type TrainingPlan } from '../../../src/domain/training/training-plan.js'
import { microPlan } from '../../support/micro-plan.js'
import { listeningTerminal } from './listening-terminal.js'

const PROGRESS = { loss: 1.23456, heldOutLoss: 1.3, l0: 8064, tokensPerSecond: 15_600.4, secondsLeft: 20 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'circuitql-train-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function trained(plan: TrainingPlan): TrainedFiles {
  const curve = { step: [100, 200], loss: [2, 1.5], l0: [900, 500] }
  const record = {
    plan,
    planHash: '0',
    text: 'toy@1',
    device: { backend: 'wasm', device: 'a machine' },
    tokens: 4000,
    seconds: 12,
    resumedAt: [40],
    training: curve,
    heldOut: curve,
    l0: 500,
    counts: [{ name: 'lm_head.weight', parameters: 1000, nonzeros: 500 }],
  } as const
  const files = ['beeg_config.json', 'model.safetensors'].map((name) => ({ name, bytes: Buffer.from(name) }))
  return { model: {} as TrainedFiles['model'], record, files }
}

/** Runs `circuitql train …` over a trainer that takes no time. */
async function circuitqlTrain(args: readonly string[], trainModel?: TrainDoor['trainModel']) {
  const { terminal, results, messages } = listeningTerminal({ input: '' })
  const asked: TrainingRequest[] = []
  const tokenizers: TokenizerPlan[] = []
  const door: TrainDoor = {
    trainTokenizer: async (plan) => {
      tokenizers.push(plan)
      writeFileSync(plan.output, '{}')
      return {
        output: plan.output,
        sha256: '',
        vocabulary: 1,
        files: 1,
        bytes: 1,
        templates: 0,
        library: 'a',
      }
    },
    trainModel: async (request, watch) => {
      asked.push(request)
      if (trainModel !== undefined) return trainModel(request, watch)
      for (const step of [1, 2, 100, 200]) watch.onProgress?.({ ...PROGRESS, step, steps: 200 })
      return trained(request.plan)
    },
  }
  const stage = {
    terminal,
    signal: new AbortController().signal,
    inside: <T>(_: unknown, work: (door: CommandDoors) => Promise<T>): Promise<T> =>
      work(door as CommandDoors),
  }
  const status = await runProgram(['train', ...args], stage, async () => 0, '1')
  return { status, asked, tokenizers, results: results(), messages: messages() }
}

describe('circuitql train', () => {
  it('trains a preset into a folder and shows progress, device and curve', async () => {
    const output = join(folder, 'model')
    const { status, asked, results, messages } = await circuitqlTrain([
      '--preset',
      'quick',
      '--seed',
      '5',
      '--output',
      output,
    ])
    expect(status).toBe(0)
    const request = {
      plan: { ...trainingPreset('quick'), seed: 5 },
      backend: 'fastest',
      checkpoint: join(output, 'checkpoint.bin'),
    }
    expect(asked).toEqual([request])
    expect(readdirSync(output).sort()).toEqual(['beeg_config.json', 'model.safetensors'])
    expect(messages).toContain(
      'quick: step 100 of 200 (50 %), loss 1.235, held out 1.300, L0 8064, 15600 tokens/s, 20 s left\n',
    )
    expect(results).toContain('quick: 4000 tokens in 12 s on wasm (a machine), gone on at step 40\n')
    expect(results).toMatch(/STEP {2}HELD-OUT LOSS {3}L0\n 100 {2}2\.0000 +900\n 200 {2}1\.5000 +500\n/)
  })

  it('takes a plan from a file, and its dense twin', async () => {
    const file = join(folder, 'plan.json')
    writeFileSync(file, JSON.stringify(microPlan()))
    const plain = await circuitqlTrain(['--plan', file, '--output', join(folder, 'a'), '--backend', 'wasm'])
    expect(plain.asked[0]).toMatchObject({ plan: microPlan(), backend: 'wasm' })
    const twin = await circuitqlTrain(['--plan', file, '--dense', '--output', join(folder, 'b')])
    expect(twin.asked[0]!.plan).toEqual(denseTwin(microPlan()))
  })

  it('trains a tokenizer on the folder of Python first, once, unless it is given one', async () => {
    const output = join(folder, 'model')
    const args = ['--preset', 'python', '--folder', folder, '--output', output]
    const own = await circuitqlTrain(args, async ({ checkpoint }) => {
      writeFileSync(checkpoint!, 'half-way')
      throw new Unavailable('stopped', {}, 'CANCELLED')
    })
    const tokenizer = join(output, 'tokenizer.json')
    expect(own.tokenizers).toMatchObject([{ folder, output: tokenizer }])
    expect(own.asked[0]!.plan.text.options).toEqual({ folder, tokenizer })
    expect((await circuitqlTrain(args)).tokenizers).toEqual([])
    const given = join(folder, 'other.json')
    const other = [...args.slice(0, -1), join(folder, 'b'), '--tokenizer', given]
    const handed = await circuitqlTrain(other)
    expect(handed.tokenizers).toEqual([])
    expect(handed.asked[0]!.plan.text.options).toEqual({ folder, tokenizer: given })
  })

  it('shows a plan that can be edited, and trains nothing', async () => {
    const { status, asked, results } = await circuitqlTrain(['--preset', 'quick', '--print-plan'])
    expect({ status, asked }).toEqual({ status: 0, asked: [] })
    expect(JSON.parse(results)).toEqual(trainingPreset('quick'))
  })

  it('writes over no finished model unless told to begin anew', async () => {
    const args = ['--preset', 'quick', '--output', join(folder, 'model')]
    await circuitqlTrain(args)
    const again = await circuitqlTrain(args)
    expect(again).toMatchObject({ status: 1, asked: [] })
    expect(again.messages).toContain('holds a model already')
    writeFileSync(join(folder, 'model/checkpoint.bin'), 'old')
    let kept = true
    const fresh = await circuitqlTrain([...args, '--fresh'], async ({ plan, checkpoint }) => {
      kept = existsSync(checkpoint!)
      return trained(plan)
    })
    expect({ status: fresh.status, kept }).toEqual({ status: 0, kept: false })
  })

  it('leaves the checkpoint where it is when the run is stopped', async () => {
    const output = join(folder, 'model')
    const { status, messages } = await circuitqlTrain(
      ['--preset', 'quick', '--output', output],
      async ({ checkpoint }) => {
        writeFileSync(checkpoint!, 'half-way')
        throw new Unavailable('the training was cancelled after 7 of 9 steps', {}, 'CANCELLED')
      },
    )
    expect(status).toBe(1)
    expect(messages).toContain('cancelled after 7 of 9 steps')
    expect(readFileSync(join(output, 'checkpoint.bin'), 'utf8')).toBe('half-way')
  })

  it.each([
    ['a file that is not there', null, /cannot be read: ENOENT/],
    ['a file that is no JSON', '{', /is no JSON/],
    ['a plan with faults', '{"name": "x"}', /seed is missing.*model is missing/],
  ])('refuses %s in one sentence', async (_, text, sentence) => {
    const file = join(folder, 'plan.json')
    if (text !== null) writeFileSync(file, text)
    const { status, messages, asked } = await circuitqlTrain(['--plan', file])
    expect({ status, asked }).toEqual({ status: 1, asked: [] })
    expect(messages).toMatch(sentence)
  })

  it('says how long it will take in the unit that fits', () => {
    const text = (secondsLeft: number) =>
      progressText({ ...PROGRESS, heldOutLoss: null, step: 1, steps: 10, secondsLeft })
    expect(text(89.5)).toMatch(/L0 8064, 15600 tokens\/s, 90 s left$/)
    expect(text(600)).toMatch(/10 min left$/)
    expect(text(7_200)).toMatch(/2\.0 h left$/)
  })
})
