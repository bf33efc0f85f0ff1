/**
 * What a question is measured on, as prompts for the engine (semantics.md §6, §11): given prompts, or pairs of a clean
 * and a corrupt prompt, given or of a task, each side with its own right answer.
 */
import { canonicalJson } from '../../domain/canonical-json.js'
import { InvalidInput } from '../../domain/errors.js'
import type { PromptCase } from '../../domain/experiment/metric.js'
import { sha256Hex } from '../../domain/sha256.js'
import type { ModelStructure } from '../ports/model-library.js'
import type { TaskLibrary } from '../ports/task-library.js'
import type { AblationDirection, MeasuredOn, MeasuredPrompt } from '../questions.js'
import { checkAlternative, checkToken, singleToken, tokensOf } from './prompt-tokens.js'
import { rolePositions } from './role-positions.js'
import { type DataPair, taskPairs } from './task-pairs.js'

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
  /** Cases of one example: a prompt, or a pair with all its sides. */
  readonly example: number
  /** Examples of one template: what a bootstrap draws together (semantics.md §6). */
  readonly cluster: number
  /** Positions by the part they play; empty where the data names none. */
  readonly roles: Readonly<Record<string, readonly number[]>>
}

export const MAX_PROMPTS = 1_000

/**
 * NOISING measures each prompt with its own right answer and takes replacements from its partner. DENOISING runs the
 * partner, takes replacements from the prompt, and still measures the prompt's answer.
 */
export async function dataSet(
  on: MeasuredOn,
  structure: ModelStructure,
  direction: AblationDirection,
  tasks: TaskLibrary,
  path = 'input.on',
): Promise<DataSet> {
  if (on.kind === 'task') {
    const pairs = await taskPairs(on, tasks)
    return pairsDataSet(pairs, on.sides, structure, direction, `${path}.task`)
  }
  if (on.kind === 'pairs')
    return pairsDataSet(
      on.pairs.map((pair) => ({ ...pair, template: null, roles: {} })),
      on.sides,
      structure,
      direction,
      `${path}.pairs`,
    )
  checkCount(on.prompts.length, path)
  if (direction === 'DENOISING')
    throw new InvalidInput('BAD_INPUT', 'DENOISING needs prompt pairs: it runs the corrupt prompt', {
      path: 'input.direction',
      hint: 'on: {pairs: [{clean, corrupt, target, alternative}]} or {task: …}',
    })
  return withId(
    on.prompts.map((prompt, i) => promptCase(prompt, on.at, structure, `${path}.prompts[${i}]`, i)),
  )
}

export function pairsDataSet(
  pairs: readonly DataPair[],
  sides: 'BOTH' | 'CLEAN',
  structure: ModelStructure,
  direction: AblationDirection,
  path: string,
): DataSet {
  checkCount(pairs.length, path)
  const clusters = new Map<string, number>()
  return withId(
    pairs.flatMap((pair, i) => {
      const template = pair.template ?? `pair ${i}`
      const cluster = clusters.get(template) ?? clusters.size
      clusters.set(template, cluster)
      return pairCases(pair, { sides, structure, direction, example: i, cluster, path: `${path}[${i}]` })
    }),
  )
}

function checkCount(given: number, path: string): void {
  if (given === 0)
    throw new InvalidInput('BAD_INPUT', 'this question is measured on prompts: give at least one', {
      path,
    })
  if (given > MAX_PROMPTS)
    throw new InvalidInput(
      'BAD_INPUT',
      `a question takes at most ${MAX_PROMPTS} prompts, this one has ${given}`,
      { path },
    )
}

/** Every second example from the first, and the others: what is fitted on is not what is measured on. */
export function halves({ cases }: DataSet): { readonly train: DataSet; readonly test: DataSet } {
  const half = (parity: number): DataSet => withId(cases.filter(({ example }) => example % 2 === parity))
  return { train: half(0), test: half(1) }
}

export function exampleCount({ cases }: DataSet): number {
  return new Set(cases.map(({ example }) => example)).size
}

function withId(cases: readonly MeasuredCase[]): DataSet {
  const facts = cases.map(({ prompt, source, side, example, cluster }) => [
    [...prompt.tokens],
    prompt.target,
    prompt.alternative,
    prompt.at,
    source === null ? null : [...source],
    side,
    example,
    cluster,
  ])
  return { id: sha256Hex(canonicalJson(facts)), cases }
}

export function promptsOf({ cases }: DataSet): readonly PromptCase[] {
  return cases.map(({ prompt }) => prompt)
}

function promptCase(
  { prompt, target, alternative }: MeasuredPrompt,
  at: 'LAST' | 'ALL',
  structure: ModelStructure,
  path: string,
  i: number,
): MeasuredCase {
  return {
    prompt: {
      tokens: tokensOf(prompt, structure, `${path}.prompt`),
      target: target === null ? null : checkToken(target, structure, `${path}.target`),
      alternative: checkAlternative(alternative, target, structure, `${path}.alternative`),
      at,
    },
    source: null,
    side: null,
    example: i,
    cluster: i,
    roles: {},
  }
}

interface PairSetting {
  readonly sides: 'BOTH' | 'CLEAN'
  readonly structure: ModelStructure
  readonly direction: AblationDirection
  readonly example: number
  readonly cluster: number
  readonly path: string
}

function pairCases(pair: DataPair, setting: PairSetting): MeasuredCase[] {
  const { sides, structure, direction, example, cluster, path } = setting
  const clean = tokensOf(pair.clean, structure, `${path}.clean`)
  const corrupt = tokensOf(pair.corrupt, structure, `${path}.corrupt`)
  const target = singleToken(pair.target, structure, `${path}.target`)
  const alternative =
    pair.alternative === null ? null : singleToken(pair.alternative, structure, `${path}.alternative`)
  checkAlternative(alternative, target, structure, `${path}.alternative`)
  if (sides === 'BOTH' && alternative === null)
    throw new InvalidInput('BAD_INPUT', `${path} has no alternative, which the corrupt side answers with`, {
      path: `${path}.alternative`,
      hint: 'give one, or measure the clean side alone: sides: CLEAN',
    })
  const rolesOf = (member: 'clean' | 'corrupt'): MeasuredCase['roles'] =>
    rolePositions(pair, member, member === 'clean' ? clean : corrupt, structure)
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
    example,
    cluster,
    // Of the prompt that is run.
    roles: rolesOf((direction === 'NOISING') === (name === 'CLEAN') ? 'clean' : 'corrupt'),
  })
  const first = side('CLEAN', clean, corrupt, target, alternative)
  return sides === 'CLEAN' || alternative === null
    ? [first]
    : [first, side('CORRUPT', corrupt, clean, alternative, target)]
}
