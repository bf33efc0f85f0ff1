/** Attributions of tokens taken apart by prompts: each part has its own rows, and together they are the whole. */
import type { Attribution } from '../../../src/domain/experiment/attribution.js'
import { LIVE_GATES } from '../../../src/domain/experiment/measurement.js'
import { runToEnd } from '../../../src/domain/steps.js'
import { attributionParts, joinedScores } from '../../../src/engine/attribution-parts.js'
import { attribute } from '../../../src/engine/gradients/attribute.js'
import { prepareModel } from '../../../src/model/prepared-model.js'
import { promptOf } from '../../support/by-hand.js'
import { microConfig, randomModel } from '../../support/micro-model.js'

describe('an attribution of tokens in parts', () => {
  const model = prepareModel(randomModel(microConfig({ enable_bigram_table: true }), 91))
  const prompts = [promptOf([3, 0, 6], 2, 5), promptOf([1, 4], 0, 2), promptOf([6, 5, 4, 3], 1, 0)]
  const others = [
    [1, 2, 3],
    [0, 5],
    [2, 2, 6, 1],
  ]
  const whole: Attribution = {
    modelId: 'm',
    prompts,
    metric: { name: 'LOGIT_DIFFERENCE', against: null },
    method: { kind: 'DEEP_LIFT' },
    of: { kind: 'TOKENS' },
    baseline: { kind: 'CONSTANT', value: 0 },
    rows: { kind: 'FROM_PROMPTS', prompts: others },
    background: { replaced: new Map(), fill: { kind: 'CONSTANT', value: 0 } },
    gates: LIVE_GATES,
  }
  const answer = (request: Attribution) => runToEnd(attribute(model, request))

  it('has the bits of the whole', () => {
    const parts = attributionParts(whole, 3)
    expect(parts.map(({ rows }) => rows)).toEqual(
      others.map((tokens) => ({ kind: 'FROM_PROMPTS', prompts: [tokens] })),
    )
    expect(joinedScores(parts.map(answer))).toEqual(answer(whole))
  })
})
