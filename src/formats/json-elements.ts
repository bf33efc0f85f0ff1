/**
 * Reads a JSON object whose big arrays are told element by element while the bytes arrive, so that a file of any size
 * is never held as one text. Only the members named in `arrays` are told that way; the rest is parsed whole at the
 * end, up to a limit. Element boundaries are found on bytes; the elements themselves go through JSON.parse in batches.
 *
 * Bare NaN and Infinity, which Python's json writes, are told as `NON_FINITE` strings: the reader of a member decides
 * whether that matters.
 */
import { InvalidInput } from '../domain/errors.js'

export interface ElementLimits {
  readonly depth: number
  /** Bytes of one element of a told array. */
  readonly elementBytes: number
  /** Bytes of everything that is not told element by element. */
  readonly restBytes: number
}

export const ELEMENT_LIMITS: ElementLimits = { depth: 200, elementBytes: 16 << 20, restBytes: 256 << 20 }

/** What stands in for a bare NaN, Infinity or -Infinity. */
export const NON_FINITE = /^\u0000(?:NaN|-?Infinity)$/

export interface ElementsOptions {
  /** For messages. */
  readonly name: string
  readonly arrays: readonly string[]
  /** Gets the elements of a told array in order, some at a time. */
  readonly onElements: (array: string, elements: readonly unknown[]) => void
  /** Called with the number of bytes read so far. */
  readonly onBytes?: (bytes: number) => void
  readonly limits?: ElementLimits
}

export interface JsonRest {
  /** Every top-level key in the order of the file, told arrays included. */
  readonly keys: readonly string[]
  /** Values of the keys that were not told. */
  readonly members: Readonly<Record<string, unknown>>
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const BATCH_BYTES = 1 << 18

type State =
  | 'START'
  | 'KEY_OR_END'
  | 'KEY'
  | 'COLON'
  | 'VALUE'
  | 'REST_VALUE'
  | 'ELEMENTS'
  | 'AFTER_VALUE'
  | 'END'

/** Throws BAD_FILE naming the byte where the file stops being JSON, or LIMIT_EXCEEDED. */
export async function readJsonElements(
  stream: AsyncIterable<Uint8Array>,
  options: ElementsOptions,
): Promise<JsonRest> {
  const scanner = new Scanner(options)
  for await (const chunk of stream) {
    scanner.push(chunk)
    options.onBytes?.(scanner.bytes)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return scanner.finish()
}

class Scanner {
  readonly #options: ElementsOptions
  readonly #limits: ElementLimits
  readonly #keys: string[] = []
  readonly #members: Record<string, unknown> = {}
  #state: State = 'START'
  #key = ''
  #depth = 0
  #inString = false
  #escaped = false
  /** Bytes of the value or batch that is being gathered, and where it began in the file. */
  #held: Uint8Array[] = []
  #heldBytes = 0
  #heldFrom = 0
  #restBytes = 0
  #elementBytes = 0
  /** Did anything but white space come since the last comma of a told array? */
  #elementBegun = false
  #afterComma = false
  #base = 0

  constructor(options: ElementsOptions) {
    this.#options = options
    this.#limits = options.limits ?? ELEMENT_LIMITS
  }

  get bytes(): number {
    return this.#base
  }

  push(chunk: Uint8Array): void {
    let from = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!
      switch (this.#state) {
        case 'ELEMENTS':
        case 'REST_VALUE': {
          const ended =
            this.#state === 'ELEMENTS' ? this.#inElements(byte, i, chunk, from) : this.#inValue(byte)
          if (this.#state === 'ELEMENTS' && ended === 'FLUSHED') from = i + 1
          if (ended === 'DONE' || ended === 'DONE_BEFORE') {
            if (this.#state === 'REST_VALUE') {
              this.#hold(chunk.subarray(from, ended === 'DONE' ? i + 1 : i))
              this.#members[this.#key] = this.#parse(this.#text(), this.#heldFrom)
            }
            this.#state = 'AFTER_VALUE'
            if (ended === 'DONE_BEFORE') i--
          }
          break
        }
        case 'KEY':
          if (this.#inKey(byte)) {
            this.#hold(chunk.subarray(from, i + 1))
            this.#startMember(this.#parse(this.#text(), this.#heldFrom) as string)
          }
          break
        default:
          if (isSpace(byte) || (this.#state === 'START' && this.#isByteOrderMark(byte, i))) break
          from = this.#structure(byte, i)
      }
    }
    if (this.#state === 'KEY' || this.#state === 'REST_VALUE' || this.#state === 'ELEMENTS')
      this.#hold(chunk.slice(from))
    this.#base += chunk.length
  }

  finish(): JsonRest {
    if (this.#state !== 'END') throw this.#bad(this.#base, 'the file ends in the middle')
    return { keys: this.#keys, members: this.#members }
  }

  /** Punctuation between members; gives back where a value that begins here begins in the chunk. */
  #structure(byte: number, at: number): number {
    const position = this.#base + at
    switch (this.#state) {
      case 'START':
        if (byte !== OPEN_OBJECT) throw this.#bad(position, 'the file is not a JSON object')
        this.#state = 'KEY_OR_END'
        return at + 1
      case 'KEY_OR_END':
      case 'COLON':
      case 'AFTER_VALUE':
        return this.#between(byte, at, position)
      case 'VALUE':
        this.#begin(position)
        if (byte === OPEN_ARRAY && this.#options.arrays.includes(this.#key)) {
          this.#state = 'ELEMENTS'
          this.#afterComma = false
          this.#startElement()
          this.#heldFrom = position + 1
          return at + 1
        }
        this.#state = 'REST_VALUE'
        this.#inValue(byte)
        return at
      default:
        throw this.#bad(position, 'something follows the end of the object')
    }
  }

  #between(byte: number, at: number, position: number): number {
    if (this.#state === 'COLON') {
      if (byte !== COLON) throw this.#bad(position, 'expected a colon')
      this.#state = 'VALUE'
    } else if (byte === CLOSE_OBJECT && (this.#state === 'AFTER_VALUE' || this.#keys.length === 0)) {
      this.#state = 'END'
    } else if (this.#state === 'AFTER_VALUE') {
      if (byte !== COMMA) throw this.#bad(position, 'expected a comma or the end of the object')
      this.#state = 'KEY_OR_END'
    } else {
      if (byte !== QUOTE) throw this.#bad(position, 'expected a key in double quotes')
      this.#begin(position)
      this.#state = 'KEY'
    }
    return at
  }

  #startMember(key: string): void {
    if (this.#keys.includes(key))
      throw this.#bad(this.#heldFrom, `the key ${JSON.stringify(key)} is there twice`)
    this.#keys.push(key)
    this.#key = key
    this.#state = 'COLON'
  }

  /** True at the quote that closes the key; the one that opens it was seen before. */
  #inKey(byte: number): boolean {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else return byte === QUOTE
    return false
  }

  /** One byte of a value; DONE when it ended with this byte, DONE_BEFORE when it ended with the byte before. */
  #inValue(byte: number): 'DONE' | 'DONE_BEFORE' | null {
    this.#restBytes++
    if (this.#restBytes > this.#limits.restBytes) {
      throw new InvalidInput(
        'LIMIT_EXCEEDED',
        `${this.#options.name} holds more than ${this.#limits.restBytes} bytes beside its nodes and links`,
      )
    }
    if (this.#inString) {
      this.#stringByte(byte)
      return !this.#inString && this.#depth === 0 ? 'DONE' : null
    }
    if (byte === QUOTE) this.#inString = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#deeper()
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      if (this.#depth === 0) return 'DONE_BEFORE'
      this.#depth--
      if (this.#depth === 0) return 'DONE'
    } else if (this.#depth === 0 && (byte === COMMA || isSpace(byte))) return 'DONE_BEFORE'
    return null
  }

  /** One byte inside a told array; FLUSHED when a batch ended with a comma here. */
  #inElements(byte: number, at: number, chunk: Uint8Array, from: number): 'DONE' | 'FLUSHED' | null {
    this.#elementBytes++
    if (this.#inString) {
      this.#stringByte(byte)
      return null
    }
    if (byte === QUOTE) {
      this.#inString = true
      this.#elementBegun = true
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      this.#deeper()
      this.#elementBegun = true
    } else if (byte === CLOSE_OBJECT || (byte === CLOSE_ARRAY && this.#depth > 0)) {
      if (this.#depth === 0) throw this.#bad(this.#base + at, 'expected an element or the end of the list')
      this.#depth--
    } else if (byte === CLOSE_ARRAY) {
      if (this.#afterComma && !this.#elementBegun)
        throw this.#bad(this.#base + at, 'expected an element after the comma')
      this.#hold(chunk.subarray(from, at))
      this.#tellBatch()
      return 'DONE'
    } else if (byte === COMMA && this.#depth === 0) {
      if (!this.#elementBegun) throw this.#bad(this.#base + at, 'expected an element before the comma')
      this.#startElement()
      this.#afterComma = true
      if (this.#heldBytes + at - from < BATCH_BYTES) return null
      this.#hold(chunk.subarray(from, at))
      this.#tellBatch()
      this.#heldFrom = this.#base + at + 1
      return 'FLUSHED'
    } else if (!isSpace(byte)) this.#elementBegun = true
    if (this.#elementBytes > this.#limits.elementBytes) {
      throw new InvalidInput(
        'LIMIT_EXCEEDED',
        `an element of ${this.#key} in ${this.#options.name} has more than ${this.#limits.elementBytes} bytes`,
      )
    }
    return null
  }

  #startElement(): void {
    this.#elementBegun = false
    this.#elementBytes = 0
  }

  #stringByte(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #deeper(): void {
    this.#depth++
    if (this.#depth > this.#limits.depth) {
      throw new InvalidInput(
        'LIMIT_EXCEEDED',
        `${this.#options.name} nests more than ${this.#limits.depth} deep`,
      )
    }
  }

  #tellBatch(): void {
    const text = this.#text()
    if (text.trim() === '') return
    this.#options.onElements(this.#key, this.#parse(`[${text}]`, this.#heldFrom) as unknown[])
  }

  #begin(position: number): void {
    this.#held = []
    this.#heldBytes = 0
    this.#heldFrom = position
    this.#depth = 0
    this.#inString = false
    this.#escaped = false
  }

  #hold(part: Uint8Array): void {
    this.#held.push(part)
    this.#heldBytes += part.length
  }

  #text(): string {
    const bytes = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      throw this.#bad(this.#heldFrom, 'the text is not UTF-8')
    }
  }

  #parse(text: string, from: number): unknown {
    try {
      return JSON.parse(text)
    } catch {
      try {
        return JSON.parse(withoutBareNumbers(text))
      } catch {
        throw this.#bad(from, 'the value that begins here is not JSON')
      }
    }
  }

  #isByteOrderMark(byte: number, at: number): boolean {
    return this.#base === 0 && byte === [0xef, 0xbb, 0xbf][at]
  }

  #bad(position: number, what: string): InvalidInput {
    return new InvalidInput(
      'BAD_FILE',
      `${this.#options.name} is not readable at byte ${position}: ${what}`,
      {
        path: this.#options.name,
        facts: { byte: position },
      },
    )
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Bare NaN and ±Infinity outside strings as marked strings. */
function withoutBareNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gs, (found) =>
    found.startsWith('"') ? found : `"\\u0000${found}"`,
  )
}
