/** Progress over several stages: one count that never falls, whatever the stages do. */
import fc from 'fast-check'
import { cumulative, partsOf, StagedProgress } from '../../../src/application/staged-progress.js'

type Report = readonly [done: number, total: number, stage: string | undefined]

describe('staged progress', () => {
  const watched = () => {
    const reports: Report[] = []
    const asking = {
      signal: new AbortController().signal,
      onProgress: (done: number, total: number, stage?: string) => void reports.push([done, total, stage]),
    }
    return { reports, asking }
  }

  it('names its stages and counts them toward one total', () => {
    const { reports, asking } = watched()
    const stages = new StagedProgress(asking, [
      { name: 'short', runs: 4 },
      { name: 'long', runs: 3 },
    ])
    const first = stages.next()
    first.onProgress!(1, 2)
    first.onProgress!(2, 2)
    // A second call of the same stage begins from 1.
    first.onProgress!(1, 1)
    const second = stages.next()
    for (let done = 1; done <= 5; done++) second.onProgress!(done, 5)
    stages.finish()
    expect(reports).toEqual([
      [0, 7, 'short'],
      [1, 7, 'short'],
      [2, 7, 'short'],
      [3, 7, 'short'],
      [4, 7, 'long'],
      [5, 7, 'long'],
      [6, 7, 'long'],
      [7, 7, 'long'],
    ])
  })

  it('never falls and ends at its total, however far off the plan was', () => {
    const calls = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 5 })
    fc.assert(
      fc.property(
        fc.array(fc.record({ runs: fc.integer({ min: 0, max: 20 }), calls }), { minLength: 1, maxLength: 6 }),
        (plan) => {
          const { reports, asking } = watched()
          const stages = new StagedProgress(
            asking,
            plan.map(({ runs }, i) => ({ name: `stage ${i}`, runs })),
          )
          for (const stage of plan) {
            const { onProgress } = stages.next()
            for (const total of stage.calls)
              for (let done = 1; done <= total; done++) onProgress!(done, total)
          }
          stages.finish()
          const total = plan.reduce((sum, { runs }) => sum + runs, 0)
          expect(reports.every((report) => report[1] === total && report[0] <= total)).toBe(true)
          expect(reports.every((report, i) => i === 0 || report[0] >= reports[i - 1]![0])).toBe(true)
          expect(reports.at(-1)![0]).toBe(total)
        },
      ),
    )
  })

  it('is one call to who counts several calls together, even where the last stage needs more than planned', () => {
    const reports: (readonly [number, number])[] = []
    const { signal } = new AbortController()
    const onProgress = cumulative((done, total) => void reports.push([done, total]))
    const stages = new StagedProgress({ signal, onProgress }, [{ name: 'only', runs: 2 }])
    const { onProgress: count } = stages.next()
    for (let done = 1; done <= 4; done++) count!(done, 4)
    stages.finish()
    expect(reports).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ])
  })

  it('takes parts that count by themselves for what they are worth', () => {
    const { reports, asking } = watched()
    const next = partsOf(asking, 2, 10)
    const [first, second] = [next(), next()]
    first.onProgress!(1, 4)
    second.onProgress!(100, 200)
    first.onProgress!(4, 4)
    second.onProgress!(200, 200)
    expect(reports.map(([done, total]) => [done, total])).toEqual([
      [2, 20],
      [7, 20],
      [15, 20],
      [20, 20],
    ])
    expect(partsOf({ signal: asking.signal }, 1, 1)()).toEqual({ signal: asking.signal })
  })

  it('asks nothing of who does not watch', () => {
    const { signal } = new AbortController()
    const stages = new StagedProgress({ signal }, [{ name: 'only', runs: 1 }])
    expect(stages.next()).toEqual({ signal })
    expect(() => stages.finish()).not.toThrow()
  })

  it('adds up calls that each begin anew', () => {
    const reports: (readonly [number, number])[] = []
    const report = cumulative((done, total) => void reports.push([done, total]))
    report(1, 1)
    report(1, 1)
    report(1, 3)
    report(3, 3)
    report(2, 4)
    expect(reports).toEqual([
      [1, 1],
      [2, 2],
      [3, 5],
      [5, 5],
      [7, 9],
    ])
  })
})
