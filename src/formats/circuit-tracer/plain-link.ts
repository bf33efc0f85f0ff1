/**
 * Reads a link in the form in which every tool writes it, `{"source": "…", "target": "…", "weight": 1.5}` with the keys
 * in any order and ASCII ids without escapes, straight from bytes: three times as fast as JSON.parse. Whatever looks
 * different is left to JSON.parse, errors included.
 */

const QUOTE = 0x22
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const UPPER_E = 0x45
const LOWER_E = 0x65
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const KEYS = ['source', 'target', 'weight'].map((key) => Buffer.from(key, 'latin1'))
const [SOURCE, TARGET] = [0, 1]
/** Powers of ten that a double holds exactly. */
const EXACT_POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i)
/** So many digits always make a whole number below 2^53. */
const EXACT_DIGITS = 15

/** One link at a time; the fields are those of the last link that `read` knew. */
export class PlainLink {
  sourceFrom = 0
  sourceTo = 0
  targetFrom = 0
  targetTo = 0
  weight = 0
  #at = 0

  /** Where the comma or bracket behind the link stands, 0 where the bytes end too soon, −1 for another form. */
  read(bytes: Buffer, begin: number): number {
    if (bytes[begin] !== OPEN_OBJECT) return stop(bytes, begin)
    this.#at = begin + 1
    let seen = 0
    for (let member = 0; member < KEYS.length; member++) {
      const key = this.#key(bytes, member)
      if (key < 0 || (seen & (1 << key)) !== 0) return stop(bytes, this.#at)
      seen |= 1 << key
      this.#space(bytes)
      if (bytes[this.#at] !== COLON) return stop(bytes, this.#at)
      this.#at++
      this.#space(bytes)
      if (!(key <= TARGET! ? this.#id(bytes, key) : this.#number(bytes))) return stop(bytes, this.#at)
      this.#space(bytes)
      if (bytes[this.#at] !== (member === KEYS.length - 1 ? CLOSE_OBJECT : COMMA))
        return stop(bytes, this.#at)
      this.#at++
    }
    this.#space(bytes)
    const end = bytes[this.#at]
    return end === COMMA || end === CLOSE_ARRAY ? this.#at : stop(bytes, this.#at)
  }

  #space(bytes: Buffer): void {
    let byte = bytes[this.#at]
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.#at]
  }

  /** Index into KEYS, or −1; `likely` is tried first. */
  #key(bytes: Buffer, likely: number): number {
    this.#space(bytes)
    const at = this.#at
    if (bytes[at] !== QUOTE) return -1
    for (let tries = 0; tries < KEYS.length; tries++) {
      const k = (likely + tries) % KEYS.length
      const key = KEYS[k]!
      let i = 0
      while (i < key.length && bytes[at + 1 + i] === key[i]) i++
      if (i < key.length || bytes[at + 1 + i] !== QUOTE) continue
      this.#at = at + key.length + 2
      return k
    }
    // Every key has the same length: the rest of the bytes decides whether they ended too soon.
    this.#at = Math.min(bytes.length, at + KEYS[0]!.length + 2)
    return -1
  }

  #id(bytes: Buffer, key: number): boolean {
    if (bytes[this.#at] !== QUOTE) return false
    const from = this.#at + 1
    let to = from
    let byte = bytes[to]
    while (byte !== undefined && byte !== QUOTE) {
      if (byte < 0x20 || byte > 0x7f || byte === BACKSLASH) return false
      byte = bytes[++to]
    }
    this.#at = to + 1
    if (key === SOURCE) {
      this.sourceFrom = from
      this.sourceTo = to
    } else {
      this.targetFrom = from
      this.targetTo = to
    }
    return byte === QUOTE
  }

  /** A finite number in the grammar of JSON. */
  #number(bytes: Buffer): boolean {
    const from = this.#at
    const isNegative = bytes[from] === MINUS
    let at = isNegative ? from + 1 : from
    let whole = 0
    const digitsFrom = at
    while (isDigit(bytes[at])) whole = whole * 10 + bytes[at++]! - ZERO
    let digits = at - digitsFrom
    if (digits === 0 || (digits > 1 && bytes[digitsFrom] === ZERO)) return this.#stopAt(at)
    let scale = 0
    if (bytes[at] === POINT) {
      const pointAt = at++
      while (isDigit(bytes[at])) whole = whole * 10 + bytes[at++]! - ZERO
      scale = at - pointAt - 1
      digits += scale
      if (scale === 0) return this.#stopAt(at)
    }
    const hasExponent = bytes[at] === LOWER_E || bytes[at] === UPPER_E
    if (hasExponent) {
      at++
      if (bytes[at] === PLUS || bytes[at] === MINUS) at++
      const exponentFrom = at
      while (isDigit(bytes[at])) at++
      if (at === exponentFrom) return this.#stopAt(at)
    }
    this.#at = at
    // A quotient of two exact doubles is rounded once, as the decimal number itself would be (Clinger, PLDI 1990).
    if (!hasExponent && digits <= EXACT_DIGITS)
      this.weight = isNegative ? -(whole / EXACT_POWERS[scale]!) : whole / EXACT_POWERS[scale]!
    else this.weight = Number(bytes.toString('latin1', from, at))
    return Number.isFinite(this.weight)
  }

  #stopAt(at: number): false {
    this.#at = at
    return false
  }
}

function stop(bytes: Buffer, at: number): 0 | -1 {
  return at >= bytes.length ? 0 : -1
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
