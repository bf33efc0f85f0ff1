import { REPLACING_NOTHING, ReplacingTap } from '../src/engine/replacing-tap.js'
import { newRun } from '../src/engine/run.js'
import { forward } from '../src/engine/sparse-transformer.js'
import { runToEnd } from '../src/engine/steps.js'
import { prepareModel } from '../src/model/prepared-model.js'
import { benchConfig, benchModel, benchTokens } from './engine-model.js'
import { Workspace } from '../src/engine/workspace.js'
const config = benchConfig(); const model = prepareModel(benchModel(config)); const tokens = benchTokens(config)
const workspace = new Workspace(false)
for (let i = 0; i < 12; i++) { const a = performance.now(); runToEnd(forward(newRun(model, tokens, new ReplacingTap(REPLACING_NOTHING), { workspace }))); console.log((performance.now() - a).toFixed(0)) }
