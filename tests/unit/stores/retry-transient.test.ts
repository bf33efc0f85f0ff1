/** Which errors of Neo4j are waited out, and which are handed on at once. */
import { Neo4jError } from 'neo4j-driver'
import { retryTransient } from '../../../src/stores/neo4j/retry-transient.js'

function serverError(code: string): Neo4jError {
  return new Neo4jError('stands in the way', code, '50N42', 'a status')
}

/** Work that fails `failures` times and then answers with the number of its runs. */
function failing(failures: number, error: Error): { run(): Promise<number>; runs(): number } {
  let runs = 0
  return {
    run: async () => {
      if (runs++ < failures) throw error
      return runs
    },
    runs: () => runs,
  }
}

describe('work on Neo4j that is run again', () => {
  it.each([
    'Neo.TransientError.Transaction.DeadlockDetected',
    'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists',
  ])('waits out %s', async (code) => {
    const work = failing(2, serverError(code))
    await expect(retryTransient(work.run)).resolves.toBe(3)
  })

  it.each(['Neo.ClientError.Statement.SyntaxError', 'Neo.ClientError.Schema.IndexAlreadyExists'])(
    'hands %s on after one run',
    async (code) => {
      const work = failing(1, serverError(code))
      await expect(retryTransient(work.run)).rejects.toMatchObject({ code })
      expect(work.runs()).toBe(1)
    },
  )

  it('hands on what the driver did not throw', async () => {
    const work = failing(1, new TypeError('a bug'))
    await expect(retryTransient(work.run)).rejects.toThrow('a bug')
    expect(work.runs()).toBe(1)
  })
})
