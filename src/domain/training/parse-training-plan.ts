/** A training plan out of parsed JSON, checked as a whole: all faults are told together. */
import type { JsonValue } from '../canonical-json.js'
import { TOPK_SITES } from '../sparse-model-data.js'
import { PlanFields } from './plan-fields.js'
import {
  type OptimiserPlan,
  type PlannedBatch,
  type PlannedModel,
  POSITION_KINDS,
  type SparsityPlan,
  type TrainingPlan,
  type WatchPlan,
} from './training-plan.js'

/** Throws BAD_INPUT naming every field that is missing, unknown, malformed or at odds with another. */
export function parseTrainingPlan(json: unknown): TrainingPlan {
  const fields = new PlanFields(json)
  const text = fields.part('text')
  const plan: TrainingPlan = {
    name: fields.text('name'),
    text: { name: text.text('name'), options: text.object('options') as { [option: string]: JsonValue } },
    seed: fields.whole('seed', 0),
    model: model(fields.part('model')),
    batch: batch(fields.part('batch')),
    optimiser: optimiser(fields.part('optimiser')),
    sparsity: sparsity(fields.part('sparsity')),
    watch: watch(fields.part('watch')),
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(plan.name))
    fields.refuse('name', 'is not letters, digits, dots, dashes and underlines')
  refuseTooSparse(fields, plan)
  text.end()
  fields.end()
  fields.throwFaults()
  return plan
}

function model(fields: PlanFields): PlannedModel {
  const positions = fields.text('positions', POSITION_KINDS)
  const planned: PlannedModel = {
    layers: fields.whole('layers', 1, 1_024),
    heads: fields.whole('heads', 1, 65_536),
    dHead: fields.whole('dHead', 1, 65_536),
    dModel: fields.whole('dModel', 1, 65_536),
    dMlp: fields.whole('dMlp', 1, 1_048_576),
    afrac: fields.isNull('afrac') ? null : fields.number('afrac', 0, 1),
    topKSites: fields.texts('topKSites', TOPK_SITES),
    activation: fields.text('activation', ['gelu', 'relu']),
    bias: fields.flag('bias'),
    sink: fields.flag('sink'),
    bigramTable: fields.flag('bigramTable'),
    positions,
    positionWidth: fields.isNull('positionWidth') ? null : fields.whole('positionWidth', 1, 65_536),
  }
  const isConcatenated = positions === 'CONCATENATED' || positions === 'SINUSOIDAL'
  if (isConcatenated !== (planned.positionWidth !== null))
    fields.refuse('positionWidth', `goes with positions CONCATENATED or SINUSOIDAL alone, not ${positions}`)
  // The released configuration asks for it, although d_head is a field of its own.
  if (planned.dModel % planned.heads !== 0)
    fields.refuse('dModel', `is ${planned.dModel}, not a multiple of heads, ${planned.heads}`)
  fields.end()
  return planned
}

function batch(fields: PlanFields): PlannedBatch {
  const planned = {
    steps: fields.whole('steps', 1),
    sequences: fields.whole('sequences', 1, 65_536),
    length: fields.whole('length', 1, 65_536),
  }
  fields.end()
  return planned
}

function optimiser(fields: PlanFields): OptimiserPlan {
  const planned: OptimiserPlan = {
    peakRate: fields.number('peakRate', 0, 10),
    warmup: fields.number('warmup', 0, 1),
    beta1: fields.number('beta1', 0, 0.999_999),
    beta2: fields.number('beta2', 0, 0.999_999),
    epsilon: fields.number('epsilon', 1e-12, 10),
    gradient: fields.text('gradient', ['NORMALISE', 'CLIP']),
    weightDecay: fields.number('weightDecay', 0, 10),
  }
  fields.end()
  return planned
}

function sparsity(fields: PlanFields): SparsityPlan {
  const planned: SparsityPlan = {
    density: fields.number('density', 1e-6, 1),
    embeddingDensity: fields.number('embeddingDensity', 1e-6, 1),
    biasDensity: fields.number('biasDensity', 0, 1),
    leastPerNeuron: fields.whole('leastPerNeuron', 0, 65_536),
    annealFrom: fields.number('annealFrom', 0, 1),
    annealTo: fields.number('annealTo', 0, 1),
    anneal: fields.text('anneal', ['LINEAR', 'POWER_LAW']),
    exponent: fields.number('exponent', 0.01, 100),
    sharkfin: fields.flag('sharkfin'),
  }
  if (planned.annealTo < planned.annealFrom)
    fields.refuse('annealTo', `is ${planned.annealTo}, before annealFrom, ${planned.annealFrom}`)
  fields.end()
  return planned
}

function watch(fields: PlanFields): WatchPlan {
  const planned = {
    every: fields.whole('every', 1),
    sequences: fields.whole('sequences', 1, 1_048_576),
    checkpointEvery: fields.whole('checkpointEvery', 1),
    referenceSequences: fields.whole('referenceSequences', 1, 65_536),
  }
  fields.end()
  return planned
}

/** A floor of j per neuron needs room: j · neurons ≤ kept weights, that is density ≥ j / width of a neuron. */
function refuseTooSparse(fields: PlanFields, { model, sparsity }: TrainingPlan): void {
  const { density, leastPerNeuron: least } = sparsity
  const reads = model.dModel + (model.positionWidth ?? 0)
  const widths = { c_attn: reads, c_fc: reads, 'attn.c_proj': model.dModel, 'mlp.c_proj': model.dModel }
  for (const [matrix, width] of Object.entries(widths)) {
    const channels = model.heads * model.dHead
    const neurons = {
      c_attn: 3 * channels,
      c_fc: model.dMlp,
      'attn.c_proj': channels,
      'mlp.c_proj': model.dMlp,
    }[matrix]!
    if (least > width || least * neurons > Math.trunc(density * width * neurons)) {
      const part = `leaves room for less than ${least} nonzeros per neuron of ${matrix}`
      fields.refuse('sparsity.density', `is ${density}: it ${part}, at least ${least / width} is needed`)
    }
  }
}
