/** Questions as jobs: progress, rows that stream, the answer at the end, and stopping, through the schema. */
import { openHouse, type TestHouse } from '../support/house.js'

const DOUBLE = '[4, 5, 2, 0, 6, 7, 8, 9, 10, 11]'
const ABLATE = `ablate: {
  target: { nodes: { where: {} } } background: MODEL sweep: { preset: EACH_NODE }
  on: { prompts: [{ prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }] } metrics: [{ preset: LOGIT_DIFFERENCE }] }`

/** One wrong answer among the pairs, so that a fit has something to weigh. */
const FITTED = `background: MODEL replacements: [{ preset: OPTIMAL_CONSTANT }] metrics: [{ preset: TASK_LOSS }]
  on: { prompts: [{ prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }, { prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }] }
  train: { prompts: [{ prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }, { prompt: { tokens: ${DOUBLE} }, target: 1, alternative: 0 }, { prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }] }`
const PATHS =
  '[["0.attn.act_in[1]", "0.attn.v[0]", "0.attn.resid_delta[2]"], ["0.attn.v[0]", "0.attn.resid_delta[2]"]]'
const PATH_DATA = `background: MODEL replacements: [{ preset: ZERO }, { value: 1 }] metrics: [{ preset: LOGIT_DIFFERENCE }]
  on: { task: { ref: { name: "string-closing" } split: ALL first: 1000 } }`

interface Started {
  readonly startQuestion: {
    readonly code?: string
    readonly message?: string
    readonly job?: { readonly id: string }
  }
}
interface Job {
  readonly job: {
    readonly state: string
    readonly kind: string
    readonly progress: { readonly done: number; readonly total: number; readonly unit: string }
    readonly problem: { readonly code: string } | null
    readonly answer: {
      readonly __typename: string
      readonly rows?: {
        readonly totalCount: number
        readonly nodes: readonly {
          readonly label: string
          readonly readings: readonly { readonly ablated: number }[]
        }[]
      }
      readonly sentence?: string
      readonly dataSet?: { readonly prompts: number }
      readonly check?: { readonly rows: readonly unknown[] }
    } | null
  }
}

describe('a long question', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  const start = (question: string, circuit = 'string-closing', more = '') =>
    house.ask<Started>(
      `mutation { startQuestion(input: { graph: { circuit: { name: "${circuit}" } } question: { ${question} } ${more} }) {
        ... on StartQuestionPayload { job { id } } ... on Problem { code message } } }`,
    )
  const read = (id: string) =>
    house.ask<Job>(
      `query($id: ID!) { job(id: $id) { state kind progress { done total unit } problem { code } answer {
        __typename
        ... on AblationAnswer { rows(first: 100) { totalCount nodes { label readings { ablated } } } }
        ... on AttributionAnswer { check(top: 1, sample: 0) { ... on AttributionCheck { rows { label } } } }
        ... on FaithfulnessAnswer { sentence } ... on TaskEvaluation { loss sides { side loss } dataSet { prompts } } } } }`,
      { id },
    )
  async function finished(id: string): Promise<Job['job']> {
    for (;;) {
      const { job } = await read(id)
      if (!['QUEUED', 'RUNNING'].includes(job.state)) return job
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('runs as a job and keeps its answer', async () => {
    const { startQuestion } = await start(ABLATE)
    const job = await finished(startQuestion.job!.id)
    expect(job).toMatchObject({ state: 'SUCCEEDED', kind: 'QUESTION', progress: { unit: 'runs' } })
    expect(job.progress.done).toBe(job.progress.total)
    expect(job.answer).toMatchObject({ __typename: 'AblationAnswer', rows: { totalCount: 6 } })
  })

  it('streams its rows, each once, in the order of the answer', async () => {
    const { startQuestion } = await start(`${ABLATE.replace('EACH_NODE', 'EACH_PAIR')}`)
    const pairs = await finished(startQuestion.job!.id)
    expect(pairs.answer!.rows!.totalCount).toBe(15)
    const many = await start(ABLATE)
    const id = many.startQuestion.job!.id
    const rows: string[] = []
    let last = ''
    for await (const event of house.house.jobEvents(
      id.slice('job:'.length),
      null,
      new AbortController().signal,
    )) {
      rows.push(...event.rows.map(({ label }) => label))
      last = event.job.state
    }
    expect(last).toBe('SUCCEEDED')
    const { answer } = await finished(id)
    expect(rows).toEqual(answer!.rows!.nodes.map(({ label }) => label))
    // Somebody who comes back later gets what came since.
    const again: string[] = []
    for await (const event of house.house.jobEvents(id.slice('job:'.length), 1, new AbortController().signal))
      again.push(...event.rows.map(({ label }) => label))
    expect(again).toEqual(rows)
  })

  it('may be an attribution, with its check, or a test of faithfulness', async () => {
    const attribute = await start(
      `attribute: { metric: { preset: LOGIT_DIFFERENCE } method: { preset: GRADIENT_TIMES_ACTIVATION }
        on: { prompts: [{ prompt: { tokens: ${DOUBLE} }, target: 0, alternative: 1 }] } }`,
    )
    const scored = await finished(attribute.startQuestion.job!.id)
    expect(scored.answer!.check!.rows).toHaveLength(1)
    const faithful = await finished((await start('faithfulness: {}')).startQuestion.job!.id)
    expect(faithful.answer!.sentence).toContain('keeps 100 % of the behaviour')
  })

  it('may be an evaluation of a task, with the numbers of Task.evaluate and runs that are counted', async () => {
    const { startQuestion } = await start(
      'evaluate: { task: { name: "string-closing" } split: ALL first: 1000 replacement: { preset: ZERO } }',
    )
    const done: number[] = []
    const id = startQuestion.job!.id
    for await (const { job } of house.house.jobEvents(
      id.slice('job:'.length),
      null,
      new AbortController().signal,
    ))
      if (job.progress.total !== null) done.push(job.progress.done)
    const job = await finished(id)
    expect(job).toMatchObject({ state: 'SUCCEEDED', kind: 'QUESTION', progress: { unit: 'runs' } })
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect(job.progress.total).toBe(job.answer!.dataSet!.prompts)
    expect(job.progress.done).toBe(job.progress.total)
    const { task } = await house.ask<{ task: { evaluate: object } }>(
      `{ task(ref: { name: "string-closing" }) { evaluate(
        graph: { circuit: { name: "string-closing" } } split: ALL first: 1000 replacement: { preset: ZERO }) {
          __typename ... on TaskEvaluation { loss sides { side loss } dataSet { prompts } } } } }`,
    )
    expect(job.answer).toEqual(task.evaluate)
    const unknown = await start('evaluate: { task: { name: "nothing" } }')
    expect(unknown.startQuestion).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('that evaluates a task stops when it is cancelled under way', async () => {
    const leaving = new AbortController()
    const circuit = (await house.house.resolveCircuit({ kind: 'name', name: 'string-closing' }))!
    const open = await house.house.openCircuit(circuit.id, { signal: leaving.signal })
    const { id } = (await house.house.resolveTask({ kind: 'name', name: 'string-closing' }))!
    const replacement = { kind: 'preset', preset: 'ZERO' } as const
    const answer = house.house.evaluateTask(
      open,
      { task: id, split: 'ALL', first: 1000, replacement },
      { signal: leaving.signal, onProgress: () => leaving.abort() },
    )
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
  })

  it.each([
    ['faithfulness: { controls: true, randomDraws: 5 }', 'controls of size'],
    ['faithfulness: { randomDraws: 5 }', 'adversarial subset'],
    [`ablate: { target: { nodes: { where: {} } } ${FITTED} sweep: { preset: EACH_NODE } }`, 'ablations'],
    [`ablate: { target: { paths: ${PATHS} } ${PATH_DATA} sweep: { preset: EACH_PATH } }`, 'paths, value(1)'],
  ])('of several stages, {%s}, counts them all toward one total', async (question, lastStage) => {
    const { startQuestion } = await start(question)
    const seen: { done: number; total: number | null; stage?: string }[] = []
    const id = startQuestion.job!.id.slice('job:'.length)
    for await (const { job } of house.house.jobEvents(id, null, new AbortController().signal))
      if (job.state !== 'QUEUED' && job.progress.total !== null) seen.push(job.progress)
    expect(new Set(seen.map(({ total }) => total)).size).toBe(1)
    expect(seen.every(({ done }, i) => i === 0 || done >= seen[i - 1]!.done)).toBe(true)
    expect(seen.at(-1)!.done).toBe(seen.at(-1)!.total)
    const stages = [...new Set(seen.map(({ stage }) => stage))]
    // Whoever watches sees the latest state, so that a short stage may pass unseen.
    expect(stages.length).toBeGreaterThan(question.startsWith('faithfulness') ? 2 : 1)
    expect(stages.at(-1)).toBe(lastStage)
    // Listed in the order in which they run: none comes back.
    expect(seen.map(({ stage }) => stages.indexOf(stage))).toEqual(
      seen.map(({ stage }) => stages.indexOf(stage)).sort((a, b) => a - b),
    )
    const { job } = await house.ask<{ job: { progress: { stage: string; message: string } } }>(
      'query($id: ID!) { job(id: $id) { progress { stage message } } }',
      { id: startQuestion.job!.id },
    )
    expect(job.progress.message).toBe(`running the model: ${job.progress.stage}`)
  })

  it('that fails says why, in the words of a direct answer', async () => {
    const { startQuestion } = await start(`${ABLATE.replace('background: MODEL', '')}`)
    expect(await finished(startQuestion.job!.id)).toMatchObject({
      state: 'FAILED',
      problem: { code: 'BAD_INPUT' },
    })
    expect((await start(ABLATE, 'nowhere')).startQuestion).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is started once per key', async () => {
    const [a, b] = [
      await start(ABLATE, 'string-closing', 'idempotencyKey: "k"'),
      await start(ABLATE, 'string-closing', 'idempotencyKey: "k"'),
    ]
    expect(a.startQuestion.job!.id).toBe(b.startQuestion.job!.id)
  })

  it('stops when it is cancelled', async () => {
    const { startQuestion } = await start('faithfulness: { randomDraws: 1000, controls: true }')
    const id = startQuestion.job!.id
    await house.ask(`mutation { cancelJob(input: { id: "${id}" }) { __typename } }`)
    expect(await finished(id)).toMatchObject({ state: 'CANCELLED', answer: null })
  })
})
