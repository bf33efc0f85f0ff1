/** A circuit or a model on one prompt, as a graph of derivatives (language.md §4, unroll; semantics.md §2). */
import { parseAddress } from '../domain/address.js'
import { buildGraph } from '../domain/build-circuit.js'
import { InvalidInput } from '../domain/errors.js'
import { allOf, type ChannelSet, difference } from '../domain/experiment/channel-set.js'
import type { UnrolledRun } from '../domain/experiment/unrolling.js'
import type { GraphData } from '../domain/graph-data.js'
import type { GraphExpression } from '../query/graph-expression.js'
import type { ModelDeps } from './ablate-model.js'
import { channelsOf } from './measuring/channel-mask.js'
import type { DataSet } from './measuring/data-set.js'
import { namedFill } from './measuring/fills.js'
import { tokensOf } from './measuring/prompt-tokens.js'
import { walksOnWeights } from './question-walk.js'
import { sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

/** More derivatives than this are refused while they are found. */
export const MOST_DERIVATIVES = 5_000_000

/**
 * Nodes are the graph's channels at positions, with what lies between them: what heads write (`attn.y`), the stream's
 * ends, and `rms(…)` (and the mean, for LayerNorm) of every row that is read where norms are live. Only what leads on to
 * a logit is there; entries that AbsTopK silenced are not. Throws NOT_MEANINGFUL for a graph that is not on weights.
 */
export async function unrollGraph(
  open: OpenGraph,
  { prompt, attention, norms, logits, baseline }: Extract<GraphExpression, { kind: 'unroll' }>,
  asking: Asking,
  path: string,
  deps: ModelDeps,
): Promise<GraphData> {
  if (!walksOnWeights(open.graph))
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      'only a sparse model, or a circuit of its weights, can be put on a prompt',
      { path },
    )
  const { modelId, structure, sites } = await sparseSetting(open, deps.library, deps.runner)
  const tokens = tokensOf(prompt, structure, `${path}.prompt`)
  // A graph with all the channels of its model has nothing outside it.
  const replaced: ChannelSet = difference(allOf(sites), channelsOf(open.graph.nodes))
  const data: DataSet = {
    id: '',
    cases: [
      {
        prompt: { tokens, target: null, alternative: null, at: 'LAST' },
        ...{ source: null, side: null, example: 0, cluster: 0, roles: {} },
      },
    ],
  }
  const setting = { modelId, structure, means: deps.means }
  const filling =
    replaced.size === 0 ? null : await namedFill(baseline, data, setting, asking, `${path}.baseline`)
  const run = await deps.runner.unroll(
    {
      modelId,
      tokens,
      background: { replaced, fill: filling?.fill ?? { kind: 'CONSTANT', value: 0 } },
      attention,
      norms,
      logits,
      mostEdges: MOST_DERIVATIVES,
    },
    asking,
  )
  asking.meter?.spend(run.nodes.count + run.edges.count)
  const told = tokens.map((id) => ({ id, text: structure.tokenText(id) ?? '' }))
  return buildGraph({
    source: 'SPARSE_WEIGHTS',
    edgeMeaning: 'DERIVATIVE',
    model: open.graph.model,
    task: open.graph.task,
    prompt: { text: told.map(({ text }) => text).join(''), tokens: told },
    maskedSites: open.graph.maskedSites,
    nodes: nodesOf(run),
    edges: { ...run.edges, kind: 'EFFECT' },
  })
}

function nodesOf({ sites, nodes, logits }: UnrolledRun) {
  const probabilityOf = new Map(logits.map(({ token, probability }) => [token, probability]))
  return Array.from({ length: nodes.count }, (_, n) => {
    const tap = sites[nodes.site[n]!]!
    const index = nodes.index[n]!
    const isLogit = tap === 'logit'
    return {
      place: parseAddress(`${siteText(tap, index)}@${nodes.position[n]}`),
      activation: nodes.value[n]!,
      ...(isLogit ? { probability: probabilityOf.get(index)!, isTarget: true } : {}),
    }
  })
}

/** The spread of a row that is read as `rms(0.attn.act_in[0])`; its mean has no word of its own. */
function siteText(tap: string, index: number): string {
  const norm = /^(rms|mean):(.*)$/.exec(tap)
  if (norm?.[1] === 'rms') return `rms(${norm[2]}[0])`
  if (norm?.[1] === 'mean') return `node(${JSON.stringify(`mean of ${norm[2]}`)})`
  return tap === 'logit' ? `logit(${index})` : `${tap}[${index}]`
}
