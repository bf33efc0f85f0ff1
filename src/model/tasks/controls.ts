/**
 * Tasks made from another on which no true circuit is to be found (semantics.md §13 b; Drori 2026), so that what is
 * extracted on the task itself can be compared with what is extracted on nothing.
 */
import type { PairSpan, TaskData, TaskExample, TaskPrompt } from '../../domain/task.js'
import type { TextSpan } from '../../domain/text-span.js'
import { Draws } from './generated.js'

/** Each pair keeps its prompts; whether its two answers are exchanged is drawn. Examples without a second answer are left out. */
export function shuffledLabels(task: TaskData, seed: number): TaskData {
  const draws = new Draws(seed)
  const examples = task.examples.flatMap((example) => {
    const { target, alternative } = example
    if (alternative === null) return []
    return draws.below(2) === 0 ? [example] : [{ ...example, target: alternative, alternative: target }]
  })
  return { ...task, name: `${task.name}, labels shuffled by ${seed}`, examples }
}

interface Member {
  readonly prompt: TaskPrompt
  readonly spans: Readonly<Record<string, TextSpan>>
}

/**
 * Pairs whose members have the same right answer but are told apart all the same: the corrupt prompt is a prompt of
 * another example of the split with the answer of the clean one, labelled with the other answer. A model that does the
 * task is at chance on them. Examples for which there is no other are left out.
 */
export function nonsensePairs(task: TaskData, seed: number): TaskData {
  const draws = new Draws(seed)
  const alike = membersByAnswer(task.examples)
  const examples = task.examples.flatMap((example): TaskExample[] => {
    const own = JSON.stringify(example.clean)
    const others = (alike.get(answerKey(example, example.target)) ?? []).filter(
      ({ prompt }) => JSON.stringify(prompt) !== own,
    )
    if (example.alternative === null || others.length === 0) return []
    const other = draws.one(others)
    return [
      {
        ...example,
        corrupt: other.prompt,
        // Given positions are those of the clean prompt; parts in characters are known of either.
        spans: jointSpans(example.spans ?? {}, other.spans),
      },
    ]
  })
  return { ...task, name: `${task.name}, nonsense pairs by ${seed}`, aligned: false, examples }
}

function membersByAnswer(examples: readonly TaskExample[]): ReadonlyMap<string, readonly Member[]> {
  const found = new Map<string, Member[]>()
  const add = (key: string, member: Member): void => {
    const members = found.get(key) ?? []
    members.push(member)
    found.set(key, members)
  }
  for (const example of examples) {
    const { clean, corrupt, target, alternative, spans = {} } = example
    add(answerKey(example, target), { prompt: clean, spans: sideOf(spans, 'clean') })
    if (alternative !== null)
      add(answerKey(example, alternative), { prompt: corrupt, spans: sideOf(spans, 'corrupt') })
  }
  return found
}

function answerKey({ split }: TaskExample, answer: TaskExample['target']): string {
  return JSON.stringify([split, answer])
}

function sideOf(
  spans: Readonly<Record<string, PairSpan>>,
  side: 'clean' | 'corrupt',
): Readonly<Record<string, TextSpan>> {
  return Object.fromEntries(Object.entries(spans).map(([role, span]) => [role, span[side]]))
}

function jointSpans(
  own: Readonly<Record<string, PairSpan>>,
  other: Readonly<Record<string, TextSpan>>,
): Readonly<Record<string, PairSpan>> {
  return Object.fromEntries(
    Object.entries(own).flatMap(([role, { clean }]) =>
      other[role] === undefined ? [] : [[role, { clean, corrupt: other[role] }]],
    ),
  )
}
