/** What an answer says of where its numbers come from. */
import { openHouse, type TestHouse } from '../support/house.js'

const ON = 'on: { prompts: [{ prompt: { text: "x=(\\"ab" }, target: 0, alternative: 1 }] }'
const TARGET = 'target: { nodes: { addresses: ["0.attn.v[0]"] } } background: MODEL'
const SEED = '{ provenance { seed } }'
const DRAWN = '{ dataset: { seed: 3 } }'
const WRITE = 'target: { paths: [["0.attn.resid_delta[2]"]] } background: MODEL'

let house: TestHouse
beforeAll(async () => {
  house = await openHouse({}, true)
})
afterAll(() => house.close())

async function answer<Answer>(field: string): Promise<Answer> {
  const found = await house.ask<{ circuit: { answer: Answer } }>(
    `{ circuit(ref: { name: "string-closing" }) { answer: ${field} } }`,
  )
  return found.circuit.answer
}

describe('provenance', () => {
  it.each([
    `ablate(input: { ${TARGET} replacements: [{ preset: ZERO }, ${DRAWN}] metrics: [{ preset: TASK_LOSS }] ${ON} }) { ... on AblationAnswer ${SEED} }`,
    `ablate(input: { ${WRITE} replacements: [${DRAWN}] metrics: [{ preset: TASK_LOSS }] ${ON} }) { ... on AblationAnswer ${SEED} }`,
    `attribute(input: { metric: { preset: TASK_LOSS } method: { preset: EXACT_ABLATION } baseline: ${DRAWN} ${ON} }) { ... on AttributionAnswer ${SEED} }`,
    `run(input: { prompt: { text: "x=(\\"ab" } replacement: ${DRAWN} }) { ... on RunAnswer ${SEED} }`,
    `run(input: { prompt: { text: "x=(\\"ab" } interventions: [{ address: "0.attn.v[0]", change: { replacement: ${DRAWN} } }] }) { ... on RunAnswer ${SEED} }`,
  ])('names the seed by which replacements were drawn: %s', async (field) => {
    expect(await answer(field)).toEqual({ provenance: { seed: 3 } })
  })

  it('names no seed where nothing is drawn', async () => {
    const field = `ablate(input: { ${TARGET} metrics: [{ preset: TASK_LOSS }] ${ON} }) { ... on AblationAnswer ${SEED} }`
    expect(await answer(field)).toEqual({ provenance: { seed: null } })
  })
})

describe('the hash of a question', () => {
  const HASH = '{ provenance { question questionHash } }'

  it.each([
    [
      'paths { ... on PathAnswer HASH }',
      'paths(first: 20, links: {attention: OV_ONLY}, rankBy: ABSOLUTE_PRODUCT) { ... on PathAnswer HASH }',
    ],
    [
      `paths(pattern: "MATCH (a:v)-->(b {layer: 0})") { ... on PathAnswer HASH }`,
      `paths(pattern: "(a:v) -> (b WHERE layer = 0) // here") { ... on PathAnswer HASH }`,
    ],
    [
      'flow(via: {where: {layer: {in: [0, 1]}, tap: {eq: V}}}) { ... on FlowAnswer HASH }',
      'flow(links: {}, via: {where: {tap: {eq: V, in: null}, layer: {in: [1, 0, 1]}}}) { ... on FlowAnswer HASH }',
    ],
    [
      `ablate(input: { ${TARGET} metrics: [{ direction: "logit(0) - logit(1)" }] ${ON} }) { ... on AblationAnswer HASH }`,
      `ablate(input: { ${ON} metrics: [{ direction: "logit(0)-logit(1)" }] ${TARGET} mode: REMOVE }) { ... on AblationAnswer HASH }`,
    ],
    [
      'answer: select(expression: {pipe: [{nodes: {layer: {in: [0, 1]}}}]}) { flow { ... on FlowAnswer HASH } }',
      'answer: select(expression: {nodes: {layer: {in: [1, 0]}}}) { flow(links: {residual: true}) { ... on FlowAnswer HASH } }',
    ],
  ])('is the same whether defaults are spelled out or not: %s', async (one, other) => {
    const asked = (field: string) => answer<object>(field.replace('HASH', HASH).replace(/^answer: /, ''))
    const found = await asked(one)
    expect(JSON.stringify(found)).toMatch(/"questionHash":"[0-9a-f]{64}"/)
    expect(await asked(other)).toEqual(found)
  })
})

describe('constants', () => {
  it('of a held-out task say that they were fitted on its other split', async () => {
    const { replacements } = await answer<{ replacements: readonly { reference: { origin: string } }[] }>(
      `ablate(input: { ${TARGET} replacements: [{ preset: OPTIMAL_CONSTANT }] metrics: [{ preset: TASK_LOSS }]
        on: { task: { ref: { name: "string-closing" }, first: 2 } } }) {
        ... on AblationAnswer { replacements { reference { origin } } }
      }`,
    )
    expect(replacements.map(({ reference }) => reference.origin)).toEqual(['the TRAIN examples of the task'])
  })
})
