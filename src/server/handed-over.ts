/**
 * What a thread gives back, with its bytes handed over and not shared: memory that several threads share is freed late,
 * because none of them counts it as its own.
 */
import { Piscina } from 'piscina'
import type { AnswerText } from './answer-text.js'
import type { PartOutcome } from './part-outcome.js'
import type { QuestionOutcome } from './question-task.js'

export function handedOver<Outcome extends QuestionOutcome | PartOutcome>(outcome: Outcome): Outcome {
  if ('part' in outcome) return moving(outcome, [outcome.part.bytes.buffer])
  if (!('text' in outcome)) return outcome
  // Columns are kept here: what goes is a copy.
  const text: AnswerText = outcome.text.map((piece) => (typeof piece === 'string' ? piece : piece.slice()))
  return moving(
    { ...outcome, text },
    text.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.buffer])),
  )
}

/** Piscina moves what tells it so, and gives the value to the other side. */
function moving<Value extends object>(value: Value, buffers: readonly ArrayBufferLike[]): Value {
  const movable = { [Piscina.transferableSymbol]: buffers, [Piscina.valueSymbol]: value }
  return Piscina.move(movable as never) as unknown as Value
}
