/**
 * The weights of a model as one flat array: where each released tensor lies in it, and how the recipe treats it. The
 * optimiser works on the whole array at once, and a checkpoint is three such arrays.
 */
import type { TrainingPlan } from '../domain/training/training-plan.js'
import { expectedTensors } from '../model/tensor-table.js'
import { plannedConfig } from './planned-config.js'

/** MATRIX of a block; EMBEDDING also unembedding and learned positions; VECTOR gains and sinks. */
export type ParameterKind = 'MATRIX' | 'EMBEDDING' | 'BIGRAM' | 'BIAS' | 'VECTOR'

export interface Parameter {
  /** Released name. */
  readonly name: string
  readonly shape: readonly number[]
  readonly offset: number
  readonly length: number
  readonly kind: ParameterKind
  /** Which way the neurons or channels of a block matrix lie: rows of what reads, columns of what writes. */
  readonly neurons: 'ROWS' | 'COLUMNS' | null
  /** Frozen parameters stay as they were made. */
  readonly isTrained: boolean
}

export interface ParameterLayout {
  /** In code-point order of the names. */
  readonly parameters: readonly Parameter[]
  /** Elements of all. */
  readonly length: number
}

export function parameterLayout(plan: TrainingPlan, vocabSize: number): ParameterLayout {
  const parameters: Parameter[] = []
  let offset = 0
  for (const { name, shape } of expectedTensors(plannedConfig(plan, vocabSize))) {
    const length = shape.reduce((product, size) => product * size, 1)
    const isTrained = name !== 'final_logits_bias' && !(name === POSITIONS && isFrozen(plan))
    parameters.push({ name, shape, offset, length, kind: kindOf(name), neurons: neuronsOf(name), isTrained })
    offset += length
  }
  return { parameters, length: offset }
}

export const POSITIONS = 'transformer.wpe.weight'

/** Without positions the released code means to hold them at zero; sinusoids are what they are. */
function isFrozen({ model }: TrainingPlan): boolean {
  return model.positions === 'NONE' || model.positions === 'SINUSOIDAL'
}

function kindOf(name: string): ParameterKind {
  if (name === 'bigram_table') return 'BIGRAM'
  if (/(wte|wpe|lm_head)\.weight$/.test(name)) return 'EMBEDDING'
  if (/(c_attn|c_fc|c_proj)\.weight$/.test(name)) return 'MATRIX'
  return /(c_attn|c_fc|c_proj)\.bias$/.test(name) ? 'BIAS' : 'VECTOR'
}

function neuronsOf(name: string): Parameter['neurons'] {
  if (/(c_attn|c_fc)\.weight$/.test(name)) return 'ROWS'
  return /c_proj\.weight$/.test(name) ? 'COLUMNS' : null
}
