/**
 * Two texts at once, written as one line with the places where they differ:
 *
 *   ‹variable› = «initialiser:set()¦""»\n‹variable›▸(‹number›)
 *
 * `‹pool›` is filled by a draw from a pool of words; `‹pool2›` is another, different draw from the same pool.
 * `«role:first¦second»` stands for `first` in one text and `second` in the other and is published as a role;
 * `«role:text»` is the same in both; without a name (`«:a¦b»`) it plays no part. `▸` is where the prompt ends and the
 * answer stands. None of these signs is Python.
 */
import { invariant } from '../../domain/errors.js'
import type { TextSpan } from '../../domain/text-span.js'

export type Variant = 0 | 1
export type Fills = ReadonlyMap<string, string>

export interface RenderedText {
  /** Up to the answer, and from behind it. */
  readonly prompt: string
  readonly rest: string
  /** Parts of the prompt by role, in characters. */
  readonly spans: Readonly<Record<string, TextSpan>>
}

export interface Part {
  readonly role: string
  readonly texts: readonly [string, string]
}

const ANSWER = '▸'
const SLOT = /‹([a-zA-Z]+)(\d*)›/g
const PART = /«([a-zA-Z]*):([^«»]*)»/g

/** A template taken apart, so that it is filled often and read once. */
export interface ParsedTemplate {
  /** Names of the slots, each once, in their order: `variable`, `variable2`. */
  readonly slots: readonly string[]
  /** Roles that the prompt names, each once, in their order. */
  readonly roles: readonly string[]
  readonly prompt: readonly (string | Part)[]
  readonly rest: readonly (string | Part)[]
}

export function parseTemplate(template: string): ParsedTemplate {
  const end = template.indexOf(ANSWER)
  invariant(end > 0, `the template ${JSON.stringify(template)} says where its answer stands`)
  const prompt = pieces(template.slice(0, end))
  return {
    slots: [...new Set(Array.from(template.matchAll(SLOT), ([, pool, number]) => `${pool}${number}`))],
    roles: prompt.flatMap((piece) => (typeof piece === 'string' || piece.role === '' ? [] : piece.role)),
    prompt,
    rest: pieces(template.slice(end + ANSWER.length)),
  }
}

/** Pool that a slot is filled from. */
export function poolOf(slot: string): string {
  return slot.replace(/\d+$/, '')
}

/** The text with every slot filled; no parts. */
export function filled(text: string, fills: Fills): string {
  return text.replaceAll(SLOT, (_, pool: string, number: string) => {
    const fill = fills.get(`${pool}${number}`)
    invariant(fill !== undefined, `the slot ${pool}${number} is filled`)
    return fill
  })
}

export function render({ prompt, rest }: ParsedTemplate, fills: Fills, variant: Variant): RenderedText {
  const spans: Record<string, TextSpan> = {}
  const textOf = (piece: string | Part): string =>
    filled(typeof piece === 'string' ? piece : piece.texts[variant], fills)
  let text = ''
  for (const piece of prompt) {
    const start = text.length
    text += textOf(piece)
    if (typeof piece !== 'string' && piece.role !== '') spans[piece.role] = [start, text.length]
  }
  return { prompt: text, rest: rest.map(textOf).join(''), spans }
}

function pieces(source: string): readonly (string | Part)[] {
  const found: (string | Part)[] = []
  let at = 0
  for (const match of source.matchAll(PART)) {
    const [whole, role, text] = match
    found.push(source.slice(at, match.index))
    const [first, second = first] = text!.split('¦')
    found.push({ role: role!, texts: [first!, second!] })
    at = match.index + whole.length
  }
  found.push(source.slice(at))
  return found
}
