/**
 * The member names of the outermost object of a JSON text, in order and with repetitions, which `JSON.parse` would
 * silently fold into one. The text must already be known to be valid JSON.
 */
export function* topLevelKeys(text: string): Generator<string> {
  let depth = 0
  let expectsKey = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      const end = endOfString(text, at)
      if (depth === 1 && expectsKey) {
        yield JSON.parse(text.slice(at, end)) as string
        expectsKey = false
      }
      at = end - 1
    } else if (char === '{' || char === '[') {
      depth++
      if (depth === 1) expectsKey = char === '{'
    } else if (char === '}' || char === ']') {
      depth--
    } else if (char === ',' && depth === 1) {
      expectsKey = true
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}
