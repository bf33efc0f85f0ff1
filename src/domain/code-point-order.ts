/**
 * Strings ordered by Unicode code point, never by locale or UTF-16 unit, so that both stores and every platform
 * agree (language.md §2). It equals the order of the UTF-8 bytes, which is what SQLite and Neo4j compare by.
 */
export function compareCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // A surrogate (an astral character) is above every other code unit, but U+E000…U+FFFF stand after it in UTF-16.
    const xs = x >= 0xd800 && x <= 0xdfff
    const ys = y >= 0xd800 && y <= 0xdfff
    if (xs !== ys) return xs ? 1 : -1
    return x < y ? -1 : 1
  }
  return a.length - b.length
}

/** The key for case-insensitive search, folded once by the application so that no store folds by its own rules. */
export function foldedKey(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
