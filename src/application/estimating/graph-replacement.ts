/** What may stand in the place of a node of a graph without a model: 0, or a given value where the meaning allows it. */
import type { EdgeMeaning } from '../../domain/edge-meaning.js'
import { InvalidInput } from '../../domain/errors.js'
import type { ReplacementChoice } from '../questions.js'

export interface GraphReplacement {
  readonly name: string
  /** Activation units. */
  readonly value: number
}

/** Throws NOT_MEANINGFUL for replacements that other prompts or runs would have to give. */
export function graphReplacement(
  choice: ReplacementChoice,
  meaning: EdgeMeaning,
  path: string,
): GraphReplacement {
  const hint = 'replacements: [{preset: ZERO}]'
  if (meaning === 'EFFECT_SCORE') return scoredReplacement(choice, path)
  if (choice.kind === 'preset' && choice.preset === 'ZERO') return { name: 'ZERO', value: 0 }
  if (choice.kind !== 'value')
    throw new InvalidInput(
      'NOT_MEANINGFUL',
      `${choice.kind === 'preset' ? choice.preset : choice.kind} comes from other prompts; on a graph without its model only ZERO or a given value can be estimated`,
      { path, hint },
    )
  if (!Number.isFinite(choice.value))
    throw new InvalidInput('BAD_INPUT', `a replacement value is a finite number, not ${choice.value}`, {
      path,
    })
  return { name: `value(${choice.value})`, value: choice.value }
}

/** Scores hold the effect of the replacement that their tool used, by convention the corrupt prompt's value. */
function scoredReplacement(choice: ReplacementChoice, path: string): GraphReplacement {
  if (choice.kind === 'corrupt' || (choice.kind === 'preset' && choice.preset === 'ZERO'))
    return { name: 'as scored', value: 0 }
  throw new InvalidInput(
    'NOT_MEANINGFUL',
    `scores of this graph are effects of the replacement that their tool used, not of ${choice.kind === 'preset' ? choice.preset : choice.kind}`,
    { path, hint: 'replacements: [{corrupt: true}]' },
  )
}
