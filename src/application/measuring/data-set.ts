/**
 * What a question is measured on, as prompts for the engine (semantics.md §6, §11): given prompts, or pairs of a clean
 * and a corrupt prompt, each side with its own right answer.
 */
import { canonicalJson } from '../../domain/canonical-json.js'
import { InvalidInput } from '../../domain/errors.js'
import type { PromptCase } from '../../domain/experiment/metric.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { AblationDirection, MeasuredOn, MeasuredPair, MeasuredPrompt } from '../questions.js'
import { checkToken, tokensOf } from './prompt-tokens.js'

export interface DataSet {
  /** Hash of the token ids, targets and sides: the same data, the same id. */
  readonly id: string
  readonly cases: readonly MeasuredCase[]
}

export interface MeasuredCase {
  readonly prompt: PromptCase
  /** The prompt that `corrupt` replacements come from; null where there is none. */
  readonly source: readonly number[] | null
  /** Which member of a pair the measured prompt is; null for prompts by themselves. */
  readonly side: 'CLEAN' | 'CORRUPT' | null
  /** Cases of one example: what a bootstrap draws together. */
  readonly example: number
}

export const MAX_PROMPTS = 1_000

/**
 * NOISING measures each prompt with its own right answer and takes replacements from its partner. DENOISING runs the
 * partner, takes replacements from the prompt, and still measures the prompt's answer.
 */
export function dataSet(
  on: MeasuredOn,
  structure: ModelStructure,
  direction: AblationDirection,
  path = 'input.on',
): DataSet {
  const cases =
    on.kind === 'prompts'
      ? on.prompts.map((prompt, i) => promptCase(prompt, on.at, structure, i, path))
      : on.pairs.flatMap((pair, i) => pairCases(pair, on.sides, structure, direction, i, path))
  const given = on.kind === 'prompts' ? on.prompts.length : on.pairs.length
  if (cases.length === 0)
    throw new InvalidInput('BAD_INPUT', 'this question is measured on prompts: give at least one', {
      path,
    })
  if (given > MAX_PROMPTS)
    throw new InvalidInput(
      'BAD_INPUT',
      `a question takes at most ${MAX_PROMPTS} prompts, this one has ${given}`,
      { path },
    )
  if (direction === 'DENOISING' && on.kind === 'prompts')
    throw new InvalidInput('BAD_INPUT', 'DENOISING needs prompt pairs: it runs the corrupt prompt', {
      path: 'input.direction',
      hint: 'on: {pairs: [{clean, corrupt, target, alternative}]}',
    })
  return { id: idOf(cases), cases }
}

/** Every second example from the first, and the others: what is fitted on is not what is measured on. */
export function halves({ cases }: DataSet): { readonly train: DataSet; readonly test: DataSet } {
  const half = (parity: number): DataSet => {
    const own = cases.filter(({ example }) => example % 2 === parity)
    return { id: idOf(own), cases: own }
  }
  return { train: half(0), test: half(1) }
}

export function exampleCount({ cases }: DataSet): number {
  return new Set(cases.map(({ example }) => example)).size
}

function idOf(cases: readonly MeasuredCase[]): string {
  const facts = cases.map(({ prompt, source, side, example }) => [
    [...prompt.tokens],
    prompt.target,
    prompt.alternative,
    prompt.at,
    source === null ? null : [...source],
    side,
    example,
  ])
  return sha256Hex(canonicalJson(facts))
}

export function promptsOf({ cases }: DataSet): readonly PromptCase[] {
  return cases.map(({ prompt }) => prompt)
}

function promptCase(
  { prompt, target, alternative }: MeasuredPrompt,
  at: 'LAST' | 'ALL',
  structure: ModelStructure,
  i: number,
  on: string,
): MeasuredCase {
  const path = `${on}.prompts[${i}]`
  return {
    prompt: {
      tokens: tokensOf(prompt, structure, path),
      target: target === null ? null : checkToken(target, structure, `${path}.target`),
      alternative: alternative === null ? null : checkToken(alternative, structure, `${path}.alternative`),
      at,
    },
    source: null,
    side: null,
    example: i,
  }
}

function pairCases(
  pair: MeasuredPair,
  sides: 'BOTH' | 'CLEAN',
  structure: ModelStructure,
  direction: AblationDirection,
  i: number,
  on: string,
): MeasuredCase[] {
  const path = `${on}.pairs[${i}]`
  const clean = tokensOf(pair.clean, structure, `${path}.clean`)
  const corrupt = tokensOf(pair.corrupt, structure, `${path}.corrupt`)
  const target = checkToken(pair.target, structure, `${path}.target`)
  const alternative =
    pair.alternative === null ? null : checkToken(pair.alternative, structure, `${path}.alternative`)
  if (sides === 'BOTH' && alternative === null)
    throw new InvalidInput('BAD_INPUT', `${path} has no alternative, which the corrupt side answers with`, {
      path: `${path}.alternative`,
      hint: 'give one, or measure the clean side alone: sides: CLEAN',
    })
  const side = (
    name: 'CLEAN' | 'CORRUPT',
    own: readonly number[],
    partner: readonly number[],
    right: number,
    wrong: number | null,
  ): MeasuredCase => ({
    prompt: {
      tokens: direction === 'NOISING' ? own : partner,
      target: right,
      alternative: wrong,
      at: 'LAST',
    },
    source: direction === 'NOISING' ? partner : own,
    side: name,
    example: i,
  })
  const first = side('CLEAN', clean, corrupt, target, alternative)
  return sides === 'CLEAN' || alternative === null
    ? [first]
    : [first, side('CORRUPT', corrupt, clean, alternative, target)]
}
