/** Questions about behaviour that cannot be answered: one problem each, which says what is wrong and where it stands. */
import { join } from 'node:path'
import { openHouse, type TestHouse } from '../support/house.js'

const EXAMPLE = { prompt: { text: 'x=("ab' }, target: 0, alternative: 1 }
const ON = { prompts: [EXAMPLE] }
const NODE = { nodes: { addresses: ['0.attn.v[0]'] } }

let house: TestHouse
beforeAll(async () => {
  house = await openHouse({}, true)
  await house.importFile(join(__dirname, '../../zoo/attribution-example/graph.json'))
})
afterAll(() => house.close())

interface Told {
  readonly code?: string
  readonly message?: string
  readonly path?: string | null
}

async function refusal(field: string, type: string, input: object, root = 'circuit'): Promise<Told> {
  const query = `query($input: ${type}!) {
    ${root}(ref: { name: "string-closing" }) { answer: ${field}(input: $input) { ... on Problem { code message path } } }
  }`
  const answer = await house.ask<Record<string, { answer: Told }>>(query, { input })
  return answer[root]!.answer
}

const ablation = (input: object): Promise<Told> =>
  refusal('ablate', 'AblationInput', {
    target: NODE,
    background: 'MODEL',
    metrics: [{ preset: 'LOGIT_DIFFERENCE' }],
    on: ON,
    ...input,
  })
const attribution = (input: object): Promise<Told> =>
  refusal('attribute', 'AttributionInput', {
    metric: { preset: 'LOGIT_DIFFERENCE' },
    method: { preset: 'GRADIENT_TIMES_ACTIVATION' },
    on: ON,
    ...input,
  })
const run = (input: object): Promise<Told> =>
  refusal('run', 'RunInput', { prompt: EXAMPLE.prompt, ...input }, 'model')
const changed = (input: object): Promise<Told> =>
  run({
    interventions: [
      { address: '0.attn.v[0]', change: { scale: 2 } },
      { change: { set: 0 }, ...input },
    ],
  })

describe('an ablation names where the value stands that it refuses', () => {
  it.each([
    [{ target: { nodes: { addresses: ['0.attn.v[0]', '9.attn.q[0]'] } } }, 'input.target.nodes.addresses[1]'],
    [{ target: { nodes: { addresses: ['garbage['] } } }, 'input.target.nodes.addresses[0]'],
    [{ target: { nodes: { tokens: [{ id: 1 }] } } }, 'input.target.nodes.tokens[0]'],
    [{ target: { nodes: { logits: [{ id: 1, text: 'x' }] } } }, 'input.target.nodes.logits[0]'],
    [{ target: { nodes: { supernode: 'nobody' } } }, 'input.target.nodes.supernode'],
    [{ target: { nodes: { where: { score: { name: 'nobody', gte: 1 } } } } }, 'input.target.nodes.where'],
    [{ target: { edges: { addresses: ['zzz'] } } }, 'input.target.edges.addresses[0]'],
    [{ target: { paths: [['zzz']] } }, 'input.target.paths[0]'],
    [{ target: { paths: [['0.attn.resid_delta[2]'], ['0.attn.v[0]']] } }, 'input.target.paths'],
    [
      { on: { prompts: [EXAMPLE, { prompt: { tokens: [1, 99999] } }] } },
      'input.on.prompts[1].prompt.tokens[1]',
    ],
    [{ on: { prompts: [{ prompt: { tokens: [] } }] } }, 'input.on.prompts[0].prompt'],
    [{ on: { prompts: [{ prompt: { text: '☃' } }] } }, 'input.on.prompts[0].prompt'],
    [{ on: { prompts: [{ prompt: { tokens: Array(999).fill(1) } }] } }, 'input.on.prompts[0].prompt'],
    [{ on: { prompts: [{ ...EXAMPLE, alternative: 0 }] } }, 'input.on.prompts[0].alternative'],
    [{ on: { prompts: [{ ...EXAMPLE, target: null }] } }, 'input.on.prompts[0].alternative'],
    [
      { on: { pairs: [{ clean: EXAMPLE.prompt, corrupt: EXAMPLE.prompt, target: 1, alternative: 1 }] } },
      'input.on.pairs[0].alternative',
    ],
    [{ on: { task: { ref: { name: 'nobody' } } } }, 'input.on.task.ref'],
    [{ metrics: [{ preset: 'KL_DIVERGENCE' }, { direction: 'zzz' }] }, 'input.metrics[1].direction'],
    [{ metrics: [{ direction: 'logit(5)' }] }, 'input.metrics[0].direction'],
    [{ metrics: [{ direction: 'logit(5)-logit(99999)' }] }, 'input.metrics[0].direction'],
    [{ metrics: [{ direction: 'logit(5)-logit(5)' }] }, 'input.metrics[0].direction'],
    [{ replacements: [{ preset: 'ZERO' }, { corrupt: false }] }, 'input.replacements[1]'],
    [
      { replacements: [{ preset: 'ZERO' }, { mean: { referenceSet: [[99999]] } }] },
      'input.replacements[1].mean.referenceSet[0][0]',
    ],
    [
      { replacements: [{ mean: { referenceSet: [Array(999).fill(1)] } }] },
      'input.replacements[0].mean.referenceSet[0]',
    ],
    [
      { sweep: { cumulative: { ranking: ['0.attn.v[0]', '0.attn.v[0]'] } } },
      'input.sweep.cumulative.ranking[1]',
    ],
    [{ sweep: { cumulative: { sizes: [] } } }, 'input.sweep.cumulative.sizes'],
  ])('%j', async (input, path) => {
    expect(await ablation(input)).toMatchObject({ path })
  })

  it('labels growing sets by the end of the ranking that they grow from', async () => {
    const query = `query($input: AblationInput!) { circuit(ref: { name: "string-closing" }) {
      ablate(input: $input) { ... on AblationAnswer { rows { nodes { label } } } }
    } }`
    const input = {
      target: { nodes: { addresses: ['0.attn.v[0]', '0.attn.resid_delta[2]'] } },
      background: 'MODEL',
      metrics: [{ preset: 'LOGIT_DIFFERENCE' }],
      on: ON,
      sweep: { cumulative: { order: 'LAST_TO_FIRST' } },
    }
    const answer = await house.ask<{
      circuit: { ablate: { rows: { nodes: readonly { label: string }[] } } }
    }>(query, { input })
    expect(answer.circuit.ablate.rows.nodes.map(({ label }) => label)).toEqual(['last 1', 'last 2'])
  })

  it('says before it runs anything that a metric has nothing to measure', async () => {
    const on = { prompts: [EXAMPLE, { prompt: { text: 'x=("ab' }, target: 0 }] }
    expect(await ablation({ on })).toEqual({
      code: 'BAD_INPUT',
      message: 'LOGIT_DIFFERENCE needs a target and an alternative, and prompt 1 has no alternative',
      path: 'input.metrics[0]',
    })
    const single = { prompts: [{ prompt: { tokens: [1] } }] }
    expect(await ablation({ on: single, metrics: [{ preset: 'TASK_LOSS' }] })).toMatchObject({
      message: 'TASK_LOSS needs a target, or a prompt of two tokens, and prompt 0 has neither',
    })
  })
})

describe('a graph without a model', () => {
  const asked = async (field: string): Promise<Told> => {
    const answer = await house.ask<{ circuit: { answer: Told } }>(
      `{ circuit(ref: { name: "attribution-example" }) { answer: ${field} { ... on Problem { code path } } } }`,
    )
    return answer.circuit.answer
  }

  it('is refused because it cannot be run, not because it names no task', async () => {
    expect(await asked('faithfulness(input: {})')).toMatchObject({ code: 'MODEL_NOT_AT_HAND' })
  })

  it.each([
    [
      'run(input: { interventions: [{ address: "feature(9/9)@9", change: { scale: 2 } }], allowEstimate: true })',
      'input.interventions[0]',
    ],
    [
      'run(input: { interventions: [{ nodes: { tokens: [{ id: 99999 }] }, change: { scale: 2 } }], allowEstimate: true })',
      'input.interventions[0].nodes.tokens[0]',
    ],
    [
      'run(input: { interventions: [{ address: "feature(2/3)@3", change: { scale: 2 } }], activations: ["zz"], allowEstimate: true })',
      'input.activations[0]',
    ],
    ['influence(on: [{ node: "zz", weight: 1 }])', 'on[0].node'],
    ['flow(from: { addresses: ["zz"] })', 'from.addresses[0]'],
    ['flow(via: { addresses: ["feature(9/9)@9"] })', 'via.addresses[0]'],
    ['paths(to: { supernode: "nobody" })', 'to.supernode'],
    [
      'attribute(input: { nodes: { addresses: [] }, metric: { direction: "logit(100)" }, method: { preset: GRADIENT_TIMES_ACTIVATION }, allowEstimate: true })',
      'input.nodes',
    ],
    [
      'ablate(input: { target: { nodes: { where: {} } }, metrics: [{ direction: "logit(999)" }], allowEstimate: true })',
      null,
    ],
  ])('names where the value stands that it refuses: %s', async (field, path) => {
    expect(await asked(field)).toMatchObject({ path: path ?? expect.any(String) })
  })
})

describe('an attribution names where the value stands that it refuses', () => {
  it.each([
    [{ nodes: { addresses: ['9.attn.q[0]'] } }, 'input.nodes.addresses[0]'],
    [{ nodes: { addresses: [] } }, 'input.nodes'],
    [{ nodes: { where: { layer: { gt: 99 } } } }, 'input.nodes'],
    [{ metric: { direction: 'zzz' } }, 'input.metric.direction'],
    [{ metric: { preset: 'ACCURACY' } }, 'input.metric'],
    [{ metric: { preset: 'KL_DIVERGENCE' } }, 'input.metric'],
    [{ on: { prompts: [{ prompt: { text: 'x=' } }] } }, 'input.metric'],
    [{ baseline: { corrupt: false } }, 'input.baseline'],
    [{ baseline: { corrupt: true } }, 'input.baseline'],
    [{ baseline: { preset: 'OPTIMAL_CONSTANT' } }, 'input.baseline'],
  ])('%j', async (input, path) => {
    expect(await attribution(input)).toMatchObject({ path })
  })
})

describe('a run names where the value stands that it refuses', () => {
  it.each([
    [{ prompt: { tokens: [99999] } }, 'input.prompt.tokens[0]'],
    [{ prompt: { tokens: [] } }, 'input.prompt'],
    [{ target: 0, alternative: 0 }, 'input.alternative'],
    [{ alternative: 0 }, 'input.alternative'],
    [{ activations: ['0.attn.v[0]', 'zzz'] }, 'input.activations[1]'],
    [{ activations: ['0.attn.v[999]'] }, 'input.activations[0]'],
    [{ activations: ['9.attn.v[0]'] }, 'input.activations[0]'],
    [{ activations: ['9.resid_in[0]'] }, 'input.activations[0]'],
    [{ generate: { length: 999 } }, 'input.generate.length'],
    [{ generate: { length: 1, temperature: -1 } }, 'input.generate.temperature'],
  ])('%j', async (input, path) => {
    expect(await run(input)).toMatchObject({ code: expect.stringMatching(/^BAD_/), path })
  })

  it.each([
    [{ address: 'zzz' }, 'input.interventions[1]'],
    [{ address: '0.attn.v[999]' }, 'input.interventions[1]'],
    [{ address: '9.attn.v[0]' }, 'input.interventions[1]'],
    [{ nodes: { where: { layer: { gt: 99 } } } }, 'input.interventions[1]'],
    [{ nodes: { addresses: [] } }, 'input.interventions[1]'],
    [{ address: '0.attn.v[0]', positions: { indices: [99] } }, 'input.interventions[1].positions'],
    [{ address: '0.attn.v[0]', positions: { role: 'nobody' } }, 'input.interventions[1].positions'],
    [{ address: '0.attn.v[0]', change: { clamp: { least: 2, most: 1 } } }, 'input.interventions[1].change'],
    [{ address: '0.attn.v[0]', change: { replacement: { corrupt: true } } }, 'input.interventions[1].change'],
  ])('an intervention: %j', async (input, path) => {
    expect(await changed(input)).toMatchObject({
      code: expect.stringMatching(/^BAD_/),
      path: expect.stringContaining(path),
    })
  })
})
