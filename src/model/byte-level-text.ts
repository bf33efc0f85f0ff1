/**
 * Byte-level tokenizers spell each byte as one visible character (Radford et al. 2019): printable bytes as themselves,
 * the others, in order, from U+0100 on. Here the spelling is undone.
 */
const BYTE_OF = byteOfCharacter()

/** The text that a token spells; bytes that are no whole UTF-8 characters as `<0xE2>`. Null for a token that spells no bytes. */
export function byteLevelText(token: string): string | null {
  const spelled = Array.from(token, (character) => BYTE_OF.get(character))
  if (spelled.includes(undefined)) return null
  const bytes = Uint8Array.from(spelled as number[])
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const character = wholeCharacter(bytes, at)
    text += character ?? `<0x${bytes[at]!.toString(16).toUpperCase().padStart(2, '0')}>`
    at += character === null ? 1 : new TextEncoder().encode(character).length
  }
  return text
}

function wholeCharacter(bytes: Uint8Array, at: number): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      return decoder.decode(bytes.subarray(at, at + length))
    } catch {
      // Not whole yet, or never.
    }
  }
  return null
}

function byteOfCharacter(): ReadonlyMap<string, number> {
  const isVisible = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)
  const map = new Map<string, number>()
  let next = 0x100
  for (let byte = 0; byte < 256; byte++) map.set(String.fromCodePoint(isVisible(byte) ? byte : next++), byte)
  return map
}
