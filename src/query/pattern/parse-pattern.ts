/** Text of a path pattern to its canonical tree, or to the one problem that stops it. Never throws. */
import { type ILexingError, type IRecognitionException, type IToken, tokenLabel } from 'chevrotain'
import { canonicalWhole } from './canonical-pattern.js'
import type { PathPattern } from './path-pattern.js'
import { PatternParser } from './pattern-parser.js'
import { PatternError, type PatternProblem, placeIn } from './pattern-problem.js'
import * as t from './pattern-tokens.js'
import { nearestWord } from './pattern-words.js'

export const PATTERN_LIMITS = { characters: 10_000, depth: 40 } as const

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: PathPattern }
  | { readonly ok: false; readonly problem: PatternProblem }

const parser = new PatternParser()

export function parsePattern(text: string): ParsedPattern {
  if (text.length > PATTERN_LIMITS.characters)
    return refused(
      `a pattern has at most ${PATTERN_LIMITS.characters} characters, this one has ${text.length}`,
      text,
      PATTERN_LIMITS.characters,
    )
  const { tokens, errors } = t.patternLexer.tokenize(text)
  if (errors.length > 0) return unreadable(text, errors[0]!)
  const deepest = tokens.find(tooDeep())
  if (deepest !== undefined)
    return refused(`brackets stand at most ${PATTERN_LIMITS.depth} deep`, text, deepest.startOffset)
  parser.begin(text, tokens)
  try {
    const pattern = parser.whole()
    const [error] = parser.errors
    if (error !== undefined) return misplaced(text, error, tokens)
    return { ok: true, pattern: canonicalWhole(pattern) }
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, problem: error.problem }
    throw error
  }
}

function tooDeep(): (token: IToken) => boolean {
  let depth = 0
  return ({ tokenType }) => {
    if (tokenType === t.OpenRound || tokenType === t.OpenSquare || tokenType === t.OpenCurly) depth++
    if (tokenType === t.CloseRound || tokenType === t.CloseSquare || tokenType === t.CloseCurly) depth--
    return depth > PATTERN_LIMITS.depth
  }
}

function refused(
  message: string,
  text: string,
  offset: number,
  expected: readonly string[] = [],
  suggestion: string | null = null,
): ParsedPattern {
  return { ok: false, problem: { message, ...placeIn(text, offset), expected, suggestion } }
}

function unreadable(text: string, { offset }: ILexingError): ParsedPattern {
  const rest = text.slice(offset)
  if (/^['"]/.test(rest)) return refused('this text has no closing quote', text, offset, [rest[0]!])
  if (rest.startsWith('/*')) return refused('this comment has no end', text, offset, ['*/'])
  if (rest.startsWith('.') && /\w$/.test(text.slice(0, offset)))
    return refused(
      'no element is referred to: inside brackets a bare name is a property of that element',
      text,
      offset,
    )
  const sign = String.fromCodePoint(rest.codePointAt(0)!)
  return refused(`${JSON.stringify(sign)} has no meaning in a pattern`, text, offset, ['a node', 'an edge'])
}

/** Words of statements around patterns that people bring along. */
const STATEMENT_WORDS: Readonly<Record<string, string>> = {
  RETURN: 'a pattern says which paths are meant; what is shown of them is chosen by the fields of the answer',
  OPTIONAL: 'a pattern has no optional part beside `?` and `*`',
  SHORTEST: 'paths are ranked by `rankBy`, not by length',
  ANY: 'paths are ranked by `rankBy`, and `first` says how many',
}

function misplaced(text: string, error: IRecognitionException, tokens: readonly IToken[]): ParsedPattern {
  const { token, expected } = whereItStops(error, tokens)
  const offset = token === null ? text.length : token.startOffset
  if (token === null)
    return refused(`the pattern ends where ${listed(expected)} is expected`, text, offset, expected)
  const advice = STATEMENT_WORDS[token.image.toUpperCase()]
  if (advice !== undefined && token.tokenType === t.Word) return refused(advice, text, offset, expected)
  if (token.tokenType === t.Word && tokens[tokens.indexOf(token) + 1]?.tokenType === t.Equal)
    return refused('a path as a whole has no variable', text, offset, expected)
  if (isUndirected(token, tokens))
    return refused('an edge has a direction', text, offset, expected, text[offset - 1] === '-' ? '->' : ']->')
  return refused(
    `${JSON.stringify(token.image)} stands where ${listed(expected)} is expected`,
    text,
    offset,
    expected,
    nearestWord(token.image, expected),
  )
}

/** The token that fits nothing, null for the end: the parser names the one before it where that one alone would fit. */
function whereItStops(
  error: IRecognitionException,
  tokens: readonly IToken[],
): { readonly token: IToken | null; readonly expected: readonly string[] } {
  const paths = JSON.parse(error.message) as readonly (readonly string[])[]
  const at = tokens.indexOf(error.token)
  const token = tokens[at] ?? null
  const label = token === null ? null : tokenLabel(token.tokenType)
  const behind = paths.filter(([first, second]) => first === label && second !== undefined)
  if (behind.length === 0) return { token, expected: words(paths.map(([first]) => first!)) }
  return { token: tokens[at + 1] ?? null, expected: words(behind.map(([, second]) => second!)) }
}

function words(labels: readonly string[]): readonly string[] {
  return [...new Set(labels)].filter((label) => label !== 'EOF')
}

/** `(a)--(b)`, `(a)-[e]-(b)`. */
function isUndirected(token: IToken, tokens: readonly IToken[]): boolean {
  const before = tokens[tokens.indexOf(token) - 1]
  return token.tokenType === t.Minus && (before?.tokenType === t.CloseSquare || before?.tokenType === t.Minus)
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? 'something else'
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
