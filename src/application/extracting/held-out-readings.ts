/** What a circuit is worth on examples that it was not fitted to: beside its model, without it, and with nothing. */
import type { ChannelSet } from '../../domain/experiment/channel-set.js'
import type { Metric } from '../../domain/experiment/metric.js'
import type { HeldOutReading } from '../../domain/extraction/extraction-record.js'
import {
  EMPTY_CIRCUIT,
  keeping,
  type MaskSetting,
  maskedRuns,
  removing,
  WHOLE_MODEL,
} from '../faithfulness/masked-runs.js'
import { TASK_LOSS } from '../faithfulness/size-search.js'
import { type DataSet, exampleCount } from '../measuring/data-set.js'
import { aboveChance, meanOf } from '../measuring/readings.js'
import type { Watching } from '../ports/model-runner.js'
import { type AnsweredSide, type Calibration, calibrated, calibratedLoss } from './calibration.js'
import type { ExtractionData } from './extraction-data.js'

const DIFFERENCE: Metric = { name: 'LOGIT_DIFFERENCE', against: null }
const ACCURACY: Metric = { name: 'ACCURACY', against: null }

export interface Readings {
  readonly calibration: Calibration | null
  readonly heldOut: readonly HeldOutReading[]
}

export async function heldOutReadings(
  circuit: ChannelSet,
  { batch, heldOut }: ExtractionData,
  runs: Omit<MaskSetting, 'data'>,
  watching: Watching,
): Promise<Readings> {
  const own = { ...runs, data: batch }
  const [[fitted]] = (await maskedRuns([keeping(circuit)], [DIFFERENCE], own, watching)) as [[Float64Array]]
  const calibration = calibrated(answeredSides(fitted, batch))
  const readings: HeldOutReading[] = []
  for (const { split, data } of heldOut) {
    const values = await maskedRuns(
      [WHOLE_MODEL, keeping(circuit), removing(circuit), EMPTY_CIRCUIT],
      [TASK_LOSS, ACCURACY, DIFFERENCE],
      { ...runs, data },
      watching,
    )
    const mean = (mask: number, metric: number): number => meanOf(values[mask]![metric]!)
    const [model, own, complement, empty] = [0, 1, 2, 3].map((mask) => mean(mask, 0)) as [
      number,
      number,
      number,
      number,
    ]
    const left = aboveChance(model, complement)
    readings.push({
      split,
      examples: exampleCount(data),
      model,
      circuit: own,
      complement,
      empty,
      calibrated:
        calibration === null ? null : calibratedLoss(answeredSides(values[1]![2]!, data), calibration),
      accuracy: mean(1, 1),
      modelAccuracy: mean(0, 1),
      sufficiency: aboveChance(model, own),
      necessity: left === null ? null : 1 - left,
    })
  }
  return { calibration, heldOut: readings }
}

function answeredSides(differences: Float64Array, { cases }: DataSet): readonly AnsweredSide[] {
  return cases.map(({ prompt }, i) => ({
    difference: differences[i]!,
    isLower: prompt.target! < prompt.alternative!,
  }))
}
