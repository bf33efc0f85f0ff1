/** The grammar of path patterns as the server publishes it. */
import { GRAMMAR_VERSION, patternGrammar } from '../query/pattern/pattern-grammar.js'

export function publishedGrammar(): { readonly version: number; readonly text: string } {
  return { version: GRAMMAR_VERSION, text: patternGrammar() }
}
