/** The grammar of path patterns as text (EBNF of ISO/IEC 14977), written from the rules that the parser itself has. */
import { PATTERN_LIMITS } from './parse-pattern.js'
import { MOST_STATES } from './pattern-automaton.js'
import { MOST_REPETITIONS, PatternParser } from './pattern-parser.js'
import { NumberText, QuotedText, Word } from './pattern-tokens.js'

/** Version of what is read: texts that one version reads, the same version always reads alike. */
export const GRAMMAR_VERSION = 1

/** A rule of the parser, or a part of one, as the parser toolkit tells it. */
interface RulePart {
  readonly type: string
  readonly name?: string
  readonly definition?: readonly RulePart[]
  readonly separator?: RulePart
  readonly pattern?: string
}

const WIDTH = 118
/** Tokens that are spelled by a form, by their names. */
const FORMS: ReadonlyMap<string, string> = new Map([
  [Word.name, 'name'],
  [NumberText.name, 'number'],
  [QuotedText.name, 'text'],
])

const LEXICON = `name   = (letter | "_") {letter | digit | "_"}                      (ASCII)
number = digit {digit} ["." digit {digit}] [("e" | "E") ["+" | "-"] digit {digit}]
text   = quoted by ' or ", with \\' \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX
Words in capitals ignore case, all others do not. White space and comments part words:
"//" to the end of the line, "/*" to "*/".
At most ${PATTERN_LIMITS.characters} characters; brackets at most ${PATTERN_LIMITS.depth} deep; counts at most ${MOST_REPETITIONS}; at most ${MOST_STATES} states with the
copies of repeated parts. A range and a residual hop belong to edges, labels and properties to their element.`

export function patternGrammar(): string {
  const rules = new PatternParser().getSerializedGastProductions() as readonly RulePart[]
  const first = rules.findIndex(({ name }) => name === 'whole')
  // The rules of whole paths come before those of the conditions in them.
  const inOrder = [...rules.slice(first), ...rules.slice(0, first)]
  const width = Math.max(...inOrder.map(({ name }) => name!.length))
  return `${inOrder.map((rule) => ruleText(rule, width)).join('\n')}\n\n${LEXICON}\n`
}

function ruleText({ name, definition }: RulePart, width: number): string {
  const head = `${name!.padEnd(width)} = `
  const only =
    definition?.length === 1 && definition[0]!.type === 'Alternation' ? definition[0]!.definition! : null
  const ways = only === null ? [sequence(definition!)] : only.map((way) => sequence(way.definition!))
  return wrapped(`${head}${ways.join(' | ')}`, head.length)
}

/** Breaks a long line before an alternative. */
function wrapped(line: string, indent: number): string {
  const at = line.lastIndexOf(' | ', WIDTH)
  if (line.length <= WIDTH || at <= indent) return line
  return `${line.slice(0, at)}\n${wrapped(' '.repeat(indent) + line.slice(at + 1), indent)}`
}

function sequence(parts: readonly RulePart[]): string {
  return parts.map((part) => partText(part, parts.length > 1)).join(' ')
}

function partText(part: RulePart, amongOthers: boolean): string {
  const inner = part.definition ?? []
  switch (part.type) {
    case 'NonTerminal':
      return part.name!
    case 'Terminal':
      return terminal(part)
    case 'Option':
      return `[${sequence(inner)}]`
    case 'Repetition':
      return `{${sequence(inner)}}`
    case 'RepetitionMandatory':
      return `${sequence(inner)} {${sequence(inner)}}`
    case 'RepetitionMandatoryWithSeparator':
      return `${sequence(inner)} {${terminal(part.separator!)} ${sequence(inner)}}`
    case 'Alternation': {
      const ways = inner.map((way) => sequence(way.definition!)).join(' | ')
      return amongOthers ? `(${ways})` : ways
    }
    default:
      throw new Error(`invariant broken: the parser has no part of type ${part.type}`)
  }
}

/** A sign or word as it is written; a token with two spellings has both. */
function terminal(token: RulePart): string {
  const form = FORMS.get(token.name!)
  if (form !== undefined) return form
  const pattern = token.pattern!
  const spellings = pattern.length > 1 ? pattern.split('|') : [pattern]
  const quoted = spellings.map((text) => `"${text}"`)
  return quoted.length === 1 ? quoted[0]! : `(${quoted.join(' | ')})`
}
