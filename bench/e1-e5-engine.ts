/**
 * E1, E3 and E5 of the engine goals on model M: one forward pass of 256 tokens, leave-one-out over 200 nodes, and
 * gradient × activation of every node, in float64, beside the same model dense in JAX (float32 and float64) in the
 * same run, sides taking turns; medians and ranges.
 * Run: `npm run build && node tests/support/run-typescript.cjs bench/e1-e5-engine.ts`. It makes the peer's environment with pip when it
 * is missing (CIRCUITQL_PEER names one that is there); without one it measures this side alone and says so.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Attribution } from '../src/domain/experiment/attribution.js'
import { allOf, channelSet } from '../src/domain/experiment/channel-set.js'
import { LIVE_GATES, type Measurement } from '../src/domain/experiment/measurement.js'
import type { Metric, PromptCase } from '../src/domain/experiment/metric.js'
import type { ModelRun } from '../src/domain/experiment/model-run.js'
import { runToEnd } from '../src/domain/steps.js'
import { EnginePool } from '../src/engine/engine-pool.js'
import { attribute } from '../src/engine/gradients/attribute.js'
import { kernelsOf } from '../src/engine/kernels/kernels-of.js'
import { PlainKernels } from '../src/engine/kernels/plain-kernels.js'
import { REPLACING_NOTHING, ReplacingTap } from '../src/engine/replacing-tap.js'
import { newRun } from '../src/engine/run.js'
import { forward } from '../src/engine/sparse-transformer.js'
import { maskableSites } from '../src/model/model-graph.js'
import { prepareModel } from '../src/model/prepared-model.js'
import { densePeer, jaxPython, writeModel } from './dense-peer.js'
import { benchConfig, benchModel, benchTokens, SEED } from './engine-model.js'
import type { Peer } from './peer.js'
import { median, seconds, shown } from './timing.js'

const RUNS = Number(process.env['CIRCUITQL_BENCH_RUNS'] ?? 5)
const NODES = 200
/** The sweep takes minutes: CIRCUITQL_BENCH_SWEEP=off leaves it out. */
const SWEEP = process.env['CIRCUITQL_BENCH_SWEEP'] !== 'off'
/** Worker threads run compiled code: `npm run build` first. */
const WORKER = pathToFileURL(join(__dirname, '../dist/src/engine/engine-worker.js'))

const config = benchConfig()
const data = benchModel(config)
const started = performance.now()
const model = prepareModel(data)
const prepared = performance.now() - started
const tokens = benchTokens(config)
const prompt: PromptCase = { tokens, target: 5, alternative: 7, at: 'LAST' }
const metric: Metric = { name: 'LOGIT_DIFFERENCE', against: null }
const sites = maskableSites(config)

const run = (kernels = kernelsOf(model)): Float64Array =>
  runToEnd(forward(newRun(model, tokens, new ReplacingTap(REPLACING_NOTHING), { kernels })))

/** 200 nodes spread evenly over all sites, in forward order. */
function leaveOneOut(): Measurement {
  const all = sites.flatMap(({ tap, width }) => Array.from({ length: width }, (_, index) => ({ tap, index })))
  const chosen = Array.from({ length: NODES }, (_, i) => all[Math.floor((i * all.length) / NODES)]!)
  return {
    modelId: model.id,
    prompts: [prompt],
    metrics: [metric],
    universe: allOf(sites),
    sets: chosen.map((node) => ({ channels: channelSet([node]), complement: false })),
    linkSets: [],
    positions: [],
    fills: [{ kind: 'CONSTANT', value: 0 }],
    variants: chosen.map((_, set) => ({ replaced: [{ set, positions: null }], links: [], fill: 0 })),
    gates: LIVE_GATES,
    execution: 'MASKED',
  }
}

const attribution: Attribution = {
  modelId: model.id,
  prompts: [prompt],
  metric,
  method: { kind: 'GRADIENT_TIMES_ACTIVATION' },
  of: { kind: 'CHANNELS', channels: allOf(sites) },
  baseline: { kind: 'CONSTANT', value: 0 },
  background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
  gates: LIVE_GATES,
  cuts: false,
}
const gradients = () => runToEnd(attribute(model, attribution))
const forwardRun: ModelRun = {
  modelId: model.id,
  tokens,
  background: attribution.background,
  edits: [],
  gates: LIVE_GATES,
  record: [],
  measure: null,
  generate: null,
}

const watching = { signal: new AbortController().signal }
const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1000
}
/** Two at a time, as both cores allow: seconds for each of them. */
const perPrompt = async (work: () => Promise<unknown>): Promise<number> =>
  (await elapsed(() => Promise.all([work(), work()]))) / 2

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)

/** The peer uses every core. */
const ratios = (theirs: readonly number[], alone: readonly number[], both: readonly number[]): string =>
  `${(median(theirs) / median(alone)).toFixed(2)} × alone, ${(median(theirs) / median(both)).toFixed(2)} × two at once`

function countNonzero(bytes: Uint8Array): number {
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  return values.reduce((count, value) => count + (value === 0 ? 0 : 1), 0)
}

async function main(): Promise<void> {
  const nonzero = data.tensors.reduce((sum, tensor) => sum + countNonzero(tensor.bytes), 0)
  console.log(
    `model M: ${config.layers} layers, d ${config.dModel}, ${nonzero} nonzero weights, seed ${SEED}, ${tokens.length} tokens; prepared in ${(prepared / 1000).toFixed(1)} s`,
  )
  console.log(
    `${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`,
  )
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-bench-'))
  const binary = jaxPython()
  const peers = new Map<string, Peer>()
  try {
    if (binary !== null) {
      writeModel(folder, data, tokens, prompt)
      for (const kind of ['f32', 'f64']) {
        const peer = densePeer(binary, folder, kind)
        peers.set(kind, peer)
        console.log(`peer ${kind}: ${JSON.stringify(await peer.line())}`)
      }
    }
    const logits = run().subarray(-config.vocabSize)
    for (const [kind, peer] of peers) {
      const other = await peer.ask<number[]>('logits')
      const gap = Math.max(...other.map((value, i) => Math.abs(value - logits[i]!)))
      console.log(`largest difference from the logits of ${kind}: ${gap.toExponential(2)}`)
      await peer.ask('gradient')
    }
    run()
    const pool = new EnginePool({ load: async () => data, maxModels: 1, workers: 2, workerFile: WORKER })
    const both = {
      forward: () => pool.run(forwardRun, watching),
      slopes: () => pool.attribute(attribution, watching),
    }
    for (const work of [both.forward, both.slopes]) await perPrompt(work)
    const none = (): number[] => []
    const times = {
      e1: none(),
      e1Helped: none(),
      e1Both: none(),
      plain: none(),
      e5: none(),
      e5Helped: none(),
      e5Both: none(),
      e3: none(),
    }
    const other = new Map(
      [...peers.keys()].map((kind) => [kind, { forward: [] as number[], gradient: [] as number[] }]),
    )
    for (let i = 0; i < RUNS; i++) {
      times.e1.push(seconds(run))
      times.e1Helped.push(await elapsed(both.forward))
      times.e1Both.push(await perPrompt(both.forward))
      for (const [kind, peer] of peers) other.get(kind)!.forward.push(await peer.ask<number>('forward'))
      times.e5.push(seconds(gradients))
      times.e5Helped.push(await elapsed(both.slopes))
      times.e5Both.push(await perPrompt(both.slopes))
      for (const [kind, peer] of peers) other.get(kind)!.gradient.push(await peer.ask<number>('gradient'))
    }
    times.plain.push(seconds(() => run(new PlainKernels())))
    if (SWEEP) times.e3.push(await elapsed(() => pool.measure(leaveOneOut(), watching)))
    await pool.close()
    console.log(`E1 forward            ${shown(times.e1)}, one thread; plain loops ${shown(times.plain)}`)
    console.log(`   in the pool, alone  ${shown(times.e1Helped)}, a second thread helps`)
    console.log(`   two prompts at once ${shown(times.e1Both)} each`)
    for (const [kind, { forward: theirs }] of other)
      console.log(
        `   peer ${kind}           ${shown(theirs)} → ${ratios(theirs, times.e1Helped, times.e1Both)}`,
      )
    console.log(`E5 gradients          ${shown(times.e5)}, one thread`)
    console.log(`   in the pool, alone  ${shown(times.e5Helped)}, a second thread helps`)
    console.log(`   two prompts at once ${shown(times.e5Both)} each`)
    for (const [kind, { gradient: theirs }] of other)
      console.log(
        `   peer ${kind}           ${shown(theirs)} → ${ratios(theirs, times.e5Helped, times.e5Both)}`,
      )
    if (SWEEP) {
      console.log(`E3 leave-one-out, ${NODES}  ${shown(times.e3)}, two workers`)
      for (const [kind, { forward: theirs }] of other)
        console.log(
          `   ${NODES} × peer ${kind}     ${(NODES * median(theirs)).toFixed(1)} s one by one → ${((NODES * median(theirs)) / median(times.e3)).toFixed(2)} ×`,
        )
    }
    const { arenasFrom, arenaBytes } = model.room!
    const vectors = [model.tokenEmbedding, model.positionEmbedding].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    )
    console.log(
      `weights ${mebibytes(arenasFrom + vectors)} MiB for ${mebibytes(8 * nonzero)} MiB of nonzero doubles; at most ${mebibytes(arenaBytes)} MiB of activations per task`,
    )
    console.log(
      `memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB resident, dense tensors included`,
    )
  } finally {
    for (const peer of peers.values()) peer.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

void main()
