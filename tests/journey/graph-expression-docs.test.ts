/** What docs/graph-expressions.md says comes of each expression does, and its bounds are those that are checked. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXPRESSION_LIMITS } from '../../src/query/expression/check-expression.js'
import { openHouse, type TestHouse } from '../support/house.js'

const page = readFileSync(join(__dirname, '../../docs/graph-expressions.md'), 'utf8')
const examples = [
  ...page.matchAll(/```expression (\S+)\n([\s\S]*?)```\n\n→ (\d+) nodes?, (\d+) edges?\n/g),
].map(([, circuit, expression, nodes, edges]) => ({
  circuit: circuit!,
  expression: expression!.trim(),
  nodeCount: Number(nodes),
  edgeCount: Number(edges),
}))

describe('the page on graph expressions', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openHouse({}, true)
  }, 60_000)
  afterAll(() => house.close())

  it('says of every example what comes of it', () => {
    expect(examples).toHaveLength(page.split('```expression').length - 1)
    expect(examples.length).toBeGreaterThanOrEqual(10)
  })

  it.each(examples)('$circuit: $expression', async ({ circuit, expression, nodeCount, edgeCount }) => {
    const { circuit: found } = await house.ask<{ circuit: { select: unknown } }>(
      `{ circuit(ref: { name: "${circuit}" }) { select(expression: ${expression}) { nodeCount edgeCount } } }`,
    )
    expect(found.select).toEqual({ nodeCount, edgeCount })
  })

  it('states the bounds', () => {
    for (const limit of Object.values(EXPRESSION_LIMITS))
      expect(page).toMatch(new RegExp(`\\| ${limit.toLocaleString('en')} +\\|`))
  })
})
