/** Runs a model on a prompt; on a circuit, with everything outside it replaced. */
import { parseAddress } from '../domain/address.js'
import { InvalidInput, standingAt } from '../domain/errors.js'
import { allOf, type ChannelSet, channelSet, difference } from '../domain/experiment/channel-set.js'
import { LIVE_GATES } from '../domain/experiment/measurement.js'
import type { Edit, ModelRun, ModelRunAnswer } from '../domain/experiment/model-run.js'
import type { Scores } from '../query/node-filter.js'
import { selectNodes } from '../query/node-selector.js'
import type { ModelDeps } from './ablate-model.js'
import { beginAnswer } from './answer-base.js'
import type { RunAnswer } from './answers.js'
import { channelsOf } from './measuring/channel-mask.js'
import type { DataSet } from './measuring/data-set.js'
import { drawnSeed, type FillSetting, type NamedFill, namedFill } from './measuring/fills.js'
import { recordedTapOf, widthOf } from './measuring/model-channel.js'
import { chosenPositions } from './measuring/positions.js'
import { checkAlternative, checkToken, tokensOf } from './measuring/prompt-tokens.js'
import type { ModelStructure } from './ports/model-library.js'
import type { RunQuestion } from './questions.js'
import { sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

export async function runModel(
  open: OpenGraph,
  question: RunQuestion,
  scores: Scores,
  asking: Asking,
  deps: ModelDeps,
): Promise<RunAnswer> {
  const finish = beginAnswer(open, { ask: 'run', ...question }, deps.clock)
  const setting = await sparseSetting(open, deps.library, deps.runner)
  const { modelId, structure, sites } = setting
  if (!Number.isInteger(question.top) || question.top < 1 || question.top > 1_000) {
    throw new InvalidInput('BAD_INPUT', `top lies between 1 and 1000, not ${question.top}`, {
      path: 'input.top',
    })
  }
  if (question.prompt === null)
    throw new InvalidInput('BAD_INPUT', 'a run needs a prompt', { path: 'input.prompt' })
  const tokens = tokensOf(question.prompt, structure, 'input.prompt')
  const target = question.target === null ? null : checkToken(question.target, structure, 'input.target')
  const alternative = checkAlternative(question.alternative, target, structure, 'input.alternative')
  const prompt = { tokens, target, alternative, at: 'ALL' as const }
  const data: DataSet = {
    id: '',
    cases: [{ prompt, source: null, side: null, example: 0, cluster: 0, roles: {} }],
  }
  const fillSetting = { ...setting, means: deps.means }
  const filling =
    open.type === 'model'
      ? null
      : await namedFill(question.replacement, data, fillSetting, asking, 'input.replacement')
  const replaced: ChannelSet =
    filling === null ? new Map() : difference(allOf(sites), channelsOf(open.graph.nodes))
  const places = question.activations.map((text, i) => channelAt(text, structure, `input.activations[${i}]`))
  checkLayers(question, structure)
  checkGeneration(question, tokens, structure)
  const record = new Set([
    ...places.map(({ tap }) => tap),
    ...question.attentionLayers.map((layer) => `${layer}.attn.pattern`),
  ])
  const request: ModelRun = {
    modelId,
    tokens,
    background: { replaced, fill: filling?.fill ?? { kind: 'CONSTANT', value: 0 } },
    edits: await edits(open, question, scores, data, fillSetting, asking),
    gates: question.gates ?? LIVE_GATES,
    record: [...record],
    measure: target !== null || tokens.length > 1 ? { target, alternative } : null,
    generate: question.generate,
  }
  const answer = await deps.runner.run(request, asking)
  const margin = answer.smallestMargin === Number.POSITIVE_INFINITY ? null : answer.smallestMargin
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId,
      referenceSetId: filling?.reference?.id ?? null,
      seed: question.generate?.seed ?? drawnSeed(usedReplacements(open, question)),
      smallestMargin: margin,
      evaluations: answer.evaluations,
    }),
    tokens: tokens.map((id) => ({ id, text: structure.tokenText(id) })),
    next: nextTokens(answer, tokens.length - 1, question.top, structure),
    loss: answer.loss,
    lossReason:
      answer.loss === null ? 'a prompt of one token has no next token to predict: give a target' : null,
    activations: question.activations.map((address, i) => ({ address, values: column(answer, places[i]!) })),
    attention: question.attentionLayers.flatMap((layer) => patterns(answer, layer)),
    generated: answer.generated.map(({ token, logProbability }) => ({
      id: token,
      text: structure.tokenText(token),
      logProbability,
    })),
    changes: [],
    smallestMargin: margin,
  }
}

function usedReplacements({ type }: OpenGraph, { replacement, interventions }: RunQuestion) {
  const changes = interventions.flatMap(({ change }) =>
    change.kind === 'REPLACE' ? [change.replacement] : [],
  )
  return type === 'model' ? changes : [replacement, ...changes]
}

function checkLayers({ attentionLayers }: RunQuestion, { layers }: ModelStructure): void {
  for (const layer of attentionLayers) {
    if (!Number.isInteger(layer) || layer < 0 || layer >= layers) {
      throw new InvalidInput('BAD_INPUT', `the model has layers 0 to ${layers - 1}, not ${layer}`, {
        path: 'input.attentionLayers',
      })
    }
  }
}

/** The last token that is added is not read any more. */
function checkGeneration(
  { generate }: RunQuestion,
  tokens: readonly number[],
  { blockSize }: ModelStructure,
): void {
  if (generate === null) return
  const { length, temperature } = generate
  const room = blockSize - tokens.length + 1
  if (!Number.isInteger(length) || length < 1 || length > room)
    throw new InvalidInput(
      'BAD_INPUT',
      `after ${tokens.length} tokens the model can add 1 to ${room}, not ${length}`,
      { path: 'input.generate.length' },
    )
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY))
    throw new InvalidInput('BAD_INPUT', `the temperature is ${temperature}, expected a number from 0 on`, {
      path: 'input.generate.temperature',
    })
}

/** Throws BAD_INPUT for what is no channel of the model. */
function channelAt(text: string, structure: ModelStructure, path: string): { tap: string; index: number } {
  const address = standingAt(path, () => parseAddress(text))
  const found = recordedTapOf(address.site)
  if (found === null || address.position !== null) {
    throw new InvalidInput('BAD_INPUT', `${text} is not a channel of the model without a position`, {
      path,
      hint: 'for example 0.mlp.post_act[3]',
    })
  }
  const width = widthOf(found.tap, structure)
  if (found.index >= width)
    throw new InvalidInput('BAD_INPUT', `the model has no channel ${found.tap}[${found.index}]`, { path })
  return found
}

/** One edit per tap of each intervention, in their order. */
async function edits(
  { graph }: OpenGraph,
  { interventions }: RunQuestion,
  scores: Scores,
  data: DataSet,
  setting: FillSetting,
  asking: Asking,
): Promise<readonly Edit[]> {
  const out: Edit[] = []
  const { structure } = setting
  for (const [i, { at, positions, change }] of interventions.entries()) {
    const path = `input.interventions[${i}]`
    // Addresses may name any channel of the model; other selectors choose among the graph's nodes.
    const channels =
      at.kind === 'addresses'
        ? channelSet(at.addresses.map((text) => channelAt(text, structure, path)))
        : channelsOf(selectNodes(at, graph, scores, `${path}.nodes`).map((ordinal) => graph.nodes[ordinal]!))
    if (channels.size === 0)
      throw new InvalidInput('BAD_INPUT', 'the intervention selects no channel of the model', { path })
    const chosen =
      positions === null ? null : chosenPositions(positions, data, structure, `${path}.positions`)[0]!
    const filling: NamedFill | null =
      change.kind === 'REPLACE'
        ? await namedFill(change.replacement, data, setting, asking, `${path}.change.replacement`)
        : null
    for (const [tap, indices] of channels)
      out.push({
        tap,
        channels: indices,
        positions: chosen,
        change:
          change.kind === 'REPLACE'
            ? { kind: 'REPLACE', fill: filling!.fill }
            : checkedChange(change, `${path}.change`),
      })
  }
  return out
}

function checkedChange<Change extends Exclude<Edit['change'], { kind: 'REPLACE' }>>(
  change: Change,
  path: string,
): Change {
  const numbers = change.kind === 'CLAMP' ? [change.least, change.most] : [change.value]
  for (const value of numbers)
    if (!Number.isFinite(value))
      throw new InvalidInput('BAD_INPUT', `an intervention takes finite numbers, not ${value}`, { path })
  if (change.kind === 'CLAMP' && change.least > change.most)
    throw new InvalidInput('BAD_INPUT', `a clamp from ${change.least} to ${change.most} holds nothing`, {
      path,
    })
  return change
}

/** The most probable next tokens, ties by lower id; log-softmax with the maximum taken out. */
function nextTokens(
  answer: ModelRunAnswer,
  position: number,
  top: number,
  structure: ModelStructure,
): RunAnswer['next'] {
  const logits = answer.logits.subarray(position * answer.vocabulary, (position + 1) * answer.vocabulary)
  const largest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0)
  const ids = Array.from(logits, (_, id) => id).sort((a, b) => logits[b]! - logits[a]! || a - b)
  return ids.slice(0, top).map((id) => ({
    id,
    text: structure.tokenText(id),
    logit: logits[id]!,
    probability: Math.exp(logits[id]! - largest) / sum,
  }))
}

function column(answer: ModelRunAnswer, place: { tap: string; index: number }): number[] {
  const tap = answer.taps.find((recorded) => recorded.tap === place.tap)!
  const width = tap.shape[1]!
  return Array.from({ length: tap.shape[0]! }, (_, t) => tap.values[t * width + place.index]!)
}

function patterns(answer: ModelRunAnswer, layer: number): RunAnswer['attention'] {
  const tap = answer.taps.find((recorded) => recorded.tap === `${layer}.attn.pattern`)
  const [heads = 0, queries = 0, keys = 0] = tap?.shape ?? []
  return Array.from({ length: heads }, (_, head) => ({
    layer,
    head,
    pattern: Array.from({ length: queries }, (__, q) =>
      Array.from(tap!.values.subarray((head * queries + q) * keys, (head * queries + q + 1) * keys)),
    ),
  }))
}
