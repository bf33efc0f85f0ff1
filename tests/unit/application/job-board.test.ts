import { JobBoard, type JobEvent, type JobTools } from '../../../src/application/job-board.js'
import { InvalidInput, Unavailable } from '../../../src/domain/errors.js'

const clock = { now: () => '2026-01-01T00:00:00.000Z', elapsed: () => 0 }
const nothing = { circuitIds: [], modelIds: [], taskIds: [] }

async function allEvents(board: JobBoard, id: string): Promise<JobEvent[]> {
  const seen: JobEvent[] = []
  for await (const event of board.events(id, null, new AbortController().signal)) seen.push(event)
  return seen
}

describe('the job board', () => {
  it('tells each change in order and ends with the job', async () => {
    const board = new JobBoard(clock, () => {})
    const job = board.start('IMPORT', 'me', null, async ({ report }) => {
      report({ done: 1, total: 2, unit: 'files', message: 'half' })
      return { circuitIds: ['c'], modelIds: [], taskIds: [] }
    })
    const events = await allEvents(board, job.id)
    expect(events.at(-1)?.job).toMatchObject({ state: 'SUCCEEDED', circuitIds: ['c'], problem: null })
    expect(events.map((event) => event.sequence)).toEqual(
      [...events.map((event) => event.sequence)].sort((a, b) => a - b),
    )
  })
  it('keeps an error of the family as a problem and masks a bug', async () => {
    const bugs: unknown[] = []
    const board = new JobBoard(clock, (bug) => bugs.push(bug))
    const bad = board.start('IMPORT', 'me', null, async () => {
      throw new InvalidInput('BAD_FILE', 'the file is broken')
    })
    const bug = board.start('IMPORT', 'me', null, async () => {
      throw new TypeError('secret')
    })
    expect((await allEvents(board, bad.id)).at(-1)?.job.problem).toMatchObject({
      code: 'BAD_FILE',
      message: 'the file is broken',
    })
    expect((await allEvents(board, bug.id)).at(-1)?.job.problem).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
    })
    expect(bugs).toHaveLength(1)
  })
  it('gives back the same job for the same idempotency key of the same owner', () => {
    const board = new JobBoard(clock, () => {})
    const first = board.start('IMPORT', 'me', 'k', async () => nothing)
    expect(board.start('IMPORT', 'me', 'k', async () => nothing).id).toBe(first.id)
    expect(board.start('IMPORT', 'you', 'k', async () => nothing).id).not.toBe(first.id)
  })
  it('cancels a running job and one that waits, and refuses one that has ended', async () => {
    const board = new JobBoard(clock, () => {})
    const untilCancelled = ({ signal }: JobTools): Promise<typeof nothing> =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () =>
          reject(new Unavailable('the question was cancelled', {}, 'CANCELLED')),
        ),
      )
    const jobs = [1, 2, 3].map(() => board.start('IMPORT', 'me', null, untilCancelled))
    expect(jobs.map((job) => board.job(job.id)?.state)).toEqual(['RUNNING', 'RUNNING', 'QUEUED'])
    for (const job of jobs) board.cancel(job.id)
    await board.close()
    expect(jobs.map((job) => board.job(job.id)?.state)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED'])
    expect(() => board.cancel(jobs[0]!.id)).toThrow('has ended already')
  })
})
