/** What takes the place of an ablated channel, from the words of a question (semantics.md §11). */
import { InvalidInput, standingAt } from '../../domain/errors.js'
import type { Fill } from '../../domain/experiment/measurement.js'
import type { Means } from '../../domain/experiment/reference-means.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { Watching } from '../ports/model-runner.js'
import type { ReplacementChoice } from '../questions.js'
import type { DataSet } from './data-set.js'
import { drawnSequences } from './drawn-sequences.js'
import { checkLength, checkToken } from './prompt-tokens.js'
import {
  givenReferenceSet,
  type ReferenceFacts,
  type ReferenceMeans,
  type ReferenceSet,
} from './reference-means.js'

export interface NamedFill {
  /** `ZERO`, `MEAN`, `mean(<reference set id>)`, `value(0.5)`, `corrupt`, `dataset(seed 0)`. */
  readonly name: string
  readonly fill: Fill
  /** What the fill is the mean of; empty for other fills. */
  readonly sequences: readonly (readonly number[])[]
  /** The set that means were taken over or sequences drawn from; null where none was. */
  readonly reference: ReferenceFacts | null
  /** Smallest AbsTopK margin of the runs behind the values; Infinity for none. */
  readonly margin: number
}

export interface FillSetting {
  readonly modelId: string
  readonly structure: ModelStructure
  readonly means: ReferenceMeans
}

/** Seed of the first draw that replacements make; null where they make none. */
export function drawnSeed(choices: readonly ReplacementChoice[]): number | null {
  return choices.find((choice) => choice.kind === 'dataset')?.seed ?? null
}

const FREE = { sequences: [], reference: null, margin: Number.POSITIVE_INFINITY }

/** `path`: where the choice stands. */
export async function namedFill(
  choice: ReplacementChoice,
  data: DataSet,
  setting: FillSetting,
  watching: Watching,
  path: string,
): Promise<NamedFill> {
  switch (choice.kind) {
    case 'value':
      if (!Number.isFinite(choice.value))
        throw new InvalidInput('BAD_INPUT', `a replacement value is a finite number, not ${choice.value}`, {
          path,
        })
      return { name: `value(${choice.value})`, fill: { kind: 'CONSTANT', value: choice.value }, ...FREE }
    case 'corrupt':
      return { name: 'corrupt', fill: { kind: 'FROM_PROMPTS', prompts: sources(data, path) }, ...FREE }
    case 'dataset':
      return standingAt(path, () => fromDataSet(choice.seed, data, setting))
    case 'mean':
      return meanFill(
        null,
        checkedSet(choice.referenceSet, setting.structure, `${path}.mean.referenceSet`),
        setting,
        watching,
      )
    case 'preset':
      switch (choice.preset) {
        case 'ZERO':
          return { name: 'ZERO', fill: { kind: 'CONSTANT', value: 0 }, ...FREE }
        case 'MEAN':
          return meanFill(
            'MEAN',
            standingAt(path, () => ownSet(setting.structure, 'MEAN')),
            setting,
            watching,
          )
        case 'MEAN_PER_POSITION':
          return meanPerPosition(
            standingAt(path, () => positionSet(data, setting)),
            setting,
            watching,
          )
        case 'OPTIMAL_CONSTANT':
          throw new InvalidInput(
            'NOT_MEANINGFUL',
            'OPTIMAL_CONSTANT is fitted to what an ablation replaces, and this question is none',
            { path, hint: 'use MEAN or ZERO here' },
          )
        default:
          return choice.preset satisfies never
      }
    default:
      return choice satisfies never
  }
}

/** Means over the model's own reference set; null where it came without one. */
export async function ownMeans(
  { modelId, structure, means }: FillSetting,
  watching: Watching,
): Promise<Means | null> {
  if (structure.referenceSet === null) return null
  const set = ownSet(structure, 'MEAN')
  return (await means.of(modelId, set, 'PER_CHANNEL', watching)).means
}

async function meanFill(
  name: string | null,
  set: ReferenceSet,
  { modelId, means }: FillSetting,
  watching: Watching,
): Promise<NamedFill> {
  const found = await means.of(modelId, set, 'PER_CHANNEL', watching)
  return {
    name: name ?? `mean(${set.id.slice(0, 8)})`,
    fill: { kind: 'PER_CHANNEL', values: found.means.values },
    sequences: set.sequences,
    reference: found.facts,
    margin: found.means.smallestMargin,
  }
}

/** The beginnings of the reference sequences that are at least as long as the longest measured prompt. */
function positionSet(data: DataSet, { structure }: FillSetting): ReferenceSet {
  const own = ownSet(structure, 'MEAN_PER_POSITION')
  const length = Math.max(...data.cases.map(({ prompt }) => prompt.tokens.length))
  const sequences = own.sequences.filter((s) => s.length >= length).map((s) => s.slice(0, length))
  if (sequences.length === 0)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `means per position need reference sequences of at least ${length} tokens, and the model's set has none`,
    )
  return { ...givenReferenceSet(sequences), origin: `first ${length} tokens of ${own.origin}` }
}

async function meanPerPosition(
  set: ReferenceSet,
  { modelId, means }: FillSetting,
  watching: Watching,
): Promise<NamedFill> {
  const found = await means.of(modelId, set, 'PER_POSITION', watching)
  return {
    name: 'MEAN_PER_POSITION',
    fill: { kind: 'PER_POSITION', positions: found.means.positions, values: found.means.values },
    sequences: set.sequences,
    reference: found.facts,
    margin: found.means.smallestMargin,
  }
}

function fromDataSet(seed: number, data: DataSet, { structure }: FillSetting): NamedFill {
  const own = ownSet(structure, 'dataset')
  const lengths = data.cases.map(({ prompt }) => prompt.tokens.length)
  return {
    name: `dataset(seed ${seed})`,
    fill: { kind: 'FROM_PROMPTS', prompts: drawnSequences(own.sequences, lengths, seed) },
    sequences: [],
    reference: {
      id: own.id,
      origin: own.origin,
      sequences: own.sequences.length,
      tokens: own.sequences.reduce((sum, sequence) => sum + sequence.length, 0),
      axis: 'PER_POSITION',
      rules:
        'one sequence drawn per prompt, its beginning as long as the prompt; values of the same position',
    },
    margin: Number.POSITIVE_INFINITY,
  }
}

function sources(data: DataSet, path: string): readonly (readonly number[])[] {
  return data.cases.map(({ prompt, source }, i) => {
    if (source === null)
      throw new InvalidInput('BAD_INPUT', 'a corrupt replacement needs prompt pairs', {
        path,
        hint: 'on: {pairs: [{clean, corrupt, target, alternative}]}',
      })
    if (source.length !== prompt.tokens.length)
      throw new InvalidInput(
        'BAD_INPUT',
        `the prompts of pair ${data.cases[i]!.example} have ${prompt.tokens.length} and ${source.length} tokens; values are taken position by position`,
        { path: 'input.on' },
      )
    return source
  })
}

function ownSet({ referenceSet }: ModelStructure, what: string): ReferenceSet {
  if (referenceSet === null)
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `this model came without a reference set, so ${what} has nothing to be taken from`,
      {
        hint: 'give one: replacements: [{mean: {referenceSet: [[…token ids…]]}}], or ablate with ZERO',
      },
    )
  return { id: referenceSet.id, origin: 'the reference set of the model', sequences: referenceSet.sequences }
}

function checkedSet(
  sequences: readonly (readonly number[])[],
  structure: ModelStructure,
  path: string,
): ReferenceSet {
  if (sequences.length === 0 || sequences.some((sequence) => sequence.length === 0))
    throw new InvalidInput(
      'BAD_INPUT',
      'a reference set has at least one sequence, and each at least one token',
      { path },
    )
  for (const [i, sequence] of sequences.entries()) {
    checkLength(sequence, structure, `${path}[${i}]`)
    for (const [t, token] of sequence.entries()) checkToken(token, structure, `${path}[${i}][${t}]`)
  }
  return givenReferenceSet(sequences)
}
