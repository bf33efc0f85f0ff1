/** What a sceptic asks of a circuit besides its size (semantics.md §13 a, c, d, f), each as one finding with numbers. */
import { InvalidInput } from '../../domain/errors.js'
import { type ChannelSet, channelSet, sizeOf } from '../../domain/experiment/channel-set.js'
import { LIVE_GATES } from '../../domain/experiment/measurement.js'
import type { DataSet } from '../measuring/data-set.js'
import { namedFill } from '../measuring/fills.js'
import { pearsonCorrelation } from '../measuring/rank-correlation.js'
import { aboveChance, meanOf } from '../measuring/readings.js'
import type { ReferenceMeans } from '../measuring/reference-means.js'
import type { Watching } from '../ports/model-runner.js'
import type { ReplacementChoice } from '../questions.js'
import type { SparseSetting } from '../sparse-setting.js'
import { keeping, type MaskSetting, maskedRuns, removing, WHOLE_MODEL } from './masked-runs.js'
import { rankedChannels, TASK_LOSS } from './size-search.js'
import type { Control } from './verdict.js'

/** (a): does the circuit do what the model does, prompt by prompt, its errors included? */
export function agreement(
  model: Float64Array,
  circuit: Float64Array,
  divergence: Float64Array,
  data: DataSet,
): Control {
  const correlation = pearsonCorrelation([...model], [...circuit])
  const errors = [...model].flatMap((d, i) => (d < 0 ? [i] : []))
  const shared = errors.filter((i) => circuit[i]! < 0).length
  return {
    name: 'AGREEMENT',
    finding: `over ${data.cases.length} prompts the logit differences of circuit and model correlate ${correlation === null ? 'not at all (one does not vary)' : correlation.toFixed(3)}; the circuit makes ${shared} of the model's ${errors.length} errors; KL(model‖circuit) is ${meanOf(divergence).toFixed(4)} nats`,
    passed: correlation === null ? null : correlation > 0,
  }
}

/** (d): the same circuit with other replacements and with norms frozen. */
export async function otherConditions(
  replacement: ReplacementChoice,
  circuit: ChannelSet,
  sparse: SparseSetting,
  test: DataSet,
  setting: MaskSetting,
  asking: Watching,
  means: ReferenceMeans,
): Promise<readonly Control[]> {
  const choices: ReplacementChoice[] = [
    { kind: 'preset', preset: 'ZERO' },
    ...(sparse.structure.referenceSet === null ? [] : [{ kind: 'preset', preset: 'MEAN' } as const]),
    { kind: 'corrupt' },
  ]
  const controls: Control[] = []
  for (const choice of choices) {
    for (const norms of ['LIVE', 'FROZEN'] as const) {
      const name = choice.kind === 'preset' ? choice.preset : 'CORRUPT'
      if (norms === 'LIVE' && JSON.stringify(choice) === JSON.stringify(replacement)) continue
      try {
        const { fill } = await namedFill(choice, test, { ...sparse, means }, asking, 'input.replacement')
        const own = { ...setting, fill, gates: { ...LIVE_GATES, norms } }
        const [model, kept] = await maskedRuns([WHOLE_MODEL, keeping(circuit)], [TASK_LOSS], own, asking)
        const f = aboveChance(meanOf(model![0]!), meanOf(kept![0]!))
        controls.push({
          name: `REPLACED_BY_${name}_NORMS_${norms}`,
          finding: `with the rest replaced by ${name} and norms ${norms.toLowerCase()} the circuit keeps ${percent(f)} of the behaviour above chance, loss ${meanOf(kept![0]!).toFixed(4)}`,
          passed: null,
        })
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error
        controls.push({ name: `REPLACED_BY_${name}_NORMS_${norms}`, finding: error.message, passed: null })
      }
    }
  }
  return controls
}

/** (c): the model without random halves of everything else. */
export function complementControl(losses: readonly number[], model: number): Control {
  if (losses.length === 0)
    return { name: 'COMPLEMENT_HALVES', finding: 'no halves were drawn (randomDraws: 0)', passed: null }
  return {
    name: 'COMPLEMENT_HALVES',
    finding: `without random halves of everything outside the circuit the model's loss is ${meanOf(losses).toFixed(4)} on average and ${Math.max(...losses).toFixed(4)} at worst over ${losses.length} draws, with all of it ${model.toFixed(4)}`,
    passed: Math.max(...losses) < Math.LN2,
  }
}

/** (c): everything outside the circuit whose removal is estimated to hurt, removed together. */
export async function adversarial(
  complement: ChannelSet,
  setting: MaskSetting,
  model: number,
  asking: Watching,
): Promise<Control> {
  if (sizeOf(complement) === 0)
    return { name: 'ADVERSARIAL_SUBSET', finding: 'nothing lies outside the circuit', passed: null }
  const ranked = await rankedChannels(complement, true, setting, asking)
  const harmful = ranked.filter(({ score }) => score > 0)
  const [values] = await maskedRuns([removing(channelSet(harmful))], [TASK_LOSS], setting, asking)
  const loss = meanOf(values![0]!)
  return {
    name: 'ADVERSARIAL_SUBSET',
    finding: `without the ${harmful.length} channels outside the circuit whose removal is estimated to raise the loss it is ${loss.toFixed(4)}, with all of them ${model.toFixed(4)}`,
    passed: loss < Math.LN2,
  }
}

/** (f): circuits of the same size, site by site. */
export function randomControl(losses: readonly number[], circuit: number): Control {
  if (losses.length === 0)
    return {
      name: 'RANDOM_CIRCUITS',
      finding: 'no random circuits were drawn (randomDraws: 0)',
      passed: null,
    }
  const better = losses.filter((loss) => loss <= circuit).length
  return {
    name: 'RANDOM_CIRCUITS',
    finding: `${better} of ${losses.length} random circuits matched by site, aliveness and degree reach the circuit's loss ${circuit.toFixed(4)}; their mean is ${meanOf(losses).toFixed(4)}`,
    passed: better / losses.length <= 0.05,
  }
}

function percent(share: number | null): string {
  return share === null ? 'an undefined share' : `${(100 * share).toFixed(0)} %`
}
