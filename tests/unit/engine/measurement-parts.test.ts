/** Taking a measurement apart and putting its answers together again, over made-up values. */
import fc from 'fast-check'
import {
  LIVE_GATES,
  type Measurement,
  type MeasurementAnswer,
} from '../../../src/domain/experiment/measurement.js'
import { MeasurementAssembly, measurementParts } from '../../../src/engine/measurement-parts.js'

/** Variant v is named by its fill, prompt p by its first token; every cell's value tells where it belongs. */
function numbered(variants: number, prompts: number, metrics: number): Measurement {
  return {
    modelId: 'm',
    prompts: Array.from({ length: prompts }, (_, p) => ({
      tokens: [p],
      target: null,
      alternative: null,
      at: 'ALL',
    })),
    metrics: Array.from({ length: metrics }, () => ({ name: 'TASK_LOSS', against: null })),
    universe: new Map(),
    sets: [],
    linkSets: [],
    positions: [Array.from({ length: prompts }, (_, p) => Uint32Array.of(p))],
    fills: [{ kind: 'FROM_PROMPTS', prompts: Array.from({ length: prompts }, (_, p) => [p]) }],
    rows: { kind: 'FROM_PROMPTS', prompts: Array.from({ length: prompts }, (_, p) => [p + 1]) },
    variants: Array.from({ length: variants }, (_, v) => ({ replaced: [], links: [], fill: v })),
    gates: LIVE_GATES,
    execution: 'MASKED',
  }
}

function answered(request: Measurement): MeasurementAnswer {
  return {
    values: Float64Array.from(
      request.variants.flatMap(({ fill }) =>
        request.metrics.flatMap((_, m) =>
          request.prompts.map(({ tokens }) => 1e6 * fill + 1e3 * m + tokens[0]!),
        ),
      ),
    ),
    margins: Float64Array.from(
      request.variants,
      ({ fill }) => fill + Math.min(...request.prompts.map((p) => p.tokens[0]!)),
    ),
    evaluations: request.variants.length * request.prompts.length,
    compiled: 0,
  }
}

describe('a measurement in parts', () => {
  it('gives the answer of the whole, in whatever order the parts arrive, and every row once and in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        (variants, prompts, metrics, workers, order) => {
          const whole = numbered(variants, prompts, metrics)
          const parts = measurementParts(whole, workers).map((part, i) => ({ part, key: order[i % 8]! }))
          const assembly = new MeasurementAssembly(whole)
          const rows: number[] = []
          for (const { part } of parts.sort((a, b) => a.key - b.key)) {
            assembly.add(part, answered(part.request))
            const found = assembly.newRows()
            if (found === null) continue
            expect(found.first).toBe(rows.length / (metrics * prompts))
            rows.push(...found.values)
          }
          expect(assembly.answer()).toEqual(answered(whole))
          expect(Float64Array.from(rows)).toEqual(answered(whole).values)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('hands each prompt its own positions, its own source and its own rows', () => {
    for (const { firstPrompt, request } of measurementParts(numbered(2, 5, 1), 2)) {
      expect(request.positions[0]!.map((positions) => positions[0])).toEqual(
        request.prompts.map(({ tokens }) => tokens[0]),
      )
      expect(request.fills[0]).toEqual({
        kind: 'FROM_PROMPTS',
        prompts: request.prompts.map(({ tokens }) => tokens),
      })
      expect(request.rows).toEqual({
        kind: 'FROM_PROMPTS',
        prompts: request.prompts.map(({ tokens }) => [tokens[0]! + 1]),
      })
      expect(request.prompts[0]!.tokens[0]).toBe(firstPrompt)
    }
  })

  it('gives every worker something to do, and never a part without work', () => {
    for (const [variants, prompts] of [
      [1, 8],
      [200, 1],
      [40, 40],
      [1, 1],
    ] as const) {
      const parts = measurementParts(numbered(variants, prompts, 1), 2)
      expect(parts.length).toBeGreaterThanOrEqual(Math.min(2, variants * prompts))
      for (const { request } of parts)
        expect(request.variants.length * request.prompts.length).toBeGreaterThan(0)
    }
  })
})
