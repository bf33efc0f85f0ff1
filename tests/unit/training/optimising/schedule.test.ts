import { settingsAt } from '../../../../src/training/optimising/schedule.js'
import { keptEntries } from '../../../../src/training/optimising/training-state.js'
import { microPlan } from '../../../support/micro-plan.js'

/** The released formulas as they stand, for width and MLP factor 4 and a final pfrac of 1/4 (sparse-models.md §2.1). */
function released(i: number, steps: number) {
  const [ef, pfrac] = [4, 1 / 4]
  const from = 0.01 * steps
  const t = Math.min(1, Math.max(0, (i - from) / (0.5 * steps - from)))
  const now = ef * ef + (pfrac - ef * ef) * t
  const embedding = pfrac + ((ef - pfrac) * (now - pfrac)) / (ef * ef - pfrac)
  const warmup = Math.trunc(0.01 * steps)
  const rate = i < warmup ? (0.0128 * i) / warmup : 0.0128 * Math.min(1, 1 - (i - warmup) / (steps - warmup))
  return {
    rate: rate * Math.sqrt(pfrac / now),
    density: Math.min(1, now / (ef * ef)),
    embeddingDensity: Math.min(1, embedding / ef),
  }
}

describe('the schedule', () => {
  const steps = 1_000
  const plan = microPlan({
    batch: { steps },
    optimiser: { peakRate: 0.0128 },
    sparsity: { density: 1 / 64, embeddingDensity: 1 / 16, exponent: 1 },
  })

  it.each([0, 5, 9, 10, 11, 250, 499, 500, 501, 998, 999])('is the released one at step %i', (step) => {
    const wanted = released(step, steps)
    const found = settingsAt(plan, step)
    expect(found.rate).toBeCloseTo(wanted.rate, 12)
    expect(found.density).toBeCloseTo(wanted.density, 12)
    expect(found.embeddingDensity).toBeCloseTo(wanted.embeddingDensity, 12)
    expect(found.biasDensity).toBe(1)
  })

  it('ends with the densities asked for, to the last weight', () => {
    for (const anneal of ['LINEAR', 'POWER_LAW'] as const) {
      for (const density of [0.1, 1 / 3, 0.7]) {
        const sparsity = { density, embeddingDensity: density, biasDensity: density, anneal, annealTo: 1 }
        const last = settingsAt(microPlan({ batch: { steps }, sparsity }), steps - 1)
        const of = (kind: 'MATRIX' | 'EMBEDDING' | 'BIAS') =>
          keptEntries(
            { name: '', shape: [], offset: 0, length: 1_000, kind, neurons: null, isTrained: true },
            last,
          )
        expect([of('MATRIX'), of('EMBEDDING'), of('BIAS')]).toEqual(
          Array(3).fill(Math.trunc(1_000 * density)),
        )
      }
    }
  })

  it('thins out ever more, by a power law faster at first', () => {
    const linear = microPlan({ batch: { steps } })
    const power = microPlan({ batch: { steps }, sparsity: { anneal: 'POWER_LAW' } })
    const densities = (p: typeof plan) => Array.from({ length: steps }, (_, i) => settingsAt(p, i).density)
    for (const all of [densities(linear), densities(power)])
      expect(all.every((value, i) => i === 0 || value <= all[i - 1]!)).toBe(true)
    expect(densities(power)[100]).toBeLessThan(densities(linear)[100]!)
  })

  it('leaves a dense plan dense at the plain rate', () => {
    const dense = microPlan({ batch: { steps }, sparsity: { density: 1, embeddingDensity: 1 } })
    for (const step of [0, 10, 400, 999]) {
      const { density, embeddingDensity } = settingsAt(dense, step)
      expect([density, embeddingDensity]).toEqual([1, 1])
    }
    expect(settingsAt(dense, 10).rate).toBe(dense.optimiser.peakRate)
  })
})
