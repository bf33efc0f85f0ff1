/** Influence of every node on the logits, cumulative shares and the two graph scores, as circuit-tracer defines them. */
import { cumulativeInfluence } from '../graph/cumulative-influence.js'
import { graphScores } from '../graph/graph-scores.js'
import { nodeInfluence } from '../graph/influence.js'
import { rowSums } from '../graph/row-sums.js'
import { beginAnswer } from './answer-base.js'
import type { InfluenceAnswer } from './answers.js'
import { influenceSetting } from './influence-setting.js'
import type { Clock } from './ports/clock.js'
import type { InfluenceQuestion } from './questions.js'
import type { OpenGraph } from './use-cases.js'

/** The basis is GRAPH_ESTIMATE: normalised absolute values are arithmetic on the graph, not a fact of the model. */
export function askInfluence(open: OpenGraph, question: InfluenceQuestion, clock: Clock): InfluenceAnswer {
  const finish = beginAnswer(open, { ask: 'influence', on: question.on }, clock)
  const { graph, order, roles, start } = influenceSetting(open.graph, question.on)
  const sums = rowSums(graph)
  const influence = nodeInfluence(graph, order, sums, start)
  const cumulative = cumulativeInfluence(influence)
  const scores = graphScores(graph, roles, sums, influence, start)
  const missing =
    scores.replacement === null
      ? 'neither tokens nor errors have influence'
      : scores.completeness === null
        ? 'nothing has influence'
        : null
  return {
    ...finish({ basis: 'GRAPH_ESTIMATE' }),
    nodes: open.graph.nodes.map((node) => ({
      node,
      influence: influence[node.ordinal]!,
      cumulative: cumulative[node.ordinal]!,
    })),
    replacementScore: scores.replacement,
    completenessScore: scores.completeness,
    scoresReason: missing,
  }
}
