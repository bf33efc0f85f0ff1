/** Training in a thread: the same model as in this one, heard while it works, stopped when asked. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runTraining } from '../../../src/compose/run-training.js'
import { ThreadTrainer } from '../../../src/compose/thread-trainer.js'
import type { OpenText } from '../../../src/compose/training-texts.js'
import type { TrainedModel } from '../../../src/domain/training/trained-model.js'
import type { TrainingProgress } from '../../../src/domain/training/training-record.js'
import { microPlan } from '../../support/micro-plan.js'
import { toyText } from '../../support/toy-text.js'

const PLACES = { native: null }
const texts: ReadonlyMap<string, OpenText> = new Map([['toy', (_: unknown, seed: number) => toyText(seed)]])
const trainer = new ThreadTrainer(PLACES, pathToFileURL(join(__dirname, '../../support/training-thread.cjs')))
const bytesOf = ({ model }: TrainedModel) =>
  model.tensors.map(({ bytes }) => Buffer.from(bytes).toString('hex'))
const never = new AbortController().signal

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'circuitql-trainer-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a training thread', () => {
  it('makes the model that this thread makes, and says how far it is', async () => {
    const request = { plan: microPlan(), backend: 'wasm', checkpoint: null } as const
    const seen: TrainingProgress[] = []
    const there = await trainer.train(request, {
      signal: never,
      onProgress: (progress) => seen.push(progress),
    })
    const here = await runTraining(request, { signal: never }, PLACES, texts)
    expect(bytesOf(there)).toEqual(bytesOf(here))
    expect(there.model.id).toBe(here.model.id)
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
    expect(there.record.device).toMatchObject({
      backend: 'wasm',
      device: expect.stringContaining('WebAssembly'),
    })
  }, 60_000)

  it('stops soon after the signal, leaves a checkpoint, and goes on from it with the back end it began with', async () => {
    const plan = microPlan({ batch: { steps: 400 } })
    const request = { plan, backend: 'cpu', checkpoint: join(folder, 'checkpoint.bin') } as const
    const abort = new AbortController()
    const onProgress = ({ step }: TrainingProgress): void => {
      if (step === 3) abort.abort()
    }
    await expect(trainer.train(request, { signal: abort.signal, onProgress })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
    expect(readdirSync(folder)).toEqual(['checkpoint.bin'])
    const seen: number[] = []
    const rest = await trainer.train(
      { ...request, backend: 'fastest' },
      { signal: never, onProgress: ({ step }) => void seen.push(step) },
    )
    expect(seen[0]).toBeGreaterThan(3)
    expect(rest.record.resumedAt).toEqual([seen[0]! - 1])
    expect(rest.record.device.backend).toBe('cpu')
  }, 60_000)

  it('does not begin for one who has gone already', async () => {
    const request = { plan: microPlan(), backend: 'wasm', checkpoint: null } as const
    await expect(trainer.train(request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  })

  it('tells refusals as this thread would', async () => {
    const plan = { ...microPlan(), text: { name: 'nothing', options: {} } }
    const unknown = { plan, backend: 'wasm', checkpoint: null } as const
    await expect(trainer.train(unknown, { signal: never })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      name: 'NotFound',
      message: 'there is no text "nothing" to train on',
      path: 'text.name',
    })
    const absent = { plan: microPlan(), backend: 'webgpu', checkpoint: null } as const
    await expect(trainer.train(absent, { signal: never })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  }, 60_000)

  it('takes one of the back ends that are there where the fastest is asked for', async () => {
    const { record } = await runTraining(
      { plan: microPlan(), backend: 'fastest', checkpoint: null },
      { signal: never },
      PLACES,
      texts,
    )
    expect(['wasm', 'cpu']).toContain(record.device.backend)
  }, 60_000)
})
