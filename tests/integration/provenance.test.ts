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
