import { askPaths } from '../../../src/application/ask-paths.js'
import { PathEnumerations } from '../../../src/application/path-enumerations.js'
import type { Clock } from '../../../src/application/ports/clock.js'
import type { PathQuestion } from '../../../src/application/questions.js'
import { encodeCursor } from '../../../src/query/cursor.js'
import { weightWorld } from '../../support/path-world.js'
import { attributionGraph, opened } from '../../support/tiny-graph.js'

const clock: Clock = { now: () => '2026-11-23T06:00:00.000Z', elapsed: () => 0 }
const asking = { signal: new AbortController().signal }
const scores = new Map<string, readonly (number | null)[]>()

/** Seven layers of three nodes, every node linked to all of the next layer: 3⁷ paths. */
const LAYERS = 7
const at = (layer: number, i: number): string => `feature(${layer}/${i})@1`
const edges = Array.from({ length: LAYERS - 1 }, (_, layer) =>
  [0, 1, 2].flatMap((a) =>
    [0, 1, 2].map((b) => [at(layer, a), at(layer + 1, b), (a + 1) / (b + 2 + layer)] as const),
  ),
).flat()
const LAYERED = opened(
  attributionGraph(
    Array.from({ length: LAYERS }, (_, layer) => [0, 1, 2].map((i) => at(layer, i))).flat(),
    edges,
  ),
)
const QUESTION: PathQuestion = {
  from: null,
  to: null,
  pattern: null,
  rankBy: 'ABSOLUTE_PRODUCT',
  links: null,
  first: 500,
  after: null,
}

function asker(kept: PathEnumerations, open = LAYERED) {
  return (changes: Partial<PathQuestion>, signal = asking.signal) =>
    askPaths(
      open,
      { ...QUESTION, ...changes },
      scores,
      { signal },
      {
        library: weightWorld(1).library,
        clock,
        enumerations: kept,
      },
    )
}

type Answer = Awaited<ReturnType<ReturnType<typeof asker>>>
const ranks = ({ paths }: Answer): number[] => paths.rows.map(({ row }) => row.rank)
const last = ({ paths }: Answer): string => paths.rows[paths.rows.length - 1]!.cursor

describe('a later page of paths', () => {
  it('goes on in the enumeration of the one before: the model is not looked at again', async () => {
    const { open, library, from, to, written } = weightWorld(32)
    expect(written({ residual: true, attention: 'OV_ONLY' }).paths.length).toBeGreaterThan(50)
    let looks = 0
    const counted = {
      ...library,
      structure: (id: string) => {
        looks++
        return library.structure(id)
      },
    }
    const deps = { library: counted, clock, enumerations: new PathEnumerations(1e9) }
    let after: string | null = null
    const found: number[] = []
    for (let page = 0; page < 5; page++) {
      const question = { ...QUESTION, from, to, first: 10, after }
      const answer: Answer = await askPaths(open, question, scores, asking, deps)
      found.push(...ranks(answer))
      after = last(answer)
      // Once for the walk.
      expect(looks).toBe(1)
    }
    expect(found).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })

  it('may be asked for twice, and beside another', async () => {
    const ask = asker(new PathEnumerations(1e9))
    const first = await ask({})
    const [one, two, three] = await Promise.all([
      ask({ after: last(first) }),
      ask({ after: last(first), first: 700 }),
      ask({ after: first.paths.rows[9]!.cursor }),
    ])
    const again = await ask({ after: last(first) })
    expect(again.paths).toEqual(one!.paths)
    expect(two!.paths.rows.slice(0, 500)).toEqual(one!.paths.rows)
    expect(ranks(three!)[0]).toBe(11)
    expect(three!.paths.rows.slice(490)).toEqual(one!.paths.rows.slice(0, 10))
  })

  it('of a question that was given up in the middle is as if nothing had happened', async () => {
    const ask = asker(new PathEnumerations(1e9))
    const first = await ask({ first: 100 })
    const leaving = new AbortController()
    const left = ask({ first: 2_000, after: last(first) }, leaving.signal)
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' })
    const second = await ask({ first: 100, after: last(first) })
    expect(ranks(second)).toEqual(Array.from({ length: 100 }, (_, i) => 101 + i))
  })

  it('ends with the last path: all are covered, and nothing comes behind', async () => {
    const ask = asker(new PathEnumerations(1e9))
    let answer = await ask({})
    const covered = [answer.sums().coveredMass!]
    while (answer.paths.hasNextPage) {
      expect(answer.exhausted).toBe(false)
      answer = await ask({ after: last(answer) })
      covered.push(answer.sums().coveredMass!)
    }
    expect(answer.exhausted).toBe(true)
    expect(ranks(answer).at(-1)).toBe(3 ** LAYERS)
    expect(covered).toEqual([...covered].sort((a, b) => a - b))
    expect(covered.at(-1)).toBeCloseTo(1, 12)
    const behind = await ask({ after: last(answer) })
    expect([behind.paths.rows, behind.exhausted, behind.tieCut]).toEqual([[], true, false])
    expect(behind.sums().coveredMass).toBe(covered.at(-1))
  })

  it('is refused for a cursor of another question, or one that no page gave out', async () => {
    const ask = asker(new PathEnumerations(1e9))
    const cursor = last(await ask({ first: 3 }))
    for (const other of [
      { rankBy: 'SHARE' as const },
      { links: { residual: false, attention: 'OV_ONLY' as const } },
      { pattern: '(a)->+(b)' },
      { from: { kind: 'nodes' as const, nodes: { kind: 'addresses' as const, addresses: [at(0, 1)] } } },
    ])
      await expect(ask({ ...other, after: cursor })).rejects.toMatchObject({ code: 'BAD_CURSOR' })
    const question = (JSON.parse(Buffer.from(cursor, 'base64url').toString().slice(0, -8)) as string[])[1]!
    for (const key of [[3, '0.5'], [3, null], [4_000, '1'], [0, null], ['3', '1'], 3])
      await expect(ask({ after: encodeCursor(question, key as never) })).rejects.toMatchObject({
        code: 'BAD_CURSOR',
      })
  })

  it('begins anew, to the same order, when the graph was forgotten', async () => {
    const kept = new PathEnumerations(1e9)
    const ask = asker(kept)
    const whole = await ask({ first: 1_000 })
    const first = await ask({})
    kept.forget(LAYERED.rootId)
    const second = await ask({ after: last(first) })
    expect([...first.paths.rows, ...second.paths.rows]).toEqual(whole.paths.rows)
  })
})
