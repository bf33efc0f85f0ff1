/** Every question of docs/thirty-questions.md gets the answer beside it; UPDATE_THIRTY=1 writes what comes back. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, print } from 'graphql'
import { openHouse, type TestHouse } from '../support/house.js'

const PAGE = join(__dirname, '../../docs/thirty-questions.md')
const QUESTION = /```graphql\n([\s\S]*?)```\n\n```json\n([\s\S]*?)\n```/g
const updating = process.env['UPDATE_THIRTY'] !== undefined

describe('the thirty questions', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
    if (!updating) return
    const page = readFileSync(PAGE, 'utf8')
    const answers: string[] = []
    for (const [, query] of page.matchAll(QUESTION))
      answers.push(JSON.stringify(await house.ask(query!), null, 2))
    writeFileSync(
      PAGE,
      page.replace(
        QUESTION,
        (_, query: string) =>
          `\`\`\`graphql\n${print(parse(query))}\n\`\`\`\n\n\`\`\`json\n${answers.shift()}\n\`\`\``,
      ),
    )
  }, 60_000)
  afterAll(() => house.close())

  const asked = [...readFileSync(PAGE, 'utf8').matchAll(QUESTION)].map(
    ([, query], i) => [i + 1, query!] as const,
  )

  it('are at least thirty, none of which is refused unless it says so', () => {
    expect(asked.length).toBeGreaterThanOrEqual(30)
    const answers = [...readFileSync(PAGE, 'utf8').matchAll(QUESTION)].map(([, , answer]) => answer!)
    expect(answers.filter((answer) => answer.includes('"code"'))).toHaveLength(1)
  })

  it.each(asked)('%d', async (number, query) => {
    const answer = [...readFileSync(PAGE, 'utf8').matchAll(QUESTION)][number - 1]![2]!
    expect(await house.ask(query)).toEqual(JSON.parse(answer))
  })
})
