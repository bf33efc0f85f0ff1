/**
 * Reads a JSON object whose big arrays are told element by element while the bytes arrive, so that a file of any size
 * is never held as one text. Only the members named in `arrays` are told that way; the rest is parsed whole when it has
 * come, up to a limit. Where elements begin and end is found on bytes; the elements go through JSON.parse in batches.
 *
 * Bare NaN and Infinity become those numbers: the reader of a member decides whether that matters. A key that stands
 * twice in one object is refused, because parsers differ in which value they keep.
 *
 * Longer than most files because the scanner is one state machine: cut up, its states would have to be shared.
 */
import { setImmediate } from 'node:timers/promises'
import { InvalidInput, LimitExceeded } from '../domain/errors.js'
import { countKeys, parseJsonText, repeatedKey } from './json-elements-text.js'

export interface ElementLimits {
  readonly depth: number
  /** Bytes of one element of a told array. */
  readonly elementBytes: number
  /** Bytes of everything that is not told element by element. */
  readonly restBytes: number
}

/**
 * Takes the element that begins at `at` if it, and the comma or bracket behind it, stand whole in the bytes and have
 * the taker's form. Gives back where that comma or bracket stands, 0 where the bytes end too soon, −1 for another form.
 */
export type ElementTaker = (bytes: Buffer, at: number) => number

export interface ElementsOptions {
  /** For messages. */
  readonly name: string
  readonly arrays: readonly string[]
  /** Gets the elements of a told array in order, some at a time. */
  readonly onElements: (array: string, elements: readonly unknown[]) => void
  /** Readers that take the plainest elements of an array straight from the bytes, without JSON.parse. */
  readonly takers?: Readonly<Record<string, ElementTaker>>
  readonly limits: ElementLimits
}

export interface JsonRest {
  /** Every top-level key in the order of the file, told arrays included. */
  readonly keys: readonly string[]
  /** Values of the keys that were not told. */
  readonly members: ReadonlyMap<string, unknown>
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const BYTE_ORDER_MARK = 0xef
const BATCH_BYTES = 1 << 18
/** So much is scanned before others get a turn: some milliseconds. */
const SLICE_BYTES = 1 << 19

type State = 'START' | 'KEY_OR_END' | 'KEY' | 'COLON' | 'VALUE' | 'REST' | 'ELEMENTS' | 'AFTER_VALUE' | 'END'

/** Throws BAD_FILE naming the byte where the file stops being JSON, LIMIT_EXCEEDED for one beyond the limits. */
export async function readJsonElements(
  stream: AsyncIterable<Uint8Array>,
  options: ElementsOptions,
): Promise<JsonRest> {
  const scanner = new Scanner(options)
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      scanner.push(chunk.subarray(at, at + SLICE_BYTES))
      await setImmediate()
    }
  }
  return scanner.finish()
}

class Scanner {
  readonly #options: ElementsOptions
  readonly #limits: ElementLimits
  readonly #keys = new Set<string>()
  readonly #members = new Map<string, unknown>()
  #state: State = 'START'
  #key = ''
  /** Bytes before the slice at hand. */
  #base = 0
  #depth = 0
  #inString = false
  #escaped = false
  /** Colons outside strings in what is held: as many as its objects have keys. */
  #colons = 0
  /** Parts of the key, value or batch that is being gathered, and where it began in the file. */
  #held: Uint8Array[] = []
  #heldBytes = 0
  #heldFrom = 0
  #restBytes = 0
  /** Elements of the told array so far, and the one at hand: where it began and whether anything of it came. */
  #elementCount = 0
  #elementFrom = 0
  #elementBegun = false
  #afterComma = false
  /** A batch is parsed when it has so many bytes: at once where a taker waits to go on. */
  #batchBytes = BATCH_BYTES

  constructor(options: ElementsOptions) {
    this.#options = options
    this.#limits = options.limits
  }

  push(bytes: Uint8Array): void {
    const slice = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0; at < slice.length; ) {
      switch (this.#state) {
        case 'KEY':
          at = this.#inKey(slice, at)
          break
        case 'REST':
          at = this.#inRest(slice, at)
          break
        case 'ELEMENTS':
          at = this.#inElements(slice, at)
          break
        default:
          at += isSpace(slice[at]!) ? 1 : this.#punctuation(slice[at]!, this.#base + at)
      }
    }
    this.#base += slice.length
  }

  finish(): JsonRest {
    if (this.#state !== 'END') throw this.#bad(this.#base, 'the file ends in the middle')
    return { keys: [...this.#keys], members: this.#members }
  }

  /** One byte between keys and values. Gives back how many were taken: none where a value begins with this one. */
  #punctuation(byte: number, position: number): 0 | 1 {
    switch (this.#state) {
      case 'START':
        if (byte === BYTE_ORDER_MARK)
          throw this.#bad(position, 'it begins with a byte order mark, which JSON does not allow')
        if (byte !== OPEN_OBJECT) throw this.#bad(position, 'the file is not a JSON object')
        this.#state = 'KEY_OR_END'
        return 1
      case 'KEY_OR_END':
        if (byte === CLOSE_OBJECT && this.#keys.size === 0) this.#state = 'END'
        else if (byte !== QUOTE) throw this.#bad(position, 'expected a key in double quotes')
        else this.#begin('KEY', position)
        return 1
      case 'COLON':
        if (byte !== COLON) throw this.#bad(position, 'expected a colon')
        this.#state = 'VALUE'
        return 1
      case 'VALUE':
        if (byte !== OPEN_ARRAY || !this.#options.arrays.includes(this.#key)) {
          this.#begin('REST', position)
          return 0
        }
        this.#begin('ELEMENTS', position + 1)
        this.#elementCount = 0
        this.#startElement(position + 1, false)
        return 1
      case 'AFTER_VALUE':
        if (byte === CLOSE_OBJECT) this.#state = 'END'
        else if (byte === COMMA) this.#state = 'KEY_OR_END'
        else throw this.#bad(position, 'expected a comma or the end of the object')
        return 1
      default:
        throw this.#bad(position, 'something follows the end of the object')
    }
  }

  /** The rest of a key; the quote that opens it was seen before. Gives back where to go on, as the next two do. */
  #inKey(slice: Buffer, from: number): number {
    for (let i = from; i < slice.length; i++) {
      const byte = slice[i]!
      if (this.#escaped) this.#escaped = false
      else if (byte === BACKSLASH) this.#escaped = true
      else if (byte === QUOTE) {
        this.#holdRest(slice.subarray(from, i + 1))
        const key = this.#parse(`"${this.#text()}`) as string
        if (this.#keys.has(key))
          throw this.#bad(this.#heldFrom, `the key ${JSON.stringify(key)} is there twice`)
        this.#keys.add(key)
        this.#key = key
        this.#state = 'COLON'
        return i + 1
      }
    }
    this.#holdRest(slice.subarray(from))
    return slice.length
  }

  #inRest(slice: Buffer, from: number): number {
    for (let i = from; i < slice.length; i++) {
      const byte = slice[i]!
      let end = -1
      if (this.#inString) {
        this.#stringByte(byte)
        if (!this.#inString && this.#depth === 0) end = i + 1
      } else if (byte === QUOTE) this.#inString = true
      else if (byte === COLON) this.#colons++
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#deeper()
      else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        if (this.#depth === 0) end = i
        else if (--this.#depth === 0) end = i + 1
      } else if (this.#depth === 0 && (byte === COMMA || isSpace(byte))) end = i
      if (end < 0) continue
      this.#holdRest(slice.subarray(from, end))
      const text = this.#text()
      const value = this.#parse(text)
      if (countKeys(value) !== this.#colons) throw this.#repeats(text, this.#heldFrom)
      this.#members.set(this.#key, value)
      this.#state = 'AFTER_VALUE'
      return end
    }
    this.#holdRest(slice.subarray(from))
    return slice.length
  }

  /** Elements that a taker knows, one by one; gives back where the first other one begins. */
  #takeElements(slice: Buffer, start: number, take: ElementTaker): number {
    for (let at = start; ; ) {
      while (isSpace(slice[at] ?? 0)) at++
      const end = take(slice, at)
      this.#batchBytes = end === 0 ? 0 : BATCH_BYTES
      if (end <= 0) return at
      this.#elementCount++
      if (slice[end] === CLOSE_ARRAY) {
        this.#elementBegun = true
        return end
      }
      at = end + 1
      this.#startElement(this.#base + at, true)
    }
  }

  #inElements(slice: Buffer, begin: number): number {
    let from = begin
    const take = this.#options.takers?.[this.#key]
    if (take !== undefined && this.#heldBytes === 0 && !this.#elementBegun) {
      from = this.#takeElements(slice, begin, take)
      this.#heldFrom = this.#base + from
    }
    for (let i = from; i < slice.length; i++) {
      const byte = slice[i]!
      if (this.#inString) {
        this.#stringByte(byte)
        continue
      }
      switch (byte) {
        case QUOTE:
          this.#inString = true
          this.#elementBegun = true
          break
        case COLON:
          this.#colons++
          break
        case OPEN_ARRAY:
        case OPEN_OBJECT:
          this.#deeper()
          this.#elementBegun = true
          break
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          if (this.#depth > 0) {
            this.#depth--
            break
          }
          if (byte === CLOSE_OBJECT || (this.#afterComma && !this.#elementBegun))
            throw this.#bad(this.#base + i, `expected an element of ${this.#key}`)
          this.#endElement(this.#base + i)
          this.#hold(slice.subarray(from, i))
          if (this.#elementBegun) this.#tellBatch()
          this.#state = 'AFTER_VALUE'
          return i + 1
        case COMMA:
          if (this.#depth > 0) break
          if (!this.#elementBegun) throw this.#bad(this.#base + i, `expected an element of ${this.#key}`)
          this.#endElement(this.#base + i)
          this.#startElement(this.#base + i + 1, true)
          if (this.#heldBytes + i - from < this.#batchBytes) break
          this.#hold(slice.subarray(from, i))
          this.#tellBatch()
          this.#heldFrom = this.#base + i + 1
          return i + 1
        default:
          if (!isSpace(byte)) this.#elementBegun = true
      }
    }
    this.#hold(slice.subarray(from))
    this.#endElement(this.#base + slice.length)
    return slice.length
  }

  #startElement(position: number, afterComma: boolean): void {
    this.#elementFrom = position
    this.#elementBegun = false
    this.#afterComma = afterComma
  }

  #endElement(position: number): void {
    if (position - this.#elementFrom <= this.#limits.elementBytes) return
    throw new LimitExceeded(
      `an element of ${this.#key} in ${this.#options.name} has more than ${this.#limits.elementBytes} bytes`,
      { path: this.#options.name },
    )
  }

  #stringByte(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #deeper(): void {
    this.#depth++
    if (this.#depth <= this.#limits.depth) return
    throw new LimitExceeded(`${this.#options.name} nests more than ${this.#limits.depth} deep`, {
      path: this.#options.name,
    })
  }

  #begin(state: 'KEY' | 'REST' | 'ELEMENTS', position: number): void {
    this.#state = state
    this.#heldFrom = position
    this.#depth = 0
    this.#colons = 0
    this.#inString = false
    this.#escaped = false
  }

  /** Copied: a stream may use its buffer again. */
  #hold(part: Uint8Array): void {
    this.#held.push(Uint8Array.prototype.slice.call(part))
    this.#heldBytes += part.length
  }

  #holdRest(part: Uint8Array): void {
    this.#restBytes += part.length
    if (this.#restBytes > this.#limits.restBytes) {
      throw new LimitExceeded(
        `${this.#options.name} holds more than ${this.#limits.restBytes} bytes beside ${this.#options.arrays.join(' and ')}`,
        { path: this.#options.name },
      )
    }
    this.#hold(part)
  }

  #text(): string {
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      throw this.#bad(this.#heldFrom, 'what begins there is not UTF-8')
    }
  }

  #parse(text: string): unknown {
    try {
      return parseJsonText(text)
    } catch {
      throw this.#bad(this.#heldFrom, 'what begins there is not JSON')
    }
  }

  #tellBatch(): void {
    if (this.#heldBytes === 0) return
    const text = this.#text()
    let elements: unknown[]
    try {
      elements = parseJsonText(`[${text}]`) as unknown[]
    } catch {
      throw this.#badElement(text)
    }
    if (countKeys(elements) !== this.#colons) throw this.#badElement(text)
    this.#colons = 0
    this.#elementCount += elements.length
    this.#options.onElements(this.#key, elements)
  }

  /** Parses the elements of a batch one by one, to name the one that is wrong. */
  #badElement(text: string): InvalidInput {
    let position = this.#heldFrom
    let number = this.#elementCount
    for (const element of elementTexts(text)) {
      const name = `${this.#key}[${number++}], which begins there,`
      const begin = position + leadingSpaces(element)
      try {
        const value = parseJsonText(element)
        const colons = element.match(/"[^"\\]*(?:\\.[^"\\]*)*"|:/gs)?.filter((found) => found === ':')
        if (countKeys(value) !== (colons?.length ?? 0)) return this.#repeats(element, begin)
      } catch {
        return this.#bad(begin, `${name} is not JSON`)
      }
      position += Buffer.byteLength(element) + 1
    }
    return this.#bad(this.#heldFrom, `an element of ${this.#key} behind it is not JSON`)
  }

  #repeats(text: string, position: number): InvalidInput {
    return this.#bad(
      position,
      `what begins there has the key ${JSON.stringify(repeatedKey(text) ?? '__proto__')} twice in one object`,
    )
  }

  #bad(position: number, what: string): InvalidInput {
    const { name } = this.#options
    return new InvalidInput('BAD_FILE', `${name} cannot be read at byte ${position}: ${what}`, {
      path: name,
      facts: { byte: position },
    })
  }
}

/** The texts between the commas of the outermost level. */
function* elementTexts(text: string): Generator<string> {
  let depth = 0
  let from = 0
  for (const { 0: token, index } of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/gs)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (token === ',' && depth === 0) {
      yield text.slice(from, index)
      from = index + 1
    }
  }
  yield text.slice(from)
}

function leadingSpaces(text: string): number {
  return text.length - text.trimStart().length
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
