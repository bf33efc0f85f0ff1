/**
 * Text and values of JSON as Python's json module writes it: bare NaN, Infinity and -Infinity where a number stands.
 * What is read is printed back with every double kept, −0 included. Strict JSON, the usual case, costs nothing extra.
 */

/** Stands before what JSON.parse could not carry; strings that begin with it themselves get one more. */
const MARK = '\u0000'
const MARK_TEXT = '\\u0000'
/** A string (and the colon behind it, if it is a key), or a bare number word where a value ends. */
const STRING_OR_WORD = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|(?:\bNaN|-?\bInfinity)(?=\s*(?:[,\]}]|$))/gs
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"(:)?/gs
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/gs

/** Throws SyntaxError like JSON.parse; `1e999` gives Infinity, as it does there. */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const marked = withMarks(text)
    if (marked === text) throw error
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === 'string' && value.startsWith(MARK) ? unmarked(value.slice(MARK.length)) : value,
    )
  }
}

/** One line; `parseJsonText` gives the same value again, bit for bit. */
export function printJsonText(value: unknown): string {
  let hasMarks = false
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'number' ? Number.isFinite(item) && !Object.is(item, -0) : !isMarked(item))
      return item
    hasMarks = true
    return `${MARK}${Object.is(item, -0) ? '-0.0' : item}`
  })
  return hasMarks
    ? text.replace(STRING, (found, colon: string | undefined) => {
        if (colon !== undefined || !found.startsWith(`"${MARK_TEXT}`)) return found
        const rest = found.slice(1 + MARK_TEXT.length, -1)
        return rest.startsWith(MARK_TEXT) ? `"${rest}"` : rest
      })
    : text
}

/** How many keys the objects of a value have, deep down; a text with more colons repeats one. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item)
    return count
  }
  for (const key in value) {
    count++
    const item = (value as Record<string, unknown>)[key]
    if (typeof item === 'object') count += countKeys(item)
  }
  return count
}

/** The first key that stands twice in one object of a well-formed text, or null. */
export function repeatedKey(text: string): string | null {
  const open: Set<string>[] = []
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string
      const seen = open.at(-1)
      if (seen?.has(key)) return key
      seen?.add(key)
    }
  }
  return null
}

function withMarks(text: string): string {
  return text.replace(STRING_OR_WORD, (found, colon: string | undefined) => {
    if (!found.startsWith('"')) return `"${MARK_TEXT}${found}"`
    return colon === undefined && found.startsWith(`"${MARK_TEXT}`) ? `"${MARK_TEXT}${found.slice(1)}` : found
  })
}

function unmarked(rest: string): string | number {
  return rest.startsWith(MARK) ? rest : Number(rest)
}

function isMarked(item: unknown): item is string {
  return typeof item === 'string' && item.startsWith(MARK)
}
