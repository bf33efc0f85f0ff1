import type { Terminal } from '../../../src/cli/terminal.js'

/** A terminal that remembers what was said on it. */
export function listeningTerminal({ overwrites = false, input = '' } = {}): {
  terminal: Terminal
  results: () => string
  messages: () => string
} {
  const results: string[] = []
  const messages: string[] = []
  const terminal: Terminal = {
    result: (text) => void results.push(text),
    resultBytes: async (bytes) => void results.push(Buffer.from(bytes).toString('utf8')),
    message: (text) => void messages.push(text),
    overwrites,
    input: async () => input,
  }
  return { terminal, results: () => results.join(''), messages: () => messages.join('') }
}
