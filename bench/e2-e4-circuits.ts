/**
 * E2 and E4 of the engine goals: a circuit of 64 nodes of model M, one at every site, mean-ablated around, compiled and
 * masked; then leave-one-out over its nodes on one prompt and on the 64 prompts of 32 pairs. The peer is the same model
 * dense in JAX, whose masked forward costs the same whatever is kept: one by one it needs its forward as many times
 * (that product is worked out, not run). Sides take turns; medians and ranges.
 * Run: `node tests/support/run-typescript.cjs bench/e2-e4-circuits.ts`; CIRCUITQL_PEER as for bench/e1-e5-engine.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { allOf, channelSet } from '../src/domain/experiment/channel-set.js'
import { LIVE_GATES, type Measurement, type Variant } from '../src/domain/experiment/measurement.js'
import type { PromptCase } from '../src/domain/experiment/metric.js'
import { runToEnd } from '../src/domain/steps.js'
import { CompiledCircuit } from '../src/engine/compiled/compiled-circuit.js'
import { families } from '../src/engine/compiled/families.js'
import { StillValues } from '../src/engine/compiled/still-values.js'
import { stillWorld } from '../src/engine/compiled/still-world.js'
import { kernelsOf } from '../src/engine/kernels/kernels-of.js'
import { measure } from '../src/engine/measure.js'
import { ownRows } from '../src/engine/row-fill.js'
import { normKind } from '../src/engine/run.js'
import { variantPlans } from '../src/engine/tap-plan.js'
import { maskableSites } from '../src/model/model-graph.js'
import { prepareModel } from '../src/model/prepared-model.js'
import { densePeer, jaxPython, writeModel } from './dense-peer.js'
import { benchConfig, benchModel, benchTokens, SEED } from './engine-model.js'
import type { Peer } from './peer.js'
import { median, seconds, shown } from './timing.js'

const RUNS = Number(process.env['CIRCUITQL_BENCH_RUNS'] ?? 5)
const PAIRS = 32

const config = benchConfig()
const data = benchModel(config)
const model = prepareModel(data)
const tokens = benchTokens(config)
const prompt: PromptCase = { tokens, target: 5, alternative: 7, at: 'LAST' }
const sites = maskableSites(config)
const circuit = sites.map(({ tap, width }, i) => ({ tap, index: (i * 7_919 + 31) % width }))
const around = new Map(
  sites.map(({ tap, width }) => [
    tap,
    Float64Array.from({ length: width }, (_, i) => Math.sin(i + tap.length) / 10),
  ]),
)
const alone: Variant = { replaced: [{ set: 0, positions: null }], links: [], fill: 0 }
const each = circuit.map(
  (_, i): Variant => ({
    replaced: [
      { set: 0, positions: null },
      { set: i + 1, positions: null },
    ],
    links: [],
    fill: 0,
  }),
)

function question(prompts: readonly PromptCase[], variants: readonly Variant[]): Measurement {
  return {
    modelId: model.id,
    prompts,
    metrics: [{ name: 'LOGIT_DIFFERENCE', against: null }],
    universe: allOf(sites),
    sets: [
      { channels: channelSet(circuit), complement: true },
      ...circuit.map((node) => ({ channels: channelSet([node]), complement: false })),
    ],
    linkSets: [],
    positions: [],
    fills: [{ kind: 'PER_CHANNEL', values: around }],
    variants,
    gates: LIVE_GATES,
    execution: 'COMPILED',
  }
}

const ask = (request: Measurement) => runToEnd(measure(model, request))

/** Seconds to compile the circuit for one prompt, and to run it once compiled. */
function compiledOnce(): { readonly compile: number; readonly run: number } {
  const request = question([prompt], [alone])
  const from = performance.now()
  const plans = variantPlans(config, request)
  const [family] = families(config, request, plans, [0])
  const world = runToEnd(
    stillWorld({
      model,
      kernels: kernelsOf(model),
      norm: normKind(config, undefined),
      input: ownRows(model, tokens),
      family: family!.kept,
      values: new StillValues(config, request.fills[0]!, null, tokens.length),
      firstRow: tokens.length - 1,
    }),
  )
  const compiled = new CompiledCircuit(world)
  const member = { kept: family!.members[0]!.kept, plan: plans[0]!, positions: [] }
  compiled.run(member, 0)
  const between = performance.now()
  compiled.run(member, 0)
  return { compile: (between - from) / 1000, run: (performance.now() - between) / 1000 }
}

async function main(): Promise<void> {
  console.log(
    `model M, seed ${SEED}, ${tokens.length} tokens, a circuit of ${circuit.length} nodes; ${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`,
  )
  const masked = ask({ ...question([prompt], [alone]), execution: 'MASKED' })
  const compiled = ask(question([prompt], [alone]))
  console.log(
    `compiled ${compiled.compiled} of ${compiled.evaluations}; from the masked run ${Math.abs(compiled.values[0]! - masked.values[0]!).toExponential(1)}, smallest margin ${compiled.margins[0]!.toExponential(1)}`,
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
        await peer.ask('forward')
      }
    }
    const ours = { compile: [] as number[], run: [] as number[], masked: [] as number[], loo: [] as number[] }
    const theirs = new Map([...peers.keys()].map((kind) => [kind, [] as number[]]))
    for (let i = 0; i < RUNS; i++) {
      const once = compiledOnce()
      ours.compile.push(once.compile)
      ours.run.push(once.run)
      for (const [kind, peer] of peers) theirs.get(kind)!.push(await peer.ask<number>('forward'))
      ours.loo.push(seconds(() => ask(question([prompt], each))))
      ours.masked.push(seconds(() => ask({ ...question([prompt], [alone]), execution: 'MASKED' })))
    }
    const many = Array.from({ length: 2 * PAIRS }, (_, p) => ({
      ...prompt,
      tokens: tokens.map((token, t) => (token + 31 * p * (t + 1)) % config.vocabSize),
    }))
    const pairs = seconds(() => ask(question(many, each)))
    console.log(`E2 compile            ${shown(ours.compile)}, the first run with it`)
    console.log(`E2 compiled run       ${shown(ours.run)}`)
    const against = (what: string, times: readonly number[]): void =>
      console.log(
        `   ${what.padEnd(18)} ${shown(times)} → ${(median(times) / median(ours.run)).toFixed(0)} ×`,
      )
    against('own masked run', ours.masked)
    for (const [kind, times] of theirs) against(`peer ${kind}`, times)
    console.log(`E4 leave-one-out, ${circuit.length}  ${shown(ours.loo)} on one prompt, compiling included`)
    for (const [kind, times] of theirs) {
      const oneByOne = circuit.length * median(times)
      console.log(
        `   ${circuit.length} × peer ${kind}      ${oneByOne.toFixed(1)} s → ${(oneByOne / median(ours.loo)).toFixed(0)} ×; on ${many.length} prompts ${pairs.toFixed(1)} s against ${(many.length * oneByOne).toFixed(0)} s → ${((many.length * oneByOne) / pairs).toFixed(0)} ×`,
      )
    }
  } finally {
    for (const peer of peers.values()) peer.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

void main()
