/** Prompts that must not stand in training text, not even put together from several statements. */
export class KeptPrompts {
  readonly prompts: ReadonlySet<string>
  readonly #oneLine = new Set<string>()
  /** By their first line, with the others behind it. */
  readonly #manyLines = new Map<string, string[]>()
  readonly #mostLines: number

  constructor(prompts: readonly string[]) {
    this.prompts = new Set(prompts)
    let most = 1
    for (const prompt of this.prompts) {
      const [first, ...others] = prompt.split('\n')
      most = Math.max(most, 1 + others.length)
      if (others.length === 0) this.#oneLine.add(prompt)
      else this.#manyLines.set(first!, [...(this.#manyLines.get(first!) ?? []), prompt])
    }
    this.#mostLines = most
  }

  /** Whether one stands at the beginning of a line of the text and ends behind character `from`. */
  standIn(text: string, from: number): boolean {
    let at = from
    for (let lines = 0; lines < this.#mostLines && at > 0; lines++) at = text.lastIndexOf('\n', at - 2) + 1
    while (at < text.length) {
      const end = text.indexOf('\n', at)
      const line = text.slice(at, end < 0 ? text.length : end)
      if (this.#beginsAt(text, at, line, at >= from)) return true
      if (end < 0) return false
      at = end + 1
    }
    return false
  }

  #beginsAt(text: string, at: number, line: string, isNew: boolean): boolean {
    if (this.#manyLines.get(line)?.some((prompt) => text.startsWith(prompt, at))) return true
    // A prompt may end anywhere in its line.
    for (let end = 1; isNew && end <= line.length; end++)
      if (this.#oneLine.has(line.slice(0, end))) return true
    return false
  }
}
