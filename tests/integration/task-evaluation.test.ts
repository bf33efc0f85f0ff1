/** `Task.evaluate` through the schema: how models and circuits do on a task, against ablation and against hand arithmetic. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHouse, type TestHouse } from '../support/house.js'

interface Reading {
  readonly loss: number | null
  readonly difference: number | null
  readonly accuracy: number | null
}
interface Evaluation extends Reading {
  readonly code?: string
  readonly message?: string
  readonly path?: string
  readonly basis: string
  readonly level: string
  readonly provenance: {
    readonly question: string
    readonly modelId: string
    readonly referenceSetId: string | null
  }
  readonly execution: { readonly evaluations: number }
  readonly reason: string | null
  readonly split: string
  readonly lossInterval: { readonly lower: number; readonly upper: number } | null
  readonly replacement: { readonly name: string; readonly fits: readonly unknown[] } | null
  readonly dataSet: { readonly examples: number; readonly prompts: number }
  readonly sides: readonly (Reading & { readonly side: string })[]
  readonly templates: readonly (Reading & { readonly template: string; readonly examples: number })[]
}

const READING = 'loss difference accuracy'
const CIRCUIT = '{ circuit: { name: "string-closing" } }'

describe('a task evaluates a graph', () => {
  let house: TestHouse
  let modelId: string
  beforeAll(async () => {
    house = await openHouse({}, true)
    const { circuit } = await house.ask<{ circuit: { model: { sparseModel: { id: string } } } }>(
      '{ circuit(ref: { name: "string-closing" }) { model { sparseModel { id } } } }',
    )
    modelId = circuit.model.sparseModel.id
  }, 60_000)
  afterAll(() => house.close())

  const evaluate = async (graph: string, more = '', task = 'string-closing'): Promise<Evaluation> => {
    const found = await house.ask<{ task: { evaluate: Evaluation } }>(
      `{ task(ref: { name: "${task}" }) { evaluate(graph: ${graph} ${more}) { ... on Problem { code message path }
        ... on TaskEvaluation { basis level provenance { question modelId referenceSetId } execution { evaluations }
          ${READING} reason split lossInterval { lower upper } replacement { name fits { of } } dataSet { examples prompts }
          sides { side ${READING} } templates { template examples ${READING} } } } } }`,
    )
    return found.task.evaluate
  }
  /** The same by ablation: the circuit kept alone. */
  const kept = async (
    on: string,
  ): Promise<{ ablated: number; sides: { side: string; ablated: number }[] }[]> =>
    (
      await house.ask<{ circuit: { ablate: { readings: never } } }>(
        `{ circuit(ref: { name: "string-closing" }) { ablate(input: { target: { nodes: { where: {} } } mode: KEEP_ONLY background: MODEL
          replacements: [{ preset: MEAN }] metrics: [{ preset: TASK_LOSS }, { preset: LOGIT_DIFFERENCE }, { preset: ACCURACY }] on: ${on} }) {
          ... on AblationAnswer { readings { ablated sides { side ablated } } } } } }`,
      )
    ).circuit.ablate.readings

  it('as the circuit kept alone does: together, by side and by template', async () => {
    const answer = await evaluate(CIRCUIT)
    expect(answer).toMatchObject({
      basis: 'MEASURED_RUN',
      level: 'WEIGHTS',
      split: 'TEST',
      reason: null,
      replacement: { name: 'MEAN', fits: [] },
      dataSet: { examples: 44, prompts: 88 },
    })
    expect(answer.provenance.referenceSetId).not.toBeNull()
    expect(answer.execution.evaluations).toBeGreaterThan(0)
    const on = (split: string) => `{ task: { ref: { name: "string-closing" }, split: ${split} } }`
    const [loss, difference, accuracy] = await kept(on('TEST'))
    expect(answer).toMatchObject({
      loss: loss!.ablated,
      difference: difference!.ablated,
      accuracy: accuracy!.ablated,
    })
    expect(answer.sides.map(({ side }) => side)).toEqual(['CLEAN', 'CORRUPT'])
    for (const [i, side] of answer.sides.entries()) {
      expect(side.loss).toBe(loss!.sides[i]!.ablated)
      expect(side.difference).toBe(difference!.sides[i]!.ablated)
      expect(side.accuracy).toBe(accuracy!.sides[i]!.ablated)
    }
    expect(answer.lossInterval!.lower).toBeLessThanOrEqual(answer.loss!)
    expect(answer.lossInterval!.upper).toBeGreaterThanOrEqual(answer.loss!)

    const { task } = await house.ask<{
      task: { examples: { nodes: { clean: string; corrupt: string; template: string }[] } }
    }>(
      '{ task(ref: { name: "string-closing" }) { examples(split: TEST, first: 100) { nodes { clean corrupt template } } } }',
    )
    const examples = task.examples.nodes
    expect(answer.templates.map(({ template }) => template)).toEqual([
      ...new Set(examples.map(({ template }) => template)),
    ])
    expect(answer.templates.reduce((sum, { examples: own }) => sum + own, 0)).toBe(44)
    const { template, difference: own } = answer.templates[1]!
    const pairs = examples
      .filter((example) => example.template === template)
      .map((e) => {
        const right = e.clean.includes('"') ? 0 : 1
        return `{ clean: { text: ${JSON.stringify(e.clean)} }, corrupt: { text: ${JSON.stringify(e.corrupt)} }, target: ${right}, alternative: ${1 - right} }`
      })
    expect((await kept(`{ pairs: [${pairs.join()}] }`))[1]!.ablated).toBeCloseTo(own!, 12)
  })

  it('a model as it is, whatever would replace it', async () => {
    const model = await evaluate(`{ model: { id: "${modelId}" } }`)
    expect(model.replacement).toBeNull()
    expect(model.provenance.question).not.toContain('replacement')
    expect(model.accuracy).toBe(1)
    const again = await evaluate(`{ model: { id: "${modelId}" } }`, 'replacement: { preset: ZERO }')
    expect({ ...again, execution: null }).toEqual({ ...model, execution: null })
  })

  it('a circuit without its v says nothing of the quote: ln 2 and 0', async () => {
    const { circuit } = await house.ask<{ circuit: { select: { id: string } } }>(
      '{ circuit(ref: { name: "string-closing" }) { select(expression: { nodes: { NOT: { tap: { eq: V } } } }) { id } } }',
    )
    const answer = await evaluate(
      `{ subcircuit: "${circuit.select.id}" }`,
      'replacement: { preset: ZERO } split: ALL first: 10',
    )
    expect(answer).toMatchObject({
      split: 'ALL',
      dataSet: { examples: 10, prompts: 20 },
      replacement: { name: 'ZERO' },
    })
    expect(answer.loss).toBeCloseTo(Math.LN2, 12)
    expect(answer.difference).toBeCloseTo(0, 12)
  })

  it('measures the clean side alone where examples have one answer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'circuitql-task-'))
    const lines = [
      { task: { name: 'one-answer', version: '1', description: 'what comes next' } },
      { clean: 'x=("ab', corrupt: "x=('ab", target: '"', template: 'ab', split: 'test' },
      { clean: 'x=("cd', corrupt: "x=('cd", target: '"', template: 'cd', split: 'test' },
    ]
    const path = join(folder, 'one-answer.jsonl')
    await writeFile(path, lines.map((line) => JSON.stringify(line)).join('\n'))
    await house.importFile(path)
    await rm(folder, { recursive: true })
    const answer = await evaluate(CIRCUIT, '', 'one-answer')
    expect(answer.sides.map(({ side }) => side)).toEqual(['CLEAN'])
    expect(answer).toMatchObject({
      difference: null,
      reason: 'a logit difference needs two answers, and an example of the task has one',
      dataSet: { examples: 2, prompts: 2 },
    })
    expect(answer.loss).toBeGreaterThan(0)
  })

  it('refuses with a typed problem', async () => {
    expect(await evaluate('{ circuit: { name: "attribution-example" } }')).toMatchObject({
      code: 'MODEL_NOT_AT_HAND',
    })
    expect(await evaluate('{ circuit: { name: "nowhere" } }')).toMatchObject({ code: 'NOT_FOUND' })
    expect(await evaluate(CIRCUIT, 'first: 0')).toMatchObject({ code: 'BAD_INPUT', path: 'first' })
    expect(await evaluate(CIRCUIT, 'replacement: { preset: OPTIMAL_CONSTANT }')).toMatchObject({
      code: 'NOT_MEANINGFUL',
    })
    // Characters that this model has no token for.
    expect(await evaluate(CIRCUIT, '', 'single_double_quote')).toMatchObject({ code: 'BAD_INPUT' })
  })
})
