import { REPLACING_NOTHING, ReplacingTap } from '../src/engine/replacing-tap.js'
import { newRun } from '../src/engine/run.js'
import { forward } from '../src/engine/sparse-transformer.js'
import { runToEnd } from '../src/engine/steps.js'
import { prepareModel } from '../src/model/prepared-model.js'
import { benchConfig, benchModel, benchTokens } from './engine-model.js'
import { Workspace } from '../src/engine/workspace.js'
const config = benchConfig(); const model = prepareModel(benchModel(config)); const tokens = benchTokens(config)

import { attribute } from '../src/engine/gradients/attribute.js'
import { allOf } from '../src/domain/experiment/channel-set.js'
import { LIVE_GATES } from '../src/domain/experiment/measurement.js'
import { maskableSites } from '../src/model/model-graph.js'
const sites = maskableSites(config)
for (let i = 0; i < 5; i++) { const a = performance.now(); runToEnd(attribute(model, { modelId: model.id, prompts: [{ tokens, target: 5, alternative: 7, at: 'LAST' }], metric: { name: 'LOGIT_DIFFERENCE', against: null },
 method: { kind: 'GRADIENT_TIMES_ACTIVATION' }, of: { kind: 'CHANNELS', channels: allOf(sites) }, baseline: { kind: 'CONSTANT', value: 0 }, background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } }, gates: LIVE_GATES, cuts: false })); console.log((performance.now() - a).toFixed(0)) }
