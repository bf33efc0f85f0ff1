/** Runs a model on a prompt; on a circuit, with everything outside it replaced. */
import { parseAddress } from '../domain/address.js'
import { InvalidInput } from '../domain/errors.js'
import { beginAnswer } from './answer-base.js'
import type { RunAnswer } from './answers.js'
import { keptChannels, replaceAllBut, tapOfSite } from './channel-mask.js'
import { checkToken, tokensOf } from './measured-prompts.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary, ModelStructure } from './ports/model-library.js'
import type { ForwardAnswer, ModelRunner, Replacement } from './ports/model-runner.js'
import type { RunQuestion } from './questions.js'
import { replacementValues } from './replacement-values.js'
import { sparseSetting } from './sparse-setting.js'
import type { Asking, OpenGraph } from './use-cases.js'

export async function runModel(
  open: OpenGraph,
  question: RunQuestion,
  asking: Asking,
  deps: { library: ModelLibrary; runner: ModelRunner; clock: Clock },
): Promise<RunAnswer> {
  const finish = beginAnswer(open, { ask: 'run', ...question }, deps.clock)
  const { modelId, structure, maskable, runner } = await sparseSetting(open, deps.library, deps.runner)
  if (!Number.isInteger(question.top) || question.top < 1 || question.top > 1_000) {
    throw new InvalidInput('BAD_INPUT', `top lies between 1 and 1000, not ${question.top}`, {
      path: 'input.top',
    })
  }
  const tokens = tokensOf(question.prompt, structure, 'input')
  const wholeModel = open.type === 'model'
  const filling = wholeModel
    ? null
    : await replacementValues(question.replacement, modelId, structure, runner, asking.signal)
  const around = filling === null ? [] : replaceAllBut(maskable, keptChannels(open.graph.nodes), filling.fill)
  const places = question.activations.map((text) => channelAt(text, 'input.activations'))
  for (const layer of question.attentionLayers) {
    if (!Number.isInteger(layer) || layer < 0 || layer >= structure.layers) {
      throw new InvalidInput('BAD_INPUT', `the model has layers 0 to ${structure.layers - 1}, not ${layer}`, {
        path: 'input.attentionLayers',
      })
    }
  }
  const record = new Set([
    ...places.map(({ tap }) => tap),
    ...question.attentionLayers.map((layer) => `${layer}.attn.pattern`),
  ])
  const replacements = [...around, ...interventions(question)]
  const answer = await runner.forward({ modelId, tokens, replacements, record: [...record] }, asking.signal)
  const target = question.target === null ? null : checkToken(question.target, structure, 'input.target')
  const alternative =
    question.alternative === null ? null : checkToken(question.alternative, structure, 'input.alternative')
  const measurable = target !== null || tokens.length > 1
  const measured = measurable
    ? await runner.measure(
        {
          modelId,
          prompts: [{ tokens, target, alternative }],
          metrics: ['TASK_LOSS'],
          variants: [replacements],
        },
        asking.signal,
      )
    : null
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId,
      referenceSetId: filling?.referenceSetId ?? null,
      smallestMargin: answer.smallestMargin,
      evaluations: measurable ? 2 : 1,
    }),
    tokens: tokens.map((id) => ({ id, text: structure.tokenText(id) })),
    next: nextTokens(answer, tokens.length - 1, question.top, structure),
    loss: measured?.values[0]?.[0]?.[0] ?? null,
    lossReason: measurable ? null : 'a prompt of one token has no next token to predict: give a target',
    activations: question.activations.map((address, i) => ({ address, values: column(answer, places[i]!) })),
    attention: question.attentionLayers.flatMap((layer) => patterns(answer, layer)),
    smallestMargin: answer.smallestMargin,
  }
}

function channelAt(text: string, path: string): { tap: string; index: number } {
  const address = parseAddress(text)
  const place =
    address.site.kind === 'stream'
      ? { tap: `${address.site.layer}.${address.site.point}`, index: address.site.index }
      : tapOfSite(address.site)
  const found = place ?? (address.site.kind === 'embed' ? { tap: 'embed', index: address.site.index } : null)
  if (found === null || address.position !== null) {
    throw new InvalidInput('BAD_INPUT', `${text} is not a channel of the model without a position`, {
      path,
      hint: 'for example 0.mlp.post_act[3]',
    })
  }
  return found
}

function interventions(question: RunQuestion): Replacement[] {
  return question.interventions.flatMap(({ address, positions, value }) => {
    if (!Number.isFinite(value))
      throw new InvalidInput('BAD_INPUT', `an intervention sets a finite number, not ${value}`, {
        path: 'input.interventions',
      })
    const { tap, index } = channelAt(address, 'input.interventions')
    return (positions ?? [null]).map((position) => ({ tap, index, position, value }))
  })
}

/** The most probable next tokens, ties by lower id; log-softmax with the maximum taken out. */
function nextTokens(
  answer: ForwardAnswer,
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

function column(answer: ForwardAnswer, place: { tap: string; index: number }): number[] {
  const tap = answer.taps.find((recorded) => recorded.tap === place.tap)
  const width = tap?.shape[1] ?? 0
  if (tap === undefined || place.index >= width)
    throw new InvalidInput('BAD_INPUT', `the model has no channel ${place.tap}[${place.index}]`)
  return Array.from({ length: tap.shape[0]! }, (_, t) => tap.values[t * width + place.index]!)
}

function patterns(answer: ForwardAnswer, layer: number): RunAnswer['attention'] {
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
