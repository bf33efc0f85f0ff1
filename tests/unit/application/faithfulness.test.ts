/** The arithmetic of faithfulness against published figures, and its draws against what they promise. */
import { channelDegrees, matchedCircuits } from '../../../src/application/faithfulness/matched-circuits.js'
import { curveAreas, keptItems, PUBLISHED_GRID } from '../../../src/application/faithfulness/size-curve.js'
import { spokenSentence } from '../../../src/application/faithfulness/spoken-sentence.js'
import { verdictOn } from '../../../src/application/faithfulness/verdict.js'
import { bootstrapInterval } from '../../../src/application/measuring/bootstrap.js'
import { rankCorrelation } from '../../../src/application/measuring/rank-correlation.js'
import { aboveChance, faithfulnessOf } from '../../../src/application/measuring/readings.js'

describe('CPR and CMD on the published grid (algorithms.md B2, oracle 18)', () => {
  it.each([
    ['f ≡ 1', () => 1, 0.999, 0],
    ['f = k', (k: number) => k, 0.4999995, 0.4990005],
    ['f = 0 until k = 1', (k: number) => (k === 1 ? 1 : 0), 0.25, 0.749],
  ] as const)('%s', (_, f, cpr, cmd) => {
    const areas = curveAreas(PUBLISHED_GRID, PUBLISHED_GRID.map(f))!
    expect(areas.cpr).toBeCloseTo(cpr, 12)
    expect(areas.cmd).toBeCloseTo(cmd, 12)
  })

  it('truncates items, so that small graphs begin with none', () => {
    expect(PUBLISHED_GRID.map((k) => keptItems(k, 500))).toEqual([0, 1, 2, 5, 10, 25, 50, 100, 250, 500])
    expect(curveAreas([0, 1], [0, null])).toBeNull()
  })
})

describe('normalised faithfulness', () => {
  it('is not clamped, and undefined where empty and full agree', () => {
    expect(faithfulnessOf(2, 3, 0)).toBe(1.5)
    expect(faithfulnessOf(2, -1, 0)).toBe(-0.5)
    expect(faithfulnessOf(1, 0.5, 1)).toBeNull()
  })

  it('above chance is 0 for a guess whatever the empty circuit does', () => {
    expect(aboveChance(0.1, Math.LN2)).toBe(0)
    expect(aboveChance(0.1, 0.1)).toBe(1)
    expect(aboveChance(Math.LN2, 0.3)).toBeNull()
  })
})

describe('matched random circuits', () => {
  const degrees = new Map([['0.mlp.post_act', Uint32Array.from([0, 0, 3, 3, 4, 3, 60, 62, 0, 3])]])
  const circuit = new Map([['0.mlp.post_act', Uint32Array.of(2, 6)]])

  it('keep the number at every site, the living and the degree', () => {
    for (const drawn of matchedCircuits(circuit, degrees, 50, 1)) {
      const channels = [...drawn.get('0.mlp.post_act')!]
      expect(new Set(channels).size).toBe(2)
      expect(channels.every((c) => degrees.get('0.mlp.post_act')![c]! > 0)).toBe(true)
      expect(channels.filter((c) => degrees.get('0.mlp.post_act')![c]! >= 60)).toHaveLength(1)
    }
  })

  it('draw every candidate, and the same by the same seed', () => {
    const draws = matchedCircuits(circuit, degrees, 200, 2)
    const seen = new Set(draws.flatMap((drawn) => [...drawn.get('0.mlp.post_act')!]))
    expect([...seen].sort((a, b) => a - b)).toEqual([2, 3, 5, 6, 7, 9])
    expect(matchedCircuits(circuit, degrees, 200, 2)).toEqual(draws)
  })

  it('count the weights of a channel on both sides', () => {
    const node = (tap: 'v' | 'resid_delta', index: number) => ({
      place: { site: { kind: 'channel', layer: 0, block: 'attn', tap, index }, position: null },
    })
    const model = {
      nodes: [node('v', 0), node('v', 1), node('resid_delta', 0)],
      edges: { count: 2, source: Uint32Array.of(0, 0), target: Uint32Array.of(2, 2) },
    }
    const widths = new Map([
      ['0.attn.v', 3],
      ['0.attn.resid_delta', 1],
    ])
    const found = channelDegrees(model as never, widths)
    expect([...found.get('0.attn.v')!]).toEqual([2, 0, 0])
    expect([...found.get('0.attn.resid_delta')!]).toEqual([2])
  })
})

describe('the paired bootstrap', () => {
  it('sees the pairing: a constant effect has no width, whatever the values do', () => {
    const full = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i) * 5)
    const ablated = full.map((value) => value - 2)
    const interval = bootstrapInterval([full, ablated], [...full.keys()], ([f, a]) => a! - f!)!
    expect(interval.lower).toBeCloseTo(-2, 12)
    expect(interval.upper).toBeCloseTo(-2, 12)
  })

  it('covers a mean as often as it says', () => {
    // 200 samples of 30 uniform draws; a 95 % percentile interval covers the true mean in most of them.
    let state = 1
    const next = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
    let covered = 0
    for (let sample = 0; sample < 200; sample++) {
      const values = Float64Array.from({ length: 30 }, next)
      const { lower, upper } = bootstrapInterval([values], [...values.keys()], ([mean]) => mean!)!
      if (lower <= 0.5 && 0.5 <= upper) covered++
    }
    expect(covered / 200).toBeGreaterThan(0.88)
    expect(covered / 200).toBeLessThan(0.99)
  })

  it('draws clusters whole, and needs two', () => {
    const values = Float64Array.of(0, 0, 0, 9)
    expect(bootstrapInterval([values], [0, 0, 0, 0], ([mean]) => mean!)).toBeNull()
    const clustered = bootstrapInterval([values], [0, 0, 1, 1], ([mean]) => mean!)!
    expect([clustered.lower, clustered.upper]).toEqual([0, 4.5])
  })
})

describe('rank correlation', () => {
  it('is 1 for any rising map, −1 for a falling one, and takes mean ranks for ties', () => {
    expect(rankCorrelation([1, 2, 3, 10], [0, 5, 6, 7])).toBeCloseTo(1, 12)
    expect(rankCorrelation([1, 2, 3], [9, 8, 1])).toBeCloseTo(-1, 12)
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9486832980505138, 12)
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull()
    expect(rankCorrelation([1, 2], [1, 2])).toBeNull()
  })
})

describe('the verdict', () => {
  const passed = { name: 'A', finding: 'fine', passed: true }
  it('needs every control of size, and a circuit that does not beat its model', () => {
    expect(verdictOn({ model: 0.1, circuit: 0.12 }, [passed])).toEqual({ verdict: 'SUPPORTED', reasons: [] })
    expect(verdictOn({ model: 0.1, circuit: 0.05 }, [passed]).verdict).toBe('UNSUPPORTED')
    const open = { name: 'B', finding: 'not measured', passed: null }
    expect(verdictOn({ model: 0.1, circuit: 0.12 }, [passed, open]).reasons).toEqual(['not measured'])
  })

  it('is spoken above chance, with what it was measured on', () => {
    const found = { kept: 0.974, left: 0.06, random: [0.02, 0.04], examples: 64, heldOut: true }
    expect(spokenSentence(found)).toBe(
      'measured above chance on 64 held-out pairs: keeps 97 % of the behaviour, removing it destroys 94 %, 2 size-matched random circuits keep 3 %',
    )
    expect(spokenSentence({ ...found, kept: null })).toContain('at chance on 64 held-out pairs')
  })
})
