/** Faithfulness over circuit size: channels ranked, the first of them kept, for every share of a grid. */
import { InvalidInput } from '../../domain/errors.js'
import { allOf, type ChannelSet } from '../../domain/experiment/channel-set.js'
import type { Metric } from '../../domain/experiment/metric.js'
import type { Scores } from '../../query/node-filter.js'
import type { FaithfulnessAnswer } from '../answers.js'
import { tapOfSite } from '../measuring/channel-mask.js'
import type { DataSet } from '../measuring/data-set.js'
import { aboveChance, faithfulnessOf, meanOf } from '../measuring/readings.js'
import type { Watching } from '../ports/model-runner.js'
import type { FaithfulnessQuestion } from '../questions.js'
import type { OpenGraph } from '../use-cases.js'
import { EMPTY_CIRCUIT, keeping, type MaskSetting, maskedRuns, WHOLE_MODEL } from './masked-runs.js'
import { checkedGrid, curveAreas, keptItems } from './size-curve.js'
import { firstOf, type RankedChannel, rankedChannels, TASK_LOSS } from './size-search.js'

const DIFFERENCE: Metric = { name: 'LOGIT_DIFFERENCE', against: null }

export async function curveOf(
  question: FaithfulnessQuestion,
  made: {
    readonly circuit: ChannelSet
    /** Leave-one-out inside the circuit; empty where it has too many nodes. */
    readonly ranking: readonly RankedChannel[]
    readonly scores: Scores
    readonly open: OpenGraph
    readonly train: DataSet | null
  },
  setting: MaskSetting,
  asking: Watching,
): Promise<FaithfulnessAnswer['curve']> {
  const grid = checkedGrid(question.grid)
  const { ranked, method } = await rankingOf(question, made, setting, asking)
  const sizes = grid.map((share) => keptItems(share, ranked.length))
  const masks = [WHOLE_MODEL, EMPTY_CIRCUIT, ...sizes.map((size) => keeping(firstOf(ranked, size)))]
  const values = await maskedRuns(masks, [TASK_LOSS, DIFFERENCE], setting, asking)
  const [model, empty, ...points] = values.map(([loss, d]) => ({ loss: meanOf(loss!), d: meanOf(d!) }))
  const faithfulness = points.map(({ d }) => faithfulnessOf(model!.d, d, empty!.d))
  return {
    universe: question.universe,
    ranking: method,
    signed: question.signed,
    points: points.map(({ loss, d }, i) => ({
      share: grid[i]!,
      items: sizes[i]!,
      loss,
      difference: d,
      againstEmpty: faithfulness[i]!,
      aboveChance: aboveChance(model!.loss, loss),
    })),
    areas: curveAreas(grid, faithfulness),
  }
}

async function rankingOf(
  { universe, ranking, signed }: FaithfulnessQuestion,
  { circuit, ranking: leaveOneOut, scores, open, train }: Parameters<typeof curveOf>[1],
  setting: MaskSetting,
  asking: Watching,
): Promise<{ readonly ranked: readonly RankedChannel[]; readonly method: string }> {
  const key = ({ score }: RankedChannel): number => (signed ? score : Math.abs(score))
  if (ranking !== null) {
    const values = scores.get(ranking)
    if (values === undefined)
      throw new InvalidInput('BAD_INPUT', `this graph has no score ${JSON.stringify(ranking)}`, {
        path: 'input.ranking',
        hint: `it has ${[...scores.keys()].join(', ') || 'none'}`,
      })
    const ranked = open.graph.nodes.flatMap((node) => {
      const place = tapOfSite(node.place.site)
      return place === null ? [] : [{ ...place, score: values[node.ordinal] ?? 0 }]
    })
    return { ranked: ranked.sort((a, b) => key(b) - key(a)), method: `score ${ranking}` }
  }
  if (universe === 'CIRCUIT' && leaveOneOut.length > 0)
    return {
      ranked: [...leaveOneOut].sort((a, b) => key(b) - key(a)),
      method: 'leave-one-out inside the circuit, loss on the measured prompts',
    }
  const channels = universe === 'CIRCUIT' ? circuit : allOf(setting.sites)
  const data = train ?? setting.data
  return {
    ranked: await rankedChannels(channels, signed, { ...setting, data }, asking),
    method: `gradient × (replacement − activation) of the loss on ${train === null ? 'the measured prompts' : 'training examples'}`,
  }
}
