/** Tasks of Python text asked of a model with a byte-pair tokenizer, through the schema. */
import { bytesFile } from '../../src/formats/source-file.js'
import { writeSparseModel } from '../../src/formats/sparse-release/write-sparse-model.js'
import { checkTask } from '../../src/model/tasks/check-task.js'
import { taskOfPairs } from '../../src/model/tasks/paired-task.js'
import { withAs } from '../../src/model/tasks/python/with-as.js'
import { openHouse, type TestHouse } from '../support/house.js'
import { microConfig, randomModel } from '../support/micro-model.js'
import { PYTHON_TOKENIZER_JSON, pythonTokenizer } from '../support/python-tokenizer.js'

interface Listed {
  readonly name: string
  readonly version: string
  readonly language: string | null
  readonly train: number
  readonly heldOut: number
  readonly test: number
}

describe('tasks over Python', () => {
  let house: TestHouse
  let modelId: string
  beforeAll(async () => {
    house = await openHouse()
    const model = {
      ...randomModel(microConfig({ vocab_size: 2048, block_size: 64 }), 3),
      vocabulary: pythonTokenizer().vocabulary,
      tokenizer: PYTHON_TOKENIZER_JSON,
    }
    modelId = await imported(model)
  }, 60_000)
  afterAll(() => house.close())

  async function imported(model: Parameters<typeof writeSparseModel>[0]): Promise<string> {
    const files = writeSparseModel(model).map(({ name, bytes }) => bytesFile(name, bytes))
    const uploaded = []
    for (const file of files) {
      const sha256 = await file.sha256()
      await house.house.putArtefact(sha256, file.stream())
      uploaded.push({ sha256, fileName: file.name })
    }
    const { importFiles } = await house.ask<{ importFiles: { job: { id: string } } }>(
      `mutation($files: [UploadedFile!]!) { importFiles(input: { files: $files }) { ... on ImportFilesPayload { job { id } } } }`,
      { files: uploaded },
    )
    for (;;) {
      const { job } = await house.ask<{
        job: { state: string; models: { id: string }[]; problem: { message: string } | null }
      }>(`query($id: ID!) { job(id: $id) { state problem { message } models { id } } }`, {
        id: importFiles.job.id,
      })
      if (job.state === 'SUCCEEDED') return job.models[0]!.id
      if (job.problem !== null) throw new Error(job.problem.message)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('are listed by language, with the sizes of their three splits', async () => {
    const { tasks } = await house.ask<{ tasks: { nodes: Listed[] } }>(
      `{ tasks(language: SMALL_PYTHON, first: 50) { nodes { name version language train heldOut test } } }`,
    )
    expect(tasks.nodes.length).toBeGreaterThanOrEqual(8)
    for (const { name, language, train, heldOut, test } of tasks.nodes) {
      expect([name.slice(0, 13), language]).toEqual(['small-python/', 'SMALL_PYTHON'])
      expect(Math.min(train, heldOut, test)).toBeGreaterThan(30)
    }
  })

  it.each([
    ['single_double_quote', 'single_double_quote', '2'],
    ['python/single_double_quote', 'single_double_quote', '2'],
    ['single_double_quote@1', 'single_double_quote', '1'],
    ['python/single_double_quote@1', 'single_double_quote', '1'],
    ['small-python/single_double_quote', 'small-python/single_double_quote', '1'],
  ])('are found by name and language: %s', async (asked, name, version) => {
    const { task } = await house.ask<{ task: Listed }>(`{ task(ref: { name: "${asked}" }) { name version } }`)
    expect(task).toEqual({ name, version })
  })

  it('give the parts of their prompts in characters', async () => {
    const { task } = await house.ask<{
      task: {
        examples: {
          nodes: {
            clean: string
            spans: { name: string; clean: { start: number; end: number } }[]
          }[]
        }
      }
    }>(
      `{ task(ref: { name: "with_as" }) { examples(split: HELD_OUT, first: 5) { nodes { clean spans { name clean { start end } } } } } }`,
    )
    for (const { clean, spans } of task.examples.nodes) {
      const [{ name, clean: place }] = spans as [(typeof spans)[0]]
      expect(name).toBe('keyword')
      expect(['with', 'return']).toContain(clean.slice(place.start, place.end))
    }
  })

  it('are asked of a model by its merges, and their roles stand at its tokens', async () => {
    const ablated = async (positions: string): Promise<number[]> => {
      const { model } = await house.ask<{
        model: { ablate: { message?: string; readings: { ablated: number }[] } }
      }>(
        `query($id: ID!) { model(ref: { id: $id }) { ablate(input: {
          target: { nodes: { addresses: ["0.attn.act_in[0]", "0.attn.act_in[1]", "0.attn.act_in[2]"] } } sides: CLEAN
          metrics: [{ preset: LOGIT_DIFFERENCE }] positions: ${positions}
          on: { task: { ref: { name: "with_as" }, split: TEST, first: 1 } } }) {
          ... on Problem { message } ... on AblationAnswer { readings { ablated } } } } }`,
        { id: modelId },
      )
      const { ablate } = model
      if (ablate.message !== undefined) throw new Error(ablate.message)
      return ablate.readings.map(({ ablated }) => ablated)
    }
    const task = taskOfPairs(withAs)
    const first = checkTask(task, pythonTokenizer()).examples.find(({ split }) => split === 'TEST')!
    const [position] = first.roles.clean['keyword']!
    const byRole = await ablated('{ role: "keyword" }')
    expect(byRole).toEqual(await ablated(`{ indices: [${position}] }`))
    expect(byRole).not.toEqual(await ablated(`{ indices: [${position! + 1}] }`))
  })

  it('that are held out in their details have constants fitted on TRAIN', async () => {
    const { model } = await house.ask<{
      model: { ablate: { replacements: { reference: { origin: string } }[] } }
    }>(
      `query($id: ID!) { model(ref: { id: $id }) { ablate(input: {
        target: { nodes: { addresses: ["0.attn.act_in[0]"] } } metrics: [{ preset: TASK_LOSS }]
        replacements: [{ preset: OPTIMAL_CONSTANT }]
        on: { task: { ref: { name: "with_as" }, split: HELD_OUT, first: 2 } } }) {
        ... on AblationAnswer { replacements { reference { origin } } } } } }`,
      { id: modelId },
    )
    expect(model.ablate.replacements.map(({ reference }) => reference.origin)).toEqual([
      'the TRAIN examples of the task',
    ])
  })
})
