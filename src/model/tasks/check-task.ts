/** A task under a tokenizer: its examples as token ids, and how many cannot be asked there and why. */
import {
  type CheckedTask,
  DROP_REASONS,
  type DropReason,
  type RolePositions,
  type TokenExample,
} from '../../domain/checked-task.js'
import { InvalidInput } from '../../domain/errors.js'
import type { TaskData, TaskExample, TaskPrompt, TaskSplit, TaskToken } from '../../domain/task.js'
import { positionsOfSpan } from '../../domain/text-span.js'
import type { TextTokenizer } from '../text-tokenizer.js'

/** Examples in their order, without those that this tokenizer cannot ask. */
export function checkTask(
  { examples, aligned = false }: Pick<TaskData, 'examples' | 'aligned'>,
  tokenizer: TextTokenizer,
): CheckedTask {
  const dropped = Object.fromEntries(Object.keys(DROP_REASONS).map((reason) => [reason, 0])) as Record<
    DropReason,
    number
  >
  const kept: TokenExample[] = []
  for (const example of examples) {
    const found = tokensOfExample(example, tokenizer, aligned)
    if (typeof found === 'string') dropped[found]++
    else kept.push(found)
  }
  return { examples: kept, dropped }
}

/** Throws BAD_INPUT, naming what is wrong and how often, where fewer than `least` examples of a split are left. */
export function requireExamples(
  name: string,
  { examples, dropped }: CheckedTask,
  split: TaskSplit,
  least: number,
): readonly TokenExample[] {
  const left = examples.filter((example) => example.split === split)
  if (left.length >= least) return left
  const reasons = Object.entries(dropped).flatMap(([reason, count]) =>
    count === 0 ? [] : [`${count} for ${DROP_REASONS[reason as DropReason]}`],
  )
  throw new InvalidInput(
    'BAD_INPUT',
    `the task ${name} has ${left.length} ${split} examples under this tokenizer, ${least} are needed${reasons.length === 0 ? '' : `; dropped were ${reasons.join(', ')}`}`,
    { hint: 'train the tokenizer with task templates in its text, or take another task' },
  )
}

function tokensOfExample(
  example: TaskExample,
  tokenizer: TextTokenizer,
  aligned: boolean,
): TokenExample | DropReason {
  const clean = promptTokens(example.clean, tokenizer)
  const corrupt = promptTokens(example.corrupt, tokenizer)
  if (clean === null || corrupt === null) return 'UNKNOWN_TEXT'
  const target = answerToken(example.clean, clean, example.target, tokenizer)
  if (typeof target === 'string') return target
  const alternative =
    example.alternative === null
      ? null
      : answerToken(example.corrupt, corrupt, example.alternative, tokenizer)
  if (typeof alternative === 'string') return alternative
  if (target === alternative) return 'SAME_ANSWER'
  if (clean.join() === corrupt.join()) return 'SAME_PROMPT'
  const roles = {
    clean: rolePositions(example, 'clean', clean, tokenizer),
    corrupt: rolePositions(example, 'corrupt', corrupt, tokenizer),
  }
  if (aligned && (clean.length !== corrupt.length || !samePositions(roles.clean, roles.corrupt)))
    return 'NOT_ALIGNED'
  const { template, split } = example
  return { clean, corrupt, target, alternative, template, split, roles }
}

function promptTokens(prompt: TaskPrompt, tokenizer: TextTokenizer): readonly number[] | null {
  if (prompt.kind === 'text') return encoded(prompt.text, tokenizer)
  return prompt.tokens.every((token) => token < tokenizer.vocabulary.length) ? prompt.tokens : null
}

function encoded(text: string, tokenizer: TextTokenizer): readonly number[] | null {
  try {
    return tokenizer.encode(text)
  } catch (error) {
    if (error instanceof InvalidInput) return null
    throw error
  }
}

/** The answer as the token that truly follows: prompt and answer read together give the prompt's tokens and one more. */
function answerToken(
  prompt: TaskPrompt,
  tokens: readonly number[],
  answer: TaskToken,
  tokenizer: TextTokenizer,
): number | DropReason {
  if (typeof answer === 'number') return answer < tokenizer.vocabulary.length ? answer : 'UNKNOWN_TEXT'
  const alone = encoded(answer, tokenizer)
  if (alone === null) return 'UNKNOWN_TEXT'
  if (alone.length !== 1) return 'ANSWER_NOT_ONE_TOKEN'
  if (prompt.kind === 'tokens') return alone[0]!
  const together = encoded(prompt.text + answer, tokenizer)
  return together?.join() === [...tokens, alone[0]].join() ? alone[0]! : 'ANSWER_JOINS_PROMPT'
}

function rolePositions(
  { roles, spans, ...prompts }: TaskExample,
  side: 'clean' | 'corrupt',
  tokens: readonly number[],
  { vocabulary }: TextTokenizer,
): RolePositions {
  const prompt = prompts[side]
  if (prompt.kind !== 'text' || spans === undefined) return roles
  const pieces = tokens.map((token) => vocabulary[token]!)
  const found = Object.entries(spans).flatMap(([role, span]) => {
    const positions = positionsOfSpan(span[side], pieces, prompt.text)
    return positions === null ? [] : [[role, positions] as const]
  })
  return { ...roles, ...Object.fromEntries(found) }
}

function samePositions(a: RolePositions, b: RolePositions): boolean {
  return Object.entries(a).every(([role, positions]) => positions.join() === b[role]?.join())
}
