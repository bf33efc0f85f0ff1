/** The released configuration of the model that a plan describes. */
import type { ModelConfig } from '../domain/sparse-model-data.js'
import type { TrainingPlan } from '../domain/training/training-plan.js'

/** Learned positions are as many as a training sequence has tokens. */
export function plannedConfig({ model, batch, text }: TrainingPlan, vocabSize: number): ModelConfig {
  return {
    blockSize: batch.length,
    vocabSize,
    layers: model.layers,
    heads: model.heads,
    dHead: model.dHead,
    dModel: model.dModel,
    dMlp: model.dMlp,
    bias: model.bias,
    lnBias: true,
    rmsNorm: true,
    activation: model.activation,
    residualActivation: 'identity',
    afrac: model.afrac,
    topKSites: model.afrac === null ? [] : model.topKSites,
    tiedUnembed: false,
    bigramTable: model.bigramTable,
    learnableBigramTable: model.bigramTable,
    dPosEmb: model.positionWidth,
    sinusoidalPositions: model.positions === 'SINUSOIDAL',
    sink: model.sink,
    tokenizer: text.name,
  }
}
