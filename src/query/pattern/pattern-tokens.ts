/** The words and signs that a pattern is written with. Keywords ignore case; comments and white space part words. */
import { createToken, Lexer, type TokenType } from 'chevrotain'

export const Word = createToken({ name: 'Word', label: 'a name', pattern: /[A-Za-z_][A-Za-z0-9_]*/ })

function keyword(name: string): TokenType {
  return createToken({ name, label: name, pattern: new RegExp(name, 'i'), longer_alt: Word })
}

export const Match = keyword('MATCH')
export const Where = keyword('WHERE')
export const And = keyword('AND')
export const Or = keyword('OR')
export const Not = keyword('NOT')
export const In = keyword('IN')
export const Between = keyword('BETWEEN')
export const Starts = keyword('STARTS')
export const Ends = keyword('ENDS')
export const With = keyword('WITH')
export const Contains = keyword('CONTAINS')
export const Is = keyword('IS')
export const Null = keyword('NULL')
export const True = keyword('TRUE')
export const False = keyword('FALSE')

function sign(name: string, text: string): TokenType {
  return createToken({ name, label: `\`${text}\``, pattern: text })
}

export const LongRight = sign('LongRight', '-->')
export const LongLeft = sign('LongLeft', '<--')
export const Right = sign('Right', '->')
export const Left = sign('Left', '<-')
export const Through = sign('Through', '=>')
export const NotEqual = createToken({ name: 'NotEqual', label: '`<>`', pattern: /<>|!=/ })
export const AtMost = sign('AtMost', '<=')
export const AtLeast = sign('AtLeast', '>=')
export const Less = sign('Less', '<')
export const Greater = sign('Greater', '>')
export const Equal = sign('Equal', '=')
export const Dots = sign('Dots', '..')
export const Minus = sign('Minus', '-')
export const Star = sign('Star', '*')
export const Plus = sign('Plus', '+')
export const Question = sign('Question', '?')
export const Bar = sign('Bar', '|')
export const Colon = sign('Colon', ':')
export const Comma = sign('Comma', ',')
export const OpenRound = sign('OpenRound', '(')
export const CloseRound = sign('CloseRound', ')')
export const OpenSquare = sign('OpenSquare', '[')
export const CloseSquare = sign('CloseSquare', ']')
export const OpenCurly = sign('OpenCurly', '{')
export const CloseCurly = sign('CloseCurly', '}')

export const NumberText = createToken({
  name: 'NumberText',
  label: 'a number',
  pattern: /\d+(\.\d+)?([eE][+-]?\d+)?/,
})
export const QuotedText = createToken({
  name: 'QuotedText',
  label: 'a quoted text',
  pattern: /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/,
  line_breaks: true,
})

const Space = createToken({
  name: 'Space',
  pattern: /[ \t\r\n\f\v\u00a0\ufeff]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
})
const Comment = createToken({
  name: 'Comment',
  pattern: /\/\/[^\r\n]*|\/\*[\s\S]*?\*\//,
  group: Lexer.SKIPPED,
  line_breaks: true,
})

/** Longer signs stand before those they begin with. */
export const PATTERN_TOKENS: readonly TokenType[] = [
  Space,
  Comment,
  ...[Match, Where, And, Or, Not, In, Between, Starts, Ends, With, Contains, Is, Null, True, False],
  Word,
  ...[LongRight, LongLeft, Right, Left, Through, NotEqual, AtMost, AtLeast, Less, Greater, Equal],
  ...[NumberText, QuotedText, Dots, Minus, Star, Plus, Question, Bar, Colon, Comma],
  ...[OpenRound, CloseRound, OpenSquare, CloseSquare, OpenCurly, CloseCurly],
]

export const patternLexer = new Lexer([...PATTERN_TOKENS], { positionTracking: 'onlyOffset' })
