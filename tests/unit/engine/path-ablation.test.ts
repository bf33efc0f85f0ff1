/** Ablated paths against closed forms, node ablation, and a treeified model that is run copy by copy. */
import { allOf, type ChannelSet, channelSet } from '../../../src/domain/experiment/channel-set.js'
import type { Fill, Gates, LinkFamily } from '../../../src/domain/experiment/measurement.js'
import { LIVE_GATES } from '../../../src/domain/experiment/measurement.js'
import type { PathAblation, PathPoint } from '../../../src/domain/experiment/path-ablation.js'
import { runToEnd } from '../../../src/domain/steps.js'
import type { FrozenGates } from '../../../src/engine/frozen-gates.js'
import { LinkChanges } from '../../../src/engine/link-changes.js'
import { linkPlan } from '../../../src/engine/link-plan.js'
import { measure } from '../../../src/engine/measure.js'
import { metricValue } from '../../../src/engine/metric.js'
import { ablatePaths } from '../../../src/engine/paths/ablate-paths.js'
import { unablated } from '../../../src/engine/prompt-bench.js'
import { newRun } from '../../../src/engine/run.js'
import { forward } from '../../../src/engine/sparse-transformer.js'
import { tapPlace } from '../../../src/engine/tap-names.js'
import { Workspace } from '../../../src/engine/workspace.js'
import { maskableSites, residualGain, weightEdges } from '../../../src/model/model-graph.js'
import { type PreparedModel, prepareModel } from '../../../src/model/prepared-model.js'
import { measurement, nested } from '../../support/as-measurement.js'
import { PlaceTap, promptOf, type Replacement } from '../../support/by-hand.js'
import { microConfig, normFreeModel, randomModel } from '../../support/micro-model.js'
import { seededRandom } from '../../support/seeded-random.js'

const FROZEN: Gates = { norms: 'FROZEN', attention: 'FROZEN', topK: 'FROZEN' }
const ZERO: Fill = { kind: 'CONSTANT', value: 0 }
const NOTHING: ChannelSet = new Map()

/** `0.attn.v[3]` as a point. */
function point(text: string): PathPoint {
  const [, tap, index] = /^(.+)\[(\d+)\]$/.exec(text)!
  return { tap: tap!, index: Number(index) }
}
const path = (...texts: string[]): readonly PathPoint[] => texts.map(point)
const name = ({ tap, index }: PathPoint): string => `${tap}[${index}]`

function ablated(
  model: PreparedModel,
  given: Partial<PathAblation> & Pick<PathAblation, 'prompts' | 'paths'>,
) {
  const request: PathAblation = {
    modelId: 'm',
    metrics: [{ name: 'LOGIT_DIFFERENCE', against: null }],
    mode: 'REMOVE',
    replaced: NOTHING,
    each: false,
    fill: ZERO,
    positions: null,
    gates: FROZEN,
    ...given,
  }
  const answer = runToEnd(ablatePaths(model, request))
  const rows = request.each ? 1 + request.paths.length : 1
  return {
    ...answer,
    rows: nested({ ...request, variants: Array(rows).fill(null) }, answer.values).map((row) => row[0]!),
  }
}

/** The metric of the model, and with channels replaced everywhere. */
function measuredNodes(
  model: PreparedModel,
  { prompts, fill = ZERO, gates = FROZEN }: Pick<PathAblation, 'prompts'> & Partial<PathAblation>,
  channels: ChannelSet,
): { readonly full: number[]; readonly replaced: number[] } {
  const request = measurement({
    prompts,
    fills: [fill],
    gates,
    sets: [{ channels, complement: false }],
    variants: [
      { replaced: [], links: [], fill: 0 },
      { replaced: [{ set: 0, positions: null }], links: [], fill: 0 },
    ],
  })
  const [full, replaced] = nested(request, runToEnd(measure(model, request)).values)
  return { full: full![0]!, replaced: replaced![0]! }
}

describe('in a linear model', () => {
  // embed[0] → attention (uniform: q = k = 0) and MLP → logits, each link with a weight of its own.
  const model = prepareModel(
    normFreeModel(
      { activation_type: 'relu', vocab_size: 3, n_layer: 2 },
      {
        'transformer.wte.weight': { '0,0': 1, '1,0': 4, '2,0': 2 },
        'transformer.h.0.attn.c_attn.weight': { '2,0': 3 },
        'transformer.h.0.attn.c_proj.weight': { '1,0': 2, '2,0': 5 },
        'transformer.h.0.mlp.c_fc.weight': { '0,1': 1, '1,0': 1 },
        'transformer.h.0.mlp.c_proj.weight': { '1,0': 7, '2,1': 1 },
        'transformer.h.1.mlp.c_fc.weight': { '0,1': 0.5, '0,2': 1 },
        'transformer.h.1.mlp.c_proj.weight': { '3,0': 2 },
        'lm_head.weight': { '1,1': 1, '2,2': 1, '1,3': -3 },
      },
    ),
  )
  const prompts = [promptOf([1, 0, 2], 1, 2)]
  // The head averages what it reads: (4 + 1 + 2) / 3 at the last position.
  const V = '0.attn.v[0]'
  const READ = '0.attn.act_in[0]'
  const value = 3 * (7 / 3)

  it.each<[readonly string[], number]>([
    [[V, '0.attn.resid_delta[1]'], -2 * value],
    [[V, '0.attn.resid_delta[2]', 'final_resid[2]'], 5 * value],
    [
      [V, '0.attn.resid_delta[1]', '0.mlp.act_in[1]', '0.mlp.post_act[0]', '0.mlp.resid_delta[1]'],
      -2 * 7 * value,
    ],
    [
      [V, '0.attn.resid_delta[2]', '1.mlp.act_in[2]', '1.mlp.post_act[0]', '1.mlp.resid_delta[3]'],
      5 * 1 * 2 * 3 * value,
    ],
    [[READ, V, '0.attn.resid_delta[1]'], -2 * value],
    [['embed[0]', READ, V, '0.attn.resid_delta[1]'], -2 * value],
    [['embed[0]', '0.mlp.act_in[0]', '0.mlp.post_act[1]', '0.mlp.resid_delta[2]'], 2],
    [
      ['0.mlp.resid_delta[1]', '1.mlp.act_in[1]', '1.mlp.post_act[0]', '1.mlp.resid_delta[3]'],
      7 * 2 * value * 0.5 * 2 * 3,
    ],
  ])('removing %j changes the metric by the product of its weights', (texts, effect) => {
    const { full } = measuredNodes(model, { prompts }, channelSet([point(V)]))
    for (const gates of [FROZEN, LIVE_GATES])
      expect(ablated(model, { prompts, paths: [path(...texts)], gates }).rows[0]![0]! - full[0]!).toBeCloseTo(
        effect,
        9,
      )
  })

  it('every path of a channel together, or added up, is the channel', () => {
    const paths = pathsFrom(model, point(V))
    const { full, replaced } = measuredNodes(model, { prompts, gates: LIVE_GATES }, channelSet([point(V)]))
    const { rows } = ablated(model, { prompts, paths, each: true, gates: LIVE_GATES })
    expect(rows).toHaveLength(1 + paths.length)
    expect(rows[0]![0]).toBeCloseTo(replaced[0]!, 9)
    const sum = rows.slice(1).reduce((total, row) => total + row[0]! - full[0]!, 0)
    expect(sum).toBeCloseTo(replaced[0]! - full[0]!, 9)
  })

  it('the only path of a channel is the channel, with any replacement and at chosen positions', () => {
    const only = path('1.mlp.post_act[0]', '1.mlp.resid_delta[3]')
    const fill: Fill = { kind: 'CONSTANT', value: 2.5 }
    const { replaced } = measuredNodes(model, { prompts, fill }, channelSet([only[0]!]))
    expect(ablated(model, { prompts, paths: [only], fill }).rows[0]![0]).toBeCloseTo(replaced[0]!, 12)
    const elsewhere = ablated(model, { prompts, paths: [only], fill, positions: [Uint32Array.of(0, 1)] })
    expect(elsewhere.rows[0]![0]).toBeCloseTo(measuredNodes(model, { prompts }, NOTHING).full[0]!, 12)
  })

  it('keeping one path leaves what it alone says', () => {
    const universe = allOf(maskableSites(model.config))
    const keep = (...texts: string[]) =>
      ablated(model, { prompts, paths: [path(...texts)], mode: 'KEEP_ONLY', replaced: universe }).rows[0]![0]
    expect(keep(V, '0.attn.resid_delta[1]')).toBeCloseTo(2 * value, 9)
    expect(keep('embed[0]', READ, V, '0.attn.resid_delta[1]')).toBeCloseTo(2 * value, 9)
    expect(
      keep(V, '0.attn.resid_delta[2]', '1.mlp.act_in[2]', '1.mlp.post_act[0]', '1.mlp.resid_delta[3]'),
    ).toBeCloseTo(-3 * 2 * 5 * value, 9)
  })
})

/** Every path from a point to the final residual stream, over the weights and residual links of a small model. */
function pathsFrom(model: PreparedModel, from: PathPoint): readonly (readonly PathPoint[])[] {
  const next = successors(model)
  const walk = (at: PathPoint): (readonly PathPoint[])[] =>
    at.tap === 'final_resid' ? [[at]] : next(at).flatMap((to) => walk(to).map((rest) => [at, ...rest]))
  return walk(from)
}

function successors(model: PreparedModel): (from: PathPoint) => readonly PathPoint[] {
  const { sites, count, sourceSite, sourceIndex, targetSite, targetIndex } = weightEdges(model, null)
  const out = new Map<string, PathPoint[]>()
  for (let e = 0; e < count; e++) {
    const key = name({ tap: sites[sourceSite[e]!]!.tap, index: sourceIndex[e]! })
    out.set(key, [...(out.get(key) ?? []), { tap: sites[targetSite[e]!]!.tap, index: targetIndex[e]! }])
  }
  return (from) => {
    if (from.tap !== 'embed' && !from.tap.endsWith('.resid_delta')) return out.get(name(from)) ?? []
    const { sublayer } = tapPlace(model.config, from.tap)
    const readers = sites
      .map(({ tap }) => tap)
      .filter((tap) => residualGain(model, tap, from.index) !== null)
      .filter((tap) => tapPlace(model.config, tap).sublayer > sublayer)
    return [...readers, 'final_resid'].map((tap) => ({ tap, index: from.index }))
  }
}

describe('MicroModel (F2): two blocks of two neurons per channel', () => {
  const block = (i: number) => ({
    [`transformer.h.${i}.mlp.c_fc.weight`]: { '0,0': 1, '1,0': 1, '2,1': 1, '3,1': 1 },
    [`transformer.h.${i}.mlp.c_proj.weight`]: { '0,0': 1, '0,1': 3, '1,2': 2, '1,3': 4 },
  })
  const micro = prepareModel(
    normFreeModel(
      { activation_type: 'relu', vocab_size: 3, n_layer: 2, d_mlp: 4 },
      {
        'transformer.wte.weight': { '0,0': 2, '0,1': 3 },
        ...block(0),
        ...block(1),
        'lm_head.weight': { '1,0': 1, '2,1': -1 },
      },
    ),
  )
  const prompts = [promptOf([0], 1, 2)]

  it.each([
    [0, 2, 25, [9, 3, 3, 3, 3, 1, 1, 1, 1]],
    [1, 3, 49, [16, 8, 8, 4, 4, 4, 2, 2, 1]],
  ])(
    'channel %i has nine paths that say what their weights multiply to',
    (channel, input, total, products) => {
      const paths = pathsFrom(micro, { tap: 'embed', index: channel })
      const { rows } = ablated(micro, { prompts, paths, each: true })
      const full = 25 * 2 + 49 * 3
      expect(rows[0]![0]).toBeCloseTo(full - total * input, 9)
      const effects = rows.slice(1).map((row) => Math.round((full - row[0]!) * 1e9) / 1e9)
      expect(effects.sort((a, b) => b - a)).toEqual(products.map((product) => product * input))
    },
  )
})

/** A model of few links and every kind of gate. */
const gated = prepareModel(
  randomModel(microConfig({ afrac: 0.6, sink: true, d_mlp: 4, d_model: 4, n_head: 2, d_head: 2 }), 12, 0.3),
)
const PROMPTS = [promptOf([3, 0, 6, 6, 1], 2, 5), promptOf([4, 2, 2], 1, 0)]

describe('with all gates frozen', () => {
  it('the set of all paths of a channel is the channel, through nonlinear neurons too', () => {
    let seen = 0
    for (const { tap, width } of maskableSites(gated.config)) {
      if (/\.[qk]$/.test(tap) || (tap.startsWith('0') && tap.includes('act_in'))) continue
      for (let index = 0; index < width; index += 2) {
        const all = pathsFrom(gated, { tap, index })
        // Reads of layer 1 lead to q and k as well; paths do not, and frozen patterns do not listen.
        if (all.length === 0) continue
        seen++
        const fill: Fill = { kind: 'CONSTANT', value: 0.7 }
        const { replaced } = measuredNodes(gated, { prompts: PROMPTS, fill }, channelSet([{ tap, index }]))
        const { rows } = ablated(gated, { prompts: PROMPTS, paths: all, fill })
        for (const [p, value] of rows[0]!.entries()) expect(Math.abs(value - replaced[p]!)).toBeLessThan(1e-9)
      }
    }
    expect(seen).toBeGreaterThan(10)
  })
})

/** Treeified by hand: every copy is one run of the whole model in which only its own links carry something else. */
class Tree {
  constructor(
    readonly model: PreparedModel,
    readonly tokens: readonly number[],
    readonly paths: readonly (readonly PathPoint[])[],
    readonly starts: ReadonlyMap<string, Float64Array>,
    readonly replacements: readonly Replacement[],
    readonly frozen: FrozenGates | null,
  ) {}

  /** Value of the copy from which `rest` goes on. */
  valueOf(at: PathPoint, rest: readonly PathPoint[]): Float64Array {
    if (this.paths.some((own) => own.map(name).join() === [at, ...rest].map(name).join()))
      return this.starts.get(name(at))!
    const tap = new PlaceTap(
      this.replacements.filter((one) => one.tap !== at.tap || one.index !== at.index),
      [at.tap],
    )
    runToEnd(
      forward(newRun(this.model, this.tokens, tap, { frozen: this.frozen, links: this.links(at, rest) })),
    )
    const { width, values } = tap.recorded.get(at.tap)!
    return Float64Array.from(this.tokens, (_, t) => values[t * width + at.index]!)
  }

  /** The links into a copy, carrying the values of its feeders. */
  links(at: PathPoint, rest: readonly PathPoint[]): LinkChanges {
    const tail = [at, ...rest].map(name)
    const feeders = new Map<string, PathPoint>()
    for (const own of this.paths) {
      const place = own.length - tail.length
      if (place > 0 && own.slice(place).map(name).join() === tail.join())
        feeders.set(name(own[place - 1]!), own[place - 1]!)
    }
    const families: LinkFamily[] = Array.from(feeders.values(), (feeder) => ({
      from: feeder.tap,
      to: at.tap,
      source: Uint32Array.of(feeder.index),
      target: Uint32Array.of(at.index),
    }))
    const values = new Map<string, Float64Array>()
    for (const feeder of feeders.values()) {
      const width = tapPlace(this.model.config, feeder.tap).width!
      const rows = values.get(feeder.tap) ?? new Float64Array(this.tokens.length * width)
      values.set(feeder.tap, rows)
      this.valueOf(feeder, [at, ...rest]).forEach((value, t) => {
        rows[t * width + feeder.index] = value
      })
    }
    return new LinkChanges(linkPlan(this.model, [{ families, complement: false }], new Map()), {
      positions: this.tokens.length,
      fill: { kind: 'PER_POSITION', positions: this.tokens.length, values },
      source: null,
      widthOf: (tap) => tapPlace(this.model.config, tap).width!,
    })
  }

  /** Logits with every end's links changed at once. */
  logits(): Float64Array {
    const ends = [...new Map(this.paths.map((own) => [name(own.at(-1)!), own.at(-1)!])).values()]
    const tap = new PlaceTap(this.replacements)
    const parts = ends.map((end) => this.links(end, []))
    const all = {
      written: (...args: Parameters<LinkChanges['written']>) => {
        for (const part of parts) part.written(...args)
      },
      attended: () => null,
      changeOf: () => null,
      changeRead: (...args: Parameters<LinkChanges['changeRead']>) => {
        for (const part of parts) part.changeRead(...args)
      },
    } as unknown as LinkChanges
    return runToEnd(forward(newRun(this.model, this.tokens, tap, { frozen: this.frozen, links: all })))
  }
}

function byTree(
  model: PreparedModel,
  { tokens, target, alternative }: (typeof PROMPTS)[number],
  paths: readonly (readonly PathPoint[])[],
  gates: Gates,
  mode: PathAblation['mode'],
  value: number,
): number {
  const running = { normEpsilon: undefined, workspace: new Workspace(), onRun: () => {} }
  const { frozen } = runToEnd(unablated(model, tokens, gates, running))
  const replacements: Replacement[] =
    mode === 'REMOVE'
      ? []
      : maskableSites(model.config).flatMap(({ tap, width }) =>
          Array.from({ length: width }, (_, index) => ({ tap, index, position: null, value })),
        )
  const clean = new PlaceTap(
    [],
    paths.map((own) => own[0]!.tap),
  )
  runToEnd(forward(newRun(model, tokens, clean)))
  const starts = new Map(
    paths.map((own) => {
      const { width, values } = clean.recorded.get(own[0]!.tap)!
      const column = Float64Array.from(tokens, (_, t) =>
        mode === 'REMOVE' ? value : values[t * width + own[0]!.index]!,
      )
      return [name(own[0]!), column]
    }),
  )
  const logits = new Tree(model, tokens, paths, starts, replacements, frozen).logits()
  const prompt = promptOf(tokens, target, alternative)
  return metricValue(
    { name: 'LOGIT_DIFFERENCE', against: null },
    prompt,
    logits,
    logits,
    model.config.vocabSize,
  )
}

describe('against a tree of runs', () => {
  const random = seededRandom(3)
  const sources = maskableSites(gated.config)
    .filter(({ tap }) => !/\.[qk]$/.test(tap))
    .flatMap(({ tap, width }) => Array.from({ length: width }, (_, index) => ({ tap, index })))
  const some = (count: number): (readonly PathPoint[])[] => {
    const chosen = new Map<string, readonly PathPoint[]>()
    while (chosen.size < count) {
      const all = pathsFrom(gated, sources[random.below(sources.length)]!)
      if (all.length === 0) continue
      const one = all[random.below(all.length)]!
      // The oracle names changed final reads by their writer, so that a path is more than its end.
      if (one.length > 1) chosen.set(one.map(name).join(), one)
    }
    return [...chosen.values()]
  }
  const cases = (['REMOVE', 'KEEP_ONLY'] as const).flatMap((mode) =>
    ([1, 1, 1, 2, 4, 8, 8] as const).flatMap((count) =>
      (['FROZEN', 'LIVE'] as const).map((topK) => [mode, count, topK, some(count)] as const),
    ),
  )

  it.each(cases)('%s %i paths, top-k %s', (mode, _, topK, paths) => {
    const gates: Gates = { norms: 'FROZEN', attention: 'FROZEN', topK }
    const fill: Fill = { kind: 'CONSTANT', value: 0.4 }
    const replaced = mode === 'REMOVE' ? NOTHING : allOf(maskableSites(gated.config))
    const { rows, margins } = ablated(gated, {
      prompts: PROMPTS,
      paths,
      mode,
      replaced,
      fill,
      gates,
      each: true,
    })
    rows.forEach((row, r) => {
      row.forEach((value, p) => {
        const own = r === 0 ? paths : [paths[r - 1]!]
        expect(Math.abs(value - byTree(gated, PROMPTS[p]!, own, gates, mode, 0.4))).toBeLessThan(1e-10)
      })
    })
    expect(margins).toHaveLength(rows.length)
  })

  it('paths that meet do not add up in a nonlinear model', () => {
    const smooth = prepareModel(
      randomModel(microConfig({ d_mlp: 3, d_model: 3, n_head: 1, d_head: 2 }), 5, 0.7),
    )
    const from = point('0.attn.resid_delta[0]')
    const fill: Fill = { kind: 'CONSTANT', value: 3 }
    const meeting = pathsFrom(smooth, from)
    const { full, replaced } = measuredNodes(smooth, { prompts: PROMPTS, fill }, channelSet([from]))
    const { rows } = ablated(smooth, { prompts: PROMPTS, paths: meeting, fill, each: true })
    expect(rows[0]![0]).toBeCloseTo(replaced[0]!, 10)
    const sum = rows.slice(1).reduce((total, row) => total + row[0]! - full[0]!, 0)
    expect(Math.abs(sum - (rows[0]![0]! - full[0]!))).toBeGreaterThan(1e-3)
  })
})

describe('with live norms', () => {
  it('a read of the stream feels the spread that it changes itself', () => {
    const write = { tap: '0.mlp.resid_delta', index: 1 }
    const plain = prepareModel(randomModel(microConfig({ n_layer: 2 }), 4, 0.6))
    const [prompt] = PROMPTS
    const reader = weightEdges(plain, null)
    const e = Array.from({ length: reader.count }, (_, i) => i).find(
      (i) => reader.sites[reader.sourceSite[i]!]!.tap === '1.mlp.act_in' && reader.sourceIndex[i] === 1,
    )!
    const neuron = { tap: '1.mlp.post_act', index: reader.targetIndex[e]! }
    const out = Array.from({ length: reader.count }, (_, i) => i).find(
      (i) =>
        reader.sites[reader.sourceSite[i]!]!.tap === neuron.tap && reader.sourceIndex[i] === neuron.index,
    )!
    const last = { tap: '1.mlp.resid_delta', index: reader.targetIndex[out]! }
    const read = { tap: '1.mlp.act_in', index: 1 }
    const { rows } = ablated(plain, {
      prompts: [prompt!],
      paths: [[write, read, neuron, last]],
      gates: LIVE_GATES,
    })
    // By hand, one real run per link.
    const at = (replacements: readonly Replacement[], { tap, index }: PathPoint) => {
      const recorder = new PlaceTap(replacements, [tap])
      runToEnd(forward(newRun(plain, prompt!.tokens, recorder)))
      const { width, values } = recorder.recorded.get(tap)!
      return Array.from(prompt!.tokens, (_, t) => values[t * width + index]!)
    }
    const set = ({ tap, index }: PathPoint, values: readonly number[]): Replacement[] =>
      values.map((value, position) => ({ tap, index, position, value }))
    const written = at([], write)
    const stream = { tap: '1.resid_mid', index: 1 }
    const changed = at([], stream).map((value, t) => value - written[t]!)
    const readThen = at(set(stream, changed), read)
    const neuronThen = at(set(read, readThen), neuron)
    const lastThen = at(set(neuron, neuronThen), last)
    const before = at([], last)
    const final = { tap: 'final_resid', index: last.index }
    const finalThen = at([], final).map((value, t) => value + lastThen[t]! - before[t]!)
    const logits = runToEnd(forward(newRun(plain, prompt!.tokens, new PlaceTap(set(final, finalThen)))))
    const expected = metricValue({ name: 'LOGIT_DIFFERENCE', against: null }, prompt!, logits, logits, 7)
    expect(rows[0]![0]).toBeCloseTo(expected, 11)
  })
})

describe('a path is refused', () => {
  it.each<[string, readonly string[], RegExp]>([
    ['without a weight', ['0.attn.q[0]', '0.attn.resid_delta[0]'], /no path goes on from 0\.attn\.q\[0\]/],
    ['across channels', ['0.attn.resid_delta[0]', 'final_resid[1]'], /a residual link keeps its channel/],
    ['backwards', ['1.mlp.resid_delta[0]', '0.mlp.resid_delta[0]'], /no residual link leads from/],
    ['ending in a neuron', ['0.mlp.post_act[0]'], /ends where the logits are read/],
    ['outside the model', ['0.mlp.resid_delta[99]'], /channels 0 to 3, not 99/],
  ])('%s', (_, texts, message) => {
    expect(() => ablated(gated, { prompts: PROMPTS, paths: [path(...texts)] })).toThrow(message)
  })

  it('when there is none, or it is empty', () => {
    expect(() => ablated(gated, { prompts: PROMPTS, paths: [] })).toThrow(/at least one path/)
    expect(() => ablated(gated, { prompts: PROMPTS, paths: [[]] })).toThrow(/at least one point/)
  })
})

describe('the progress of paths', () => {
  const model = prepareModel(
    randomModel(microConfig({ d_head: 8, d_model: 16, d_mlp: 30, n_head: 2 }), 67, 0.9),
  )
  const many = pathsFrom(model, point('1.attn.act_in[3]')).slice(0, 600)
  const seenOf = (given: Partial<PathAblation>) => {
    const seen: [number, number][] = []
    const request: PathAblation = {
      modelId: 'm',
      prompts: [promptOf([1, 2, 3], 4, 5), promptOf([0, 6], 1, 2)],
      metrics: [{ name: 'LOGIT_DIFFERENCE', against: null }],
      paths: many,
      mode: 'REMOVE',
      replaced: NOTHING,
      each: false,
      fill: ZERO,
      positions: null,
      gates: LIVE_GATES,
      ...given,
    }
    const work = ablatePaths(model, request, (done, total) => seen.push([done, total]))
    let pauses = 0
    while (work.next().done !== true) pauses++
    return { seen, pauses }
  }

  it.each<[string, Partial<PathAblation>]>([
    ['together', {}],
    ['one by one', { each: true, paths: many.slice(0, 20) }],
    [
      'with frozen gates and values of other prompts',
      {
        gates: FROZEN,
        fill: {
          kind: 'FROM_PROMPTS',
          prompts: [
            [3, 2, 1],
            [5, 5],
          ],
        },
      },
    ],
    ['put into an empty run', { mode: 'KEEP_ONLY', replaced: allOf(maskableSites(model.config)) }],
    ['by their divergence', { metrics: [{ name: 'KL_DIVERGENCE', against: null }] }],
  ])('%s is counted one by one to a total that is known from the first', (_, given) => {
    const { seen } = seenOf(given)
    const total = seen[0]![1]
    expect(seen).toEqual(Array.from({ length: total }, (__, i) => [i + 1, total]))
  })

  it('goes on inside one row of many paths, which can be stopped between any two of their channels', () => {
    expect(many.length).toBe(600)
    const { seen, pauses } = seenOf({})
    // Two prompts of two runs each; hundreds of copies are worth more than those.
    expect(seen.length).toBeGreaterThan(8)
    expect(pauses).toBeGreaterThan(1_000)
  })
})
