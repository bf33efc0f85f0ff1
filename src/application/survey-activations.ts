/** Where a channel of a model speaks loudest over a set of texts, and how its values are spread (the whole model runs). */
import { InvalidInput } from '../domain/errors.js'
import type { CircuitNode } from '../domain/graph-data.js'
import { beginAnswer } from './answer-base.js'
import type { ActivationsAnswer } from './answers.js'
import { activationPlaces, activationProfile } from './measuring/activation-profile.js'
import type { ActivationSurveys } from './measuring/activation-surveys.js'
import { MAX_PROMPTS } from './measuring/data-set.js'
import { type ModelChannel, modelChannel } from './measuring/model-channel.js'
import { tokensOf } from './measuring/prompt-tokens.js'
import { givenReferenceSet, type ReferenceSet } from './measuring/reference-means.js'
import type { Clock } from './ports/clock.js'
import type { ModelLibrary } from './ports/model-library.js'
import type { ActivationsQuestion } from './questions.js'
import type { Asking, OpenGraph } from './use-cases.js'

const MAX_PLACES = 100

export async function surveyActivations(
  open: OpenGraph,
  node: CircuitNode,
  question: ActivationsQuestion,
  asking: Asking,
  deps: { readonly library: ModelLibrary; readonly surveys: ActivationSurveys; readonly clock: Clock },
): Promise<ActivationsAnswer> {
  const finish = beginAnswer(open, { ask: 'activations', node: node.address, ...question }, deps.clock)
  const channel = await modelChannel(open, node, 'activations', deps.library)
  const { first, order } = question
  if (!Number.isInteger(first) || first < 1 || first > MAX_PLACES)
    throw new InvalidInput('BAD_INPUT', `first lies between 1 and ${MAX_PLACES}, not ${first}`, {
      path: 'first',
    })
  const set = surveyedSet(question, channel)
  const found = await deps.surveys.of(channel.modelId, set, channel, asking)
  const smallestMargin = found.margin === Number.POSITIVE_INFINITY ? null : found.margin
  const lengths = set.sequences.map((sequence) => sequence.length)
  const places = activationPlaces(found.values, lengths, order, first)
  return {
    ...finish({
      basis: 'MEASURED_RUN',
      modelId: channel.modelId,
      referenceSetId: set.id,
      smallestMargin,
      evaluations: found.evaluations,
    }),
    referenceSetId: set.id,
    origin: set.origin,
    sequences: set.sequences.length,
    tokens: found.values.length,
    ...activationProfile(found.values),
    examples: places.map(({ token, ...place }) => {
      const tokens = set.sequences[place.sequence]!
      const from = token - place.position
      return {
        ...place,
        tokens,
        texts: tokens.map((token) => channel.structure.tokenText(token)),
        values: [...found.values.subarray(from, from + tokens.length)],
      }
    }),
    smallestMargin,
  }
}

function surveyedSet({ on }: ActivationsQuestion, { structure }: ModelChannel): ReferenceSet {
  if (on === null) {
    const { referenceSet } = structure
    if (referenceSet === null)
      throw new InvalidInput(
        'NOT_MEANINGFUL',
        'this model came without a reference set, so that there is no text to survey',
        { path: 'on', hint: 'give texts: activations(on: [{text: "…"}])' },
      )
    return {
      id: referenceSet.id,
      origin: 'the reference set of the model',
      sequences: referenceSet.sequences,
    }
  }
  if (on.length === 0 || on.length > MAX_PROMPTS)
    throw new InvalidInput('BAD_INPUT', `a survey takes 1 to ${MAX_PROMPTS} texts, not ${on.length}`, {
      path: 'on',
    })
  return givenReferenceSet(on.map((prompt, i) => tokensOf(prompt, structure, `on[${i}]`)))
}
