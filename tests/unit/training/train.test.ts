/** The whole loop on a model of width 8: it learns, ends as planned, goes on where it was stopped, and fits the executor. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type { SparseModelData } from '../../../src/domain/sparse-model-data.js'
import type { TrainedModel } from '../../../src/domain/training/trained-model.js'
import { denseTwin, planHash, type TrainingPlan } from '../../../src/domain/training/training-plan.js'
import type { TrainingProgress } from '../../../src/domain/training/training-record.js'
import { EngineRunner } from '../../../src/engine/engine-runner.js'
import { bytesFile } from '../../../src/formats/source-file.js'
import { readSparseModel } from '../../../src/formats/sparse-release/read-sparse-model.js'
import { writeSparseModel } from '../../../src/formats/sparse-release/write-sparse-model.js'
import type { Backend } from '../../../src/training/backends/backend.js'
import { openBackend } from '../../../src/training/backends/open-backend.js'
import { type CheckpointShelf, decodeCheckpoint } from '../../../src/training/checkpoint.js'
import { checkpointFile } from '../../../src/training/checkpoint-file.js'
import { train } from '../../../src/training/train.js'
import { microPlan } from '../../support/micro-plan.js'
import { expectNoTensorLeak } from '../../support/no-tensor-leak.js'
import { presentBackends } from '../../support/present-backends.js'
import { toyText } from '../../support/toy-text.js'

const clock = () => performance.now()
const source = toyText(2)

interface Asked {
  readonly plan?: TrainingPlan
  readonly checkpoints?: CheckpointShelf | null
  readonly backend?: Backend
  /** Stops the run after this many steps. */
  readonly stopAt?: number
  readonly text?: typeof source
}

async function run({ plan = microPlan(), checkpoints = null, backend, stopAt, text = source }: Asked = {}) {
  const abort = new AbortController()
  const seen: TrainingProgress[] = []
  const onProgress = (progress: TrainingProgress): void => {
    seen.push(progress)
    if (progress.step === stopAt) abort.abort()
  }
  const on = backend ?? (await openBackend('wasm', { native: null }))
  const trained = await train(
    { plan, source: text, backend: on, checkpoints },
    { signal: abort.signal, clock, onProgress },
  )
  return { trained, seen }
}

const bytesOf = ({ model }: TrainedModel) =>
  model.tensors.map(({ name, bytes }) => [name, Buffer.from(bytes).toString('hex')])

function memoryShelf(): CheckpointShelf & { bytes: Uint8Array | null } {
  const shelf = {
    bytes: null as Uint8Array | null,
    read: async () => shelf.bytes,
    write: async (bytes: Uint8Array) => {
      shelf.bytes = bytes
    },
  }
  return shelf
}

describe('training', () => {
  it('learns: the held-out loss falls, and the curves say so', async () => {
    const plan = microPlan({
      batch: { steps: 300, sequences: 16, length: 12 },
      watch: { every: 100, sequences: 20 },
    })
    const { trained, seen } = await run({ plan })
    const { heldOut, training, tokens, l0 } = trained.record
    expect(heldOut.step).toEqual([100, 200, 300])
    expect(heldOut.loss.at(-1)).toBeLessThan(1.6) // chance is ln 11 = 2.4
    expect(training.step.at(-1)).toBe(300)
    expect(training.loss[0]).toBeGreaterThan(2.2)
    expect(tokens).toBe(300 * 16 * 12)
    expect(seen).toHaveLength(300)
    expect(seen.at(-1)).toMatchObject({
      step: 300,
      steps: 300,
      heldOutLoss: heldOut.loss.at(-1),
      l0,
      secondsLeft: 0,
    })
    expect(seen.at(-1)!.tokensPerSecond).toBeGreaterThan(0)
  }, 60_000)

  it('ends with exactly the weights that the plan leaves in each matrix, and none fewer in a neuron', async () => {
    const { trained } = await run()
    for (const { name, parameters, nonzeros } of trained.record.counts) {
      if (/(c_attn|c_fc|c_proj|wte|lm_head)\.weight$/.test(name)) expect(nonzeros).toBe(parameters / 2)
      else if (/wpe|final_logits_bias/.test(name)) expect(nonzeros).toBe(0)
      else if (!/bias|sink/.test(name)) expect(nonzeros).toBe(parameters)
    }
    const rows = trained.model.tensors.find(({ name }) => name === 'transformer.h.0.mlp.c_fc.weight')!
    const values = new Float32Array(rows.bytes.slice().buffer)
    for (let row = 0; row < 12; row++)
      expect(
        values.subarray(row * 8, (row + 1) * 8).filter((value) => value !== 0).length,
      ).toBeGreaterThanOrEqual(2)
  })

  it('removes nothing of the dense twin', async () => {
    const { trained } = await run({ plan: denseTwin(microPlan()) })
    const { counts } = trained.record
    for (const { name, parameters, nonzeros } of counts)
      if (/(c_attn|c_fc|c_proj|wte|lm_head)\.weight$/.test(name)) expect(nonzeros).toBe(parameters)
  })

  it('gives the same weights from the same seed, others from another', async () => {
    const first = await run()
    expect(bytesOf((await run()).trained)).toEqual(bytesOf(first.trained))
    const other = await run({ plan: { ...microPlan(), seed: 4 } })
    expect(bytesOf(other.trained)).not.toEqual(bytesOf(first.trained))
    expect(first.trained.record.planHash).toBe(planHash(microPlan()))
  })

  it('leaves no tensor behind, finished or stopped', async () => {
    await run()
    await expectNoTensorLeak(() => run())
    await expectNoTensorLeak(() => run({ stopAt: 3 }).catch(() => null))
  })

  it('takes a weight that is held at zero for what it is: positions that are none', async () => {
    const { trained } = await run()
    const positions = trained.model.tensors.find(({ name }) => name === 'transformer.wpe.weight')!
    expect(positions.bytes.every((byte) => byte === 0)).toBe(true)
  })

  it('refuses to go on once the loss is no number', async () => {
    const wasm = await openBackend('wasm', { native: null })
    const crossEntropy: Backend['kernels']['crossEntropy'] = (logits, targets) => {
      const { dLogits } = wasm.kernels.crossEntropy(logits, targets)
      return { loss: tf.tensor1d([Number.NaN]), dLogits }
    }
    const broken = { ...wasm, kernels: { ...wasm.kernels, crossEntropy } }
    const refused = run({ backend: broken })
    await expect(refused).rejects.toMatchObject({ code: 'NOT_MEANINGFUL', path: 'optimiser.peakRate' })
  })
})

describe('a run that was stopped', () => {
  it('goes on to the same model as an unbroken one, on every back end', async () => {
    for (const backend of await presentBackends()) {
      const whole = await run({ backend })
      const shelf = memoryShelf()
      await expect(run({ backend, checkpoints: shelf, stopAt: 7 })).rejects.toMatchObject({
        code: 'CANCELLED',
      })
      expect(decodeCheckpoint(shelf.bytes!, parametersOf(whole.trained)).state.step).toBe(7)
      const rest = await run({ backend, checkpoints: shelf })
      expect(rest.seen.map(({ step }) => step)).toEqual([8, 9, 10, 11, 12])
      expect(bytesOf(rest.trained)).toEqual(bytesOf(whole.trained))
      const { training, heldOut, resumedAt } = rest.trained.record
      expect({ training, heldOut }).toEqual({
        training: whole.trained.record.training,
        heldOut: whole.trained.record.heldOut,
      })
      expect(resumedAt).toEqual([7])
    }
  }, 120_000)

  it('was killed: it goes on from the checkpoint before', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'circuitql-checkpoint-'))
    try {
      const file = checkpointFile(join(folder, 'checkpoint.bin'))
      expect(await file.read()).toBeNull()
      let kept: Uint8Array | null = null
      const killed: CheckpointShelf = {
        read: file.read,
        write: async (bytes) => {
          if (kept !== null) throw new Error('killed')
          kept = bytes
          await file.write(bytes)
        },
      }
      await expect(run({ checkpoints: killed })).rejects.toThrow('killed')
      expect(readdirSync(folder)).toEqual(['checkpoint.bin'])
      expect(readFileSync(join(folder, 'checkpoint.bin')).equals(kept!)).toBe(true)
      const rest = await run({ checkpoints: file })
      expect(rest.seen[0]!.step).toBe(6)
      expect(bytesOf(rest.trained)).toEqual(bytesOf((await run()).trained))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is refused with another plan, another text or another back end', async () => {
    const shelf = memoryShelf()
    await expect(run({ checkpoints: shelf, stopAt: 2 })).rejects.toMatchObject({ code: 'CANCELLED' })
    const cpu = await openBackend('cpu', { native: null })
    for (const [asked, word] of [
      [{ plan: { ...microPlan(), seed: 9 } }, 'plan'],
      [{ text: { ...source, name: 'other@1' } }, 'text'],
      [{ backend: cpu }, 'back end'],
    ] as const) {
      const refused = run({ ...asked, checkpoints: shelf })
      await expect(refused).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining(word),
      })
    }
  })

  it('is refused where the file is cut short or is something else', async () => {
    const shelf = memoryShelf()
    await run({ checkpoints: shelf })
    const whole = shelf.bytes!
    for (const bytes of [
      whole.subarray(0, whole.length - 1),
      new Uint8Array(0),
      Buffer.from('{}\n'),
      whole.subarray(1),
    ]) {
      const refused = run({ checkpoints: { read: async () => bytes, write: async () => {} } })
      await expect(refused).rejects.toMatchObject({ code: 'BAD_FILE' })
    }
  })
})

describe('the export', () => {
  const plans: readonly [string, TrainingPlan][] = [
    ['the released recipe', microPlan({ batch: { steps: 60 } })],
    ['concatenated positions', microPlan({ model: { positions: 'CONCATENATED', positionWidth: 4 } })],
    ['no AbsTopK', microPlan({ model: { afrac: null } })],
  ]

  it.each(plans)(
    'of %s comes back from the released layout and has the same loss in the executor',
    async (_, plan) => {
      const { trained } = await run({ plan })
      const files = writeSparseModel(trained.model).map(({ name, bytes }) => bytesFile(name, bytes))
      const { data } = await readSparseModel(files)
      expect(data.id).toBe(trained.model.id)
      expect(data.vocabulary).toEqual(source.vocabulary)
      expect(data.referenceSet!.sequences).toHaveLength(4)
      const wanted = trained.record.heldOut.loss.at(-1)!
      expect(Math.abs((await executorLoss(data, plan)) - wanted)).toBeLessThan(1e-5)
    },
  )
})

const parametersOf = ({ record }: TrainedModel) =>
  record.counts.reduce((sum, { parameters }) => sum + parameters, 0)

/** Held-out cross-entropy by the sparse executor, nats per token. */
async function executorLoss(data: SparseModelData, { watch, batch }: TrainingPlan): Promise<number> {
  const runner = new EngineRunner({ load: async () => data, maxModels: 1 })
  const { length } = batch
  const tokens = source.heldOut(watch.sequences, length + 1)
  const gates = { norms: 'LIVE', attention: 'LIVE', topK: 'LIVE' } as const
  let sum = 0
  for (let s = 0; s < watch.sequences; s++) {
    const row = [...tokens.subarray(s * (length + 1), (s + 1) * (length + 1))]
    const answer = await runner.run(
      {
        modelId: data.id,
        tokens: row.slice(0, length),
        background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
        gates,
        record: [],
        edits: [],
        measure: null,
        generate: null,
      },
      { signal: new AbortController().signal },
    )
    for (let t = 0; t < length; t++) {
      const scores = [...answer.logits.subarray(t * 11, (t + 1) * 11)]
      const peak = Math.max(...scores)
      sum +=
        Math.log(scores.reduce((all, score) => all + Math.exp(score - peak), 0)) + peak - scores[row[t + 1]!]!
    }
  }
  return sum / (watch.sequences * length)
}
