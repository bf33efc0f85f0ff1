/** Path questions against every path written down, on random graphs of all kinds (oracles 12–16 of algorithms.md). */
import fc from 'fast-check'
import type { PathAnswer } from '../../../src/application/answers.js'
import { askBottlenecks } from '../../../src/application/ask-bottlenecks.js'
import { askFlow } from '../../../src/application/ask-flow.js'
import { askPaths } from '../../../src/application/ask-paths.js'
import { PathEnumerations } from '../../../src/application/path-enumerations.js'
import type { Clock } from '../../../src/application/ports/clock.js'
import type { LinkPolicy } from '../../../src/query/graph-expression.js'
import {
  bothPolicies,
  edgeWorld,
  type PathWorld,
  type WrittenPath,
  weightWorld,
} from '../../support/path-world.js'
import { seededRandom } from '../../support/seeded-random.js'

const clock: Clock = { now: () => '2026-11-23T06:00:00.000Z', elapsed: () => 0 }
const asking = { signal: new AbortController().signal }
const none = new Map<string, readonly (number | null)[]>()
const seeds = Array.from({ length: 60 }, (_, i) => i + 1)

const KINDS = {
  weights: weightWorld,
  attribution: (seed: number) => edgeWorld(seed, 'ATTRIBUTION_GRAPH'),
  components: (seed: number) => edgeWorld(seed, 'COMPONENT_GRAPH'),
} as const

interface Case {
  readonly world: PathWorld
  readonly links: LinkPolicy
  readonly paths: readonly WrittenPath[]
}

/** Every world under every policy that makes a difference there. */
function cases(kind: keyof typeof KINDS): Case[] {
  return seeds.flatMap((seed) => {
    const world = KINDS[kind](seed)
    const policies = bothPolicies().slice(0, world.hasAttention ? undefined : 1)
    return policies.map((links) => ({ world, links, paths: world.written(links).paths }))
  })
}

function pathsOf(
  { world, links }: Case,
  first: number,
  after: string | null,
  kept = new PathEnumerations(1e9),
) {
  const { open, library, from, to } = world
  const question = { from, to, pattern: null, rankBy: null, links, first, after }
  return askPaths(open, question, none, asking, { library, clock, enumerations: kept })
}

function flowOf({ world, links }: Case, via: readonly string[] | null = null, normalise = false) {
  const { open, library, from, to } = world
  const through = via === null ? null : ({ kind: 'addresses', addresses: via } as const)
  const question = { from, to, via: through, links, normalise }
  return askFlow(open, question, none, asking, { library, clock })
}

function bottlenecksOf({ world, links }: Case) {
  const { open, library, from, to } = world
  return askBottlenecks(open, { from, to, links }, none, asking, { library, clock })
}

const isOwn = ({ open }: PathWorld, name: string): boolean =>
  open.graph.nodes.some(({ address }) => address === name)
const told = ({ nodes, product }: WrittenPath): string => `${nodes.join(' ')} = ${product}`
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
/** Zero without a sign. */
const plain = (value: number | null): number | null => (value === 0 ? 0 : value)

for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
  const multiplies = kind !== 'components'

  describe(`on random graphs of ${kind}`, () => {
    it('paths are those written down, each once, with their products', async () => {
      for (const one of cases(kind)) {
        const { paths, totalCount, exhausted } = await pathsOf(one, 10_000, null)
        const found = paths.rows.map(({ row }) =>
          told({ nodes: row.steps.map((step) => step.address), hops: [], product: plain(row.product) }),
        )
        const expected = one.paths.map((path) => told(multiplies ? path : { ...path, product: null }))
        expect(found.sort()).toEqual(expected.sort())
        expect(totalCount()).toBe(String(one.paths.length))
        expect(exhausted).toBe(true)
      }
    })

    it('paths come page by page as they come on one page, kept or evicted in between', async () => {
      const all = cases(kind).filter(({ paths }) => paths.length > 1)
      await fc.assert(
        fc.asyncProperty(
          fc.nat(all.length - 1),
          fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 }),
          fc.boolean(),
          async (index, sizes, evicted) => {
            const one = all[index]!
            const whole = await pathsOf(one, 10_000, null)
            const rows = whole.paths.rows.map(({ row }) => row)
            const kept = new PathEnumerations(evicted ? 1 : 1e9)
            const absolute = sum(rows.map(({ product }) => Math.abs(product ?? 0)))
            let after: string | null = null
            let seen = 0
            for (let turn = 0; ; turn++) {
              const page: PathAnswer = await pathsOf(one, sizes[turn % sizes.length]!, after, kept)
              const { rows: found, hasNextPage } = page.paths
              expect(found.map(({ row }) => row)).toEqual(rows.slice(seen, seen + found.length))
              expect(found.length).toBe(Math.min(sizes[turn % sizes.length]!, rows.length - seen))
              seen += found.length
              expect([page.exhausted, hasNextPage]).toEqual([seen === rows.length, seen < rows.length])
              const [last, next] = [rows[seen - 1]!, rows[seen]]
              expect(page.tieCut).toBe(next !== undefined && keyOf(last) === keyOf(next))
              if (multiplies && absolute > 0)
                expect(page.sums().coveredMass).toBeCloseTo(
                  sum(rows.slice(0, seen).map(({ product }) => Math.abs(product ?? 0))) / absolute,
                  12,
                )
              else expect(page.sums().coveredMass).toBeNull()
              expect(page.provenance.graphId).toBe(whole.provenance.graphId)
              if (!hasNextPage) break
              after = found[found.length - 1]!.cursor
            }
            expect(seen).toBe(rows.length)
          },
        ),
        { numRuns: 60 },
      )
    })

    it('flow counts and sums those written down, through every node and every edge', async () => {
      for (const one of cases(kind)) {
        const { paths } = one
        const answer = await flowOf(one)
        expect(answer.pathCount).toBe(String(paths.length))
        const valued = paths.every(({ product }) => product !== null) && multiplies
        const products = paths.map(({ product }) => product ?? 0)
        const [signed, absolute] = [sum(products), sum(products.map(Math.abs))]
        expect(plain(answer.signedTotal)).toBe(valued ? plain(signed) : null)
        expect(answer.absoluteTotal).toBe(valued ? absolute : null)
        expect(answer.totalsReason === null).toBe(valued)
        if (valued && signed !== 0) expect(answer.cancellation).toBeCloseTo(absolute / Math.abs(signed), 12)
        else expect(answer.cancellation).toBeNull()

        const { nodes, edges } = answer.masses()
        const check = (
          row: ReturnType<typeof nodes.row> | ReturnType<ReturnType<typeof edges>['row']>,
          passing: readonly WrittenPath[],
        ): void => {
          const through = passing.map(({ product }) => product ?? 0)
          expect(row.pathCount).toBe(String(passing.length))
          expect(plain(row.signedMass)).toBe(valued ? plain(sum(through)) : null)
          expect(row.absoluteMass).toBe(valued ? sum(through.map(Math.abs)) : null)
          if (!valued || absolute === 0) return
          expect(row.absoluteBetweenness).toBeCloseTo(sum(through.map(Math.abs)) / absolute, 12)
          if (signed !== 0) expect(row.signedBetweenness).toBeCloseTo(sum(through) / signed, 12)
        }
        const found = Array.from({ length: nodes.count }, (_, i) => nodes.row(i))
        expect(found.map(({ step }) => step.address).sort()).toEqual(
          [...new Set(paths.flatMap((path) => path.nodes))].sort(),
        )
        for (const row of found)
          check(
            row,
            paths.filter((path) => path.nodes.includes(row.step.address)),
          )

        const links = edges()
        const onPaths = new Set(paths.flatMap((path) => path.hops))
        expect(links.count).toBe(onPaths.size)
        let weighted = 0
        for (let i = 0; i < links.count; i++) {
          const row = links.row(i)
          weighted += row.absoluteMass ?? 0
          const same = [...onPaths].filter(
            (hop) =>
              hop.from === row.source.address && hop.to === row.target.address && hop.kind === row.hop.kind,
          )
          expect(same).toHaveLength(1)
          check(
            row,
            paths.filter((path) => path.hops.includes(same[0]!)),
          )
        }
        // Each path is counted once for each of its edges.
        if (valued)
          expect(weighted).toBe(sum(paths.map((path) => Math.abs(path.product!) * path.hops.length)))
      }
    })

    it('flow through a set is that of the paths that meet it', async () => {
      for (const [i, one] of cases(kind).entries()) {
        const random = seededRandom(i)
        const names = one.world.open.graph.nodes.map(({ address }) => address)
        if (names.length === 0) continue
        const via = [random.pick(names), random.pick(names)]
        const meeting = one.paths.filter((path) => path.nodes.some((node) => via.includes(node)))
        const answer = await flowOf(one, via)
        expect(answer.pathCount).toBe(String(meeting.length))
        const valued = meeting.every(({ product }) => product !== null) && multiplies
        const size = (paths: readonly WrittenPath[]): number =>
          sum(paths.map(({ product }) => Math.abs(product ?? 0)))
        expect(plain(answer.signedTotal)).toBe(
          valued ? plain(sum(meeting.map(({ product }) => product!))) : null,
        )
        expect(answer.absoluteTotal).toBe(valued ? size(meeting) : null)
        if (valued && size(one.paths) > 0)
          expect(answer.viaShare).toBeCloseTo(size(meeting) / size(one.paths), 12)
        const { nodes } = answer.masses()
        for (let n = 0; n < nodes.count; n++) {
          const row = nodes.row(n)
          const passing = meeting.filter((path) => path.nodes.includes(row.step.address))
          expect(row.pathCount).toBe(String(passing.length))
          expect(row.absoluteMass).toBe(valued ? size(passing) : null)
        }
      }
    })

    it('normalised flow is that of shares of the input of every target', async () => {
      for (const one of cases(kind)) {
        if (!multiplies) continue
        const { hops } = one.world.written(one.links)
        const input = new Map<string, number>()
        for (const { to, value } of hops)
          if (!Number.isNaN(value)) input.set(to, (input.get(to) ?? 0) + Math.abs(value))
        const answer = await flowOf(one, null, true)
        expect(answer.basis).toBe(kind === 'weights' ? 'STRUCTURE' : 'GRAPH_ESTIMATE')
        if (answer.totalsReason !== null) continue
        const shareOf = (path: WrittenPath): number =>
          path.hops.reduce((all, { to, value }) => (all * value) / input.get(to)!, 1)
        expect(answer.signedTotal).toBeCloseTo(sum(one.paths.map(shareOf)), 12)
        expect(answer.absoluteTotal).toBeCloseTo(sum(one.paths.map((path) => Math.abs(shareOf(path)))), 12)
      }
    })

    it('bottlenecks are what trying out every node and every set of nodes gives', async () => {
      for (const one of cases(kind)) {
        const { paths, world } = one
        const answer = await bottlenecksOf(one)
        expect(answer.pathCount).toBe(String(paths.length))
        const names = [...new Set(paths.flatMap((path) => path.nodes))]
        const passed = names.filter((name) => paths.every((path) => path.nodes.includes(name)))
        expect(answer.dominators.map((step) => step.address).sort()).toEqual(passed.sort())
        // In their order on the paths.
        const [first] = paths
        if (first !== undefined)
          expect(answer.dominators.map((step) => first.nodes.indexOf(step.address))).toEqual(
            answer.dominators.map((step) => first.nodes.indexOf(step.address)).sort((a, b) => a - b),
          )

        const ends = new Set(endsOf(one))
        const isInner = (name: string): boolean => isOwn(world, name) && !ends.has(name)
        const free = paths.filter((path) => !path.nodes.some(isInner))
        const bound = paths.filter((path) => path.nodes.some(isInner))
        expect(answer.uncuttableCount).toBe(String(free.length))
        expect(
          answer.uncuttable.map((row) => row.steps.map((step) => step.address).join(' ')).sort(),
        ).toEqual(free.map((path) => path.nodes.join(' ')).sort())
        const cut = answer.cutBesideUncuttable.map((step) => step.address)
        expect(answer.minimumCut?.map((step) => step.address) ?? null).toEqual(free.length > 0 ? null : cut)
        expect(answer.minimumCutReason === null).toBe(free.length === 0)
        expect(cut.every(isInner)).toBe(true)
        expect(bound.every((path) => path.nodes.some((name) => cut.includes(name)))).toBe(true)
        expect(cut).toHaveLength(leastCut(bound, isInner))

        const disjoint = answer.disjointPaths.map((row) => row.steps.map((step) => step.address))
        expect(disjoint).toHaveLength(cut.length)
        for (const nodes of disjoint)
          expect(paths.some((path) => path.nodes.join(' ') === nodes.join(' '))).toBe(true)
        const used = disjoint.flatMap((nodes) => nodes.filter(isInner))
        expect(new Set(used).size).toBe(used.length)

        const longest = Math.max(...paths.map((path) => path.hops.length))
        expect(answer.criticalPath?.hopCount ?? null).toBe(paths.length === 0 ? null : longest)
        expect(answer.criticalPathReason === null).toBe(paths.length > 0)
      }
    })
  })
}

it('paths that OV_ONLY leaves out are counted between the same ends', async () => {
  let some = 0
  for (const seed of seeds) {
    const world = weightWorld(seed)
    const links = { residual: true, attention: 'OV_ONLY' } as const
    const one = { world, links, paths: world.written(links).paths }
    const wider = world.written({ ...links, attention: 'OV_AND_QK' }, links)
    const hiddenControlPaths = await (await pathsOf(one, 1, null)).hiddenControlPaths()
    expect(hiddenControlPaths).toBe(String(wider.paths.length - one.paths.length))
    expect(await (await flowOf(one)).hiddenControlPaths()).toBe(hiddenControlPaths)
    if (hiddenControlPaths !== '0') some++
  }
  expect(some).toBeGreaterThan(5)
})

/** Ends as sets of names. */
function endsOf({ world, links }: Case): readonly string[] {
  const { sources, sinks } = world.written(links)
  return [...sources, ...sinks]
}

function keyOf(row: PathAnswer['paths']['rows'][number]['row']): number | null {
  if (row.share !== null) return row.share
  if (row.weakestScore !== null) return row.weakestScore
  return row.product === null ? null : Math.abs(row.product)
}

/** Size of a smallest set of nodes that meets every path, by trying sets of growing size. */
function leastCut(paths: readonly WrittenPath[], isInner: (name: string) => boolean): number {
  const meets = (left: readonly WrittenPath[], size: number): boolean => {
    const [first, ...others] = left
    if (first === undefined) return true
    if (size === 0) return false
    return first.nodes.filter(isInner).some((name) =>
      meets(
        others.filter((path) => !path.nodes.includes(name)),
        size - 1,
      ),
    )
  }
  for (let size = 0; ; size++) if (meets(paths, size)) return size
}
