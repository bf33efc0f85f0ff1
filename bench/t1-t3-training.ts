/**
 * T2 and T3 of the training goals: one step of the 2-layer d 64 model on 1,024 tokens in its sparse half, on every back
 * end that is there, beside the same step in JAX (the peer that installs everywhere; PyTorch is not measured), sides
 * taking turns; and the share of a step that AbsTopK and the projection take.
 * Run: `node tests/support/run-typescript.cjs bench/t1-t3-training.ts`. CIRCUITQL_TFJS_NODE names a folder with the
 * native back end, CIRCUITQL_PEER a Python that has JAX.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { trainingPreset } from '../src/application/training-presets.js'
import { BACKEND_NAMES } from '../src/domain/training/training-record.js'
import type { Backend } from '../src/training/backends/backend.js'
import { backendOrReason } from '../src/training/backends/open-backend.js'
import { project } from '../src/training/optimising/project.js'
import { applyGradient, keptEntries, newState } from '../src/training/optimising/training-state.js'
import { parameterLayout } from '../src/training/parameter-layout.js'
import { plannedConfig } from '../src/training/planned-config.js'
import { lossAndGradient } from '../src/training/training-step.js'
import { toyText } from '../tests/support/toy-text.js'
import { jaxPython } from './dense-peer.js'
import { Peer } from './peer.js'
import { median, seconds, shown } from './timing.js'

const RUNS = Number(process.env['CIRCUITQL_BENCH_RUNS'] ?? 30)
const VOCABULARY = 29
const WARM_UP = 5

const plan = trainingPreset('quick')
const source = toyText(1, VOCABULARY)
const layout = parameterLayout(plan, VOCABULARY)
const config = plannedConfig(plan, VOCABULARY)
const { sequences: count, length, steps } = plan.batch

class Side {
  readonly #backend: Backend
  readonly #state = { ...newState(plan, layout), step: steps / 2 }
  readonly steps: number[] = []
  readonly cuts: number[] = []
  readonly projections: number[] = []

  constructor(backend: Backend) {
    this.#backend = backend
  }

  async step(): Promise<void> {
    await this.#backend.use()
    const tokens = source.batch(this.#state.step, count, length + 1)
    let cutting = 0
    const { kernels } = this.#backend
    const absTopK: typeof kernels.absTopK = (x, k) => {
      const from = performance.now()
      const found = kernels.absTopK(x, k)
      cutting += (performance.now() - from) / 1000
      return found
    }
    const timed = { ...this.#backend, kernels: { ...kernels, absTopK } }
    const from = performance.now()
    const { gradient } = await lossAndGradient(timed, config, layout, this.#state.weights, {
      tokens,
      count,
      length,
    })
    applyGradient(plan, layout, this.#state, gradient)
    this.steps.push((performance.now() - from) / 1000)
    this.cuts.push(cutting)
    this.projections.push(this.#projection())
  }

  /** The same projection as in the step, on a copy that has something to lose. */
  #projection(): number {
    const weights = this.#state.weights.map((value, i) => value + this.#state.moments.first[i]!)
    return seconds(() => {
      for (const parameter of layout.parameters) {
        const { offset, length: size, neurons, shape } = parameter
        const owed = { rows: shape[0]!, columns: shape[1]!, least: plan.sparsity.leastPerNeuron }
        const kept = keptEntries(parameter, plan.sparsity)
        project(
          weights.subarray(offset, offset + size),
          kept,
          neurons === null ? null : { lie: neurons, ...owed },
        )
      }
    })
  }
}

async function main(): Promise<void> {
  console.log(
    `${cpus()[0]!.model} × ${cpus().length}, node ${process.version}, load ${loadavg()[0]!.toFixed(2)}`,
  )
  console.log(
    `2 layers, d 64, ${count} × ${length} tokens, ${layout.length} parameters; ${RUNS} steps, medians (ranges)`,
  )
  const sides = new Map<string, Side>()
  for (const name of BACKEND_NAMES) {
    if (name === 'cpu') continue
    const backend = await backendOrReason(name, { native: process.env['CIRCUITQL_TFJS_NODE'] ?? null })
    if (typeof backend === 'string') console.log(`${name} is not there: ${backend}`)
    else sides.set(`${name} (${backend.device})`, new Side(backend))
  }
  const folder = mkdtempSync(join(tmpdir(), 'circuitql-bench-'))
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan))
  const python = jaxPython()
  const peer =
    python === null
      ? null
      : new Peer(python, 'training_step.py', [join(folder, 'plan.json'), String(VOCABULARY)])
  try {
    const peerTimes: number[] = []
    const version = peer === null ? '' : (await peer.line<{ version: string }>()).version
    for (let run = 0; run < WARM_UP + RUNS; run++) {
      for (const side of sides.values()) await side.step()
      if (peer !== null) peerTimes.push((await peer.ask<{ seconds: number }>('step')).seconds)
    }
    const own = (times: readonly number[]): readonly number[] => times.slice(WARM_UP)
    if (peer === null) console.log('T2 peer: none')
    else console.log(`T2 JAX ${version}, float32, all cores: ${shown(own(peerTimes))}`)
    for (const [name, { steps: all, cuts, projections }] of sides) {
      const step = median(own(all))
      const ratio = peer === null ? '' : `, ${(step / median(own(peerTimes))).toFixed(2)} × the peer`
      console.log(`T2 ${name}: ${shown(own(all))}${ratio}`)
      const share = (median(own(cuts)) + median(own(projections))) / step
      const parts = `AbsTopK ${shown(own(cuts))}, projection ${shown(own(projections))}`
      console.log(`T3 ${name}: ${(100 * share).toFixed(0)} % of a step (${parts})`)
    }
  } finally {
    peer?.end()
    rmSync(folder, { recursive: true })
  }
}

main().then(() => process.exit(0))
