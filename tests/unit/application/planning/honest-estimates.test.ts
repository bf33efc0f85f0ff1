/** Estimated work against the work that was spent, on questions that the estimates have not seen. */
import { join } from 'node:path'
import fc from 'fast-check'
import { withinWork } from '../../../../src/application/planning/within-work.js'
import { type AttributionMethod, SWEEPS } from '../../../../src/application/questions.js'
import type { OpenGraph, UseCases } from '../../../../src/application/use-cases.js'
import { WorkMeter } from '../../../../src/application/work-meter.js'
import { CircuitQLError } from '../../../../src/domain/errors.js'
import type { TaskRecord } from '../../../../src/domain/task.js'
import {
  EXISTENCE_LINKS,
  type GraphExpression,
  type LinkPolicy,
} from '../../../../src/query/graph-expression.js'
import { printPattern } from '../../../../src/query/pattern/print-pattern.js'
import { drawnPattern } from '../../../support/drawn-pattern.js'
import { openHouse, type TestHouse } from '../../../support/house.js'

/**
 * What is spent is at most so many times the estimate, and the estimate at most so many times what is spent; paths that
 * are asked for and do not exist are estimated all the same.
 */
const UNDER = 1
const OVER = 4
/** Integrated gradients that refine their steps are estimated at the usual number of them. */
const REFINED = 4
/** Of searches and controls only about how many runs they take is known. */
const TRACKED = 2

let house: TestHouse
let graphs: readonly OpenGraph[]
let task: TaskRecord
const asking = { signal: new AbortController().signal }

beforeAll(async () => {
  house = await openHouse({}, true)
  await house.importFile(join(__dirname, '../../../../zoo/attribution-example/graph.json'))
  const named = async (name: string): Promise<OpenGraph> =>
    house.house.openCircuit((await house.house.resolveCircuit({ kind: 'name', name }))!.id, asking)
  const model = await house.house.resolveModel({ kind: 'name', name: 'string-closing' })
  task = (await house.house.resolveTask({ kind: 'name', name: 'string-closing' }))!
  graphs = [
    await named('string-closing'),
    await named('attribution-example'),
    await house.house.openModel(model!.id, asking),
  ]
}, 60_000)
afterAll(() => house.close())

async function worked(
  ask: (useCases: UseCases, meter: WorkMeter) => Promise<unknown>,
): Promise<WorkMeter | null> {
  const meter = new WorkMeter()
  try {
    await ask(withinWork(house.house, Number.MAX_VALUE, meter), meter)
    return meter
  } catch (error) {
    // A question that is refused under way has spent less than it would have.
    if (error instanceof CircuitQLError) return null
    throw error
  }
}

const links: fc.Arbitrary<LinkPolicy> = fc.record({
  residual: fc.boolean(),
  attention: fc.constantFrom('OV_ONLY' as const, 'OV_AND_QK' as const),
})
const graph = fc.nat(2).map((i) => () => graphs[i]!)
const from = fc.constantFrom(null, { kind: 'token', token: 0 } as const)
const to = fc.constantFrom(null, { kind: 'logit', token: 1, minus: null } as const)

describe('the estimated work', () => {
  it('of paths and flows bounds what is spent, within a factor', async () => {
    await fc.assert(
      fc.asyncProperty(
        graph,
        from,
        to,
        links,
        fc.integer({ min: 1, max: 300 }),
        async (open, a, b, l, first) => {
          const ends = { from: a, to: b, links: l }
          // With every field that is computed when somebody asks for it.
          const paths = await worked(async (useCases, meter) => {
            const question = { ...ends, pattern: null, rankBy: null, first, after: null }
            const answer = await useCases.askPaths(open(), question, { ...asking, meter })
            return [answer.totalCount(), answer.sums(), await answer.hiddenControlPaths()]
          })
          const flow = await worked(async (useCases, meter) => {
            const question = { ...ends, via: null, normalise: false }
            const answer = await useCases.askFlow(open(), question, { ...asking, meter })
            return answer.hiddenControlPaths()
          })
          if (paths !== null) expect(paths.spent).toBeLessThanOrEqual(UNDER * paths.estimated)
          expectHonest(flow)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('of patterns bounds it too', async () => {
    await fc.assert(
      fc.asyncProperty(graph, drawnPattern, async (open, drawn) => {
        const question = {
          from: null,
          to: null,
          links: null,
          pattern: printPattern(drawn),
          rankBy: null,
          first: 20,
          after: null,
        }
        const meter = await worked((useCases, noted) =>
          useCases.askPaths(open(), question, { ...asking, meter: noted }),
        )
        if (meter !== null) expect(meter.spent).toBeLessThanOrEqual(UNDER * meter.estimated)
      }),
      { numRuns: 150 },
    )
  })

  it('of runs bounds those that are counted', async () => {
    const prompt = (target: number) => ({
      prompt: { kind: 'tokens', tokens: [4, 5, 2, 0, 6, 7].slice(0, 3 + target) } as const,
      target,
      alternative: 1 - target,
    })
    const prompts = fc.subarray([prompt(0), prompt(1)], { minLength: 1 })
    const gates = { norms: 'LIVE', attention: 'LIVE', topK: 'LIVE' } as const
    const presets = ['ZERO', 'MEAN', 'MEAN_PER_POSITION'] as const
    const sweep = fc.constantFrom(...SWEEPS.filter((one) => one !== 'EACH_PATH'))
    const methods = fc.constantFrom<AttributionMethod>(
      { kind: 'preset', preset: 'GRADIENT_TIMES_ACTIVATION' },
      { kind: 'preset', preset: 'EXACT_ABLATION' },
      { kind: 'preset', preset: 'DEEP_LIFT' },
      { kind: 'attributionPatching', qkFix: true, gradDrop: true },
      { kind: 'integratedGradients', steps: 4, rule: 'MIDPOINT' },
      { kind: 'integratedGradients', steps: null, rule: 'MIDPOINT' },
      { kind: 'shapley', permutations: 3, seed: 1 },
    )
    const background = fc.constantFrom('MODEL' as const, 'CIRCUIT' as const)
    await fc.assert(
      fc.asyncProperty(
        prompts,
        sweep,
        fc.subarray([...presets], { minLength: 1 }),
        methods,
        background,
        async (on, preset, replacements, method, behind) => {
          const asked = {
            on: { kind: 'prompts', at: 'LAST', prompts: on },
            background: behind,
            gates,
            allowEstimate: false,
          } as const
          const ablated = await worked((useCases) =>
            useCases.ablate(
              graphs[0]!,
              {
                ...asked,
                target: { kind: 'nodes', nodes: { kind: 'where', where: {} } },
                positions: null,
                mode: 'REMOVE',
                replacements: replacements.map((one) => ({ kind: 'preset', preset: one })),
                direction: 'NOISING',
                train: null,
                metrics: [{ kind: 'preset', preset: 'LOGIT_DIFFERENCE' }],
                sweep: { kind: 'preset', preset },
              },
              asking,
            ),
          )
          const attributed = await worked((useCases) =>
            useCases.attribute(
              graphs[0]!,
              {
                ...asked,
                metric: { kind: 'preset', preset: 'LOGIT_DIFFERENCE' },
                of: 'NODES',
                method,
                nodes: null,
                baseline: { kind: 'preset', preset: 'ZERO' },
              },
              asking,
            ),
          )
          for (const meter of [ablated, attributed])
            if (meter !== null)
              expect(meter.spent).toBeLessThanOrEqual(
                (method.kind === 'integratedGradients' ? REFINED : UNDER) * meter.estimated,
              )
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)

  it('of a test of faithfulness, whose searches end when they end, tracks what is spent', async () => {
    for (const controls of [false, true]) {
      const on = { kind: 'task', task: task.id, split: 'TEST', first: 8, sides: 'BOTH' } as const
      const replacement = { kind: 'preset', preset: 'MEAN' } as const
      const fixed = { universe: 'MODEL', ranking: null, signed: true, grid: null, seed: 1 } as const
      const meter = await worked((useCases) =>
        useCases.faithfulness(
          graphs[0]!,
          { on, split: 'TEST', replacement, randomDraws: 20, controls, ...fixed },
          asking,
        ),
      )
      expect(meter!.spent).toBeLessThanOrEqual(TRACKED * meter!.estimated)
      expect(meter!.estimated).toBeLessThanOrEqual(TRACKED * meter!.spent)
    }
  })

  it('of derived graphs does so step by step', async () => {
    const all = { kind: 'where', where: {} } as const
    const step: fc.Arbitrary<GraphExpression> = fc.oneof(
      fc
        .integer({ min: 0, max: 3 })
        .map((lte): GraphExpression => ({ kind: 'nodes', where: { layer: { lte } } })),
      fc.constant<GraphExpression>({ kind: 'edges', where: { weight: { absGte: 0.01 } } }),
      fc.constant<GraphExpression>({ kind: 'upstreamOf', of: all, hops: null, links: EXISTENCE_LINKS }),
      fc.constant<GraphExpression>({ kind: 'between', from: all, to: all, links: EXISTENCE_LINKS }),
    )
    await fc.assert(
      fc.asyncProperty(graph, fc.array(step, { minLength: 1, maxLength: 3 }), async (open, steps) => {
        const meter = await worked((useCases, noted) =>
          useCases.select(open(), { kind: 'pipe', steps }, { ...asking, meter: noted }),
        )
        if (meter !== null) expect(meter.spent).toBeLessThanOrEqual(UNDER * meter.estimated)
      }),
      { numRuns: 40 },
    )
  })
})

function expectHonest(meter: WorkMeter | null): void {
  if (meter === null) return
  expect(meter.spent).toBeLessThanOrEqual(UNDER * meter.estimated)
  expect(meter.estimated).toBeLessThanOrEqual(OVER * meter.spent)
}
