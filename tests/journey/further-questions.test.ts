/** Every question of docs/further-questions.md gets the answer beside it; UPDATE_FURTHER=1 writes what comes back. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, print } from 'graphql'
import { openHouse, type TestHouse } from '../support/house.js'

const PAGE = join(__dirname, '../../docs/further-questions.md')
const QUESTION = /```graphql\n([\s\S]*?)```\n\n```json\n([\s\S]*?)\n```/g
const updating = process.env['UPDATE_FURTHER'] === '1'
const read = () => [...readFileSync(PAGE, 'utf8').matchAll(QUESTION)]

describe('the further questions', () => {
  let house: TestHouse
  /** The question about a plan is sent with the extension that asks for one, and its plan is the answer. */
  const answerOf = async (query: string): Promise<unknown> => {
    if (!query.includes('query Planned')) return house.ask(query)
    const { extensions, errors } = await house.house.execute(
      { query, variables: {}, operationName: null, extensions: { plan: true } },
      new AbortController().signal,
    )
    expect(errors).toBeUndefined()
    return (extensions as { plan?: unknown } | undefined)?.plan
  }

  beforeAll(async () => {
    house = await openHouse({}, true)
    // a store finds a subcircuit by its id once the graph was made: the union whose id a later question names
    await house.ask(read().find(([, query]) => query!.includes('query Union '))![1]!)
    if (!updating) return
    const answers: string[] = []
    for (const [, query] of read()) answers.push(JSON.stringify(await answerOf(query!), null, 2))
    const page = readFileSync(PAGE, 'utf8').replace(
      QUESTION,
      (_, query: string) =>
        `\`\`\`graphql\n${print(parse(query))}\n\`\`\`\n\n\`\`\`json\n${answers.shift()}\n\`\`\``,
    )
    writeFileSync(PAGE, page)
  }, 60_000)
  afterAll(() => house.close())

  const asked = read().map(([, query]) => [/query (\w+)/.exec(query!)![1]!, query!] as const)

  it('stand under a heading each', () => {
    expect(asked).toHaveLength(readFileSync(PAGE, 'utf8').split('\n## ').length - 1)
  })

  it.each(asked)('%s', async (name, query) => {
    const answer = read().find(([, text]) => text!.includes(`query ${name} `))![2]!
    expect(answer).not.toContain('"code"')
    expect(JSON.parse(JSON.stringify(await answerOf(query)))).toEqual(JSON.parse(answer))
  })
})
