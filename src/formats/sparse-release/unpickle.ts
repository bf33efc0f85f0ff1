/**
 * Reads a Python pickle (protocols 2 to 5; docs.python.org/3/library/pickletools.html) as plain data. It is an
 * interpreter of a stack machine without any instruction that acts: names outside the allow-list are refused the moment
 * they are read. Bounded in bytes, steps, values, memo and depth, and it gives way to other work as it runs. The file is
 * longer than most because the instruction set stays in one place.
 */
import { setImmediate } from 'node:timers/promises'
import { InvalidInput } from '../../domain/errors.js'
import { allowedGlobal, applyGlobal, CONVERT_HINT, kindOf, storageOf } from './pickle-globals.js'
import { checkPickleTree } from './pickle-tree.js'
import type { PickleDict, PickleList, PickleSet, PickleValue } from './pickle-value.js'

export const MAX_PICKLE_BYTES = 64 << 20
const MAX_STEPS = 16_000_000
const MAX_VALUES = 4_000_000
const MAX_LONG_BYTES = 1_024
const STEPS_PER_TURN = 65_536

/** Throws `UNSAFE_FILE` naming a refused global or instruction, `BAD_FILE` for a broken pickle. */
export async function unpickle(bytes: Uint8Array, file: string): Promise<PickleValue> {
  if (bytes.length > MAX_PICKLE_BYTES) {
    throw new InvalidInput(
      'BAD_FILE',
      `${file} has a pickle of ${bytes.length} bytes, at most ${MAX_PICKLE_BYTES} are read`,
      { path: file },
    )
  }
  const machine = new PickleMachine(bytes, file)
  for (let steps = 0; !machine.step(); steps++) {
    if (steps > MAX_STEPS) throw machine.broken(`it has more than ${MAX_STEPS} instructions`)
    if (steps % STEPS_PER_TURN === STEPS_PER_TURN - 1) await setImmediate()
  }
  const value = machine.result()
  await checkPickleTree(value, file)
  return value
}

class PickleMachine {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #file: string
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  readonly #memo = new Map<number, PickleValue>()
  #stack: PickleValue[] = []
  readonly #marked: PickleValue[][] = []
  #values = 0
  #at = 0

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#file = file
  }

  /** Runs one instruction; true after STOP. */
  step(): boolean {
    const start = this.#at
    const code = this.#uint(1)
    switch (code) {
      case 0x80: {
        // PROTO
        const protocol = this.#uint(1)
        if (protocol < 2 || protocol > 5) throw this.broken(`it has protocol ${protocol}, read are 2 to 5`)
        break
      }
      case 0x95: // FRAME: the length is a hint for buffered reading
        this.#take(8)
        break
      case 0x2e: // STOP
        return true
      case 0x28: // MARK
        this.#marked.push(this.#stack)
        this.#stack = []
        break
      case 0x30: // POP
        if (this.#stack.length > 0) this.#stack.pop()
        else this.#popMark()
        break
      case 0x31: // POP_MARK
        this.#popMark()
        break
      case 0x32: // DUP
        this.#stack.push(this.#top())
        break
      case 0x4e: // NONE
        this.#stack.push(null)
        break
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        this.#stack.push(code === 0x88)
        break
      case 0x4a: // BININT
        this.#stack.push(this.#view.getInt32(this.#take(4), true))
        break
      case 0x4b: // BININT1
      case 0x4d: // BININT2
        this.#stack.push(this.#uint(code === 0x4b ? 1 : 2))
        break
      case 0x8a: // LONG1
      case 0x8b: // LONG4
        this.#stack.push(this.#long(this.#uint(code === 0x8a ? 1 : 4)))
        break
      case 0x47: // BINFLOAT, the one big-endian number
        this.#stack.push(this.#view.getFloat64(this.#take(8), false))
        break
      case 0x8c: // SHORT_BINUNICODE
      case 0x58: // BINUNICODE
      case 0x8d: // BINUNICODE8
        this.#make(this.#text(this.#uint(code === 0x8c ? 1 : code === 0x58 ? 4 : 8)))
        break
      case 0x55: // SHORT_BINSTRING
      case 0x54: // BINSTRING: text of Python 2, read as UTF-8
        this.#make(this.#text(this.#uint(code === 0x55 ? 1 : 4)))
        break
      case 0x43: // SHORT_BINBYTES
      case 0x42: // BINBYTES
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        this.#make(this.#slice(this.#uint(code === 0x43 ? 1 : code === 0x42 ? 4 : 8)))
        break
      case 0x5d: // EMPTY_LIST
        this.#make({ kind: 'list', items: [] })
        break
      case 0x6c: // LIST
        this.#make({ kind: 'list', items: this.#popMark() })
        break
      case 0x61: // APPEND
        this.#extend('list', [this.#pop()])
        break
      case 0x65: // APPENDS
        this.#extend('list', this.#popMark())
        break
      case 0x8f: // EMPTY_SET
        this.#make({ kind: 'set', items: [] })
        break
      case 0x90: // ADDITEMS
        this.#extend('set', this.#popMark())
        break
      case 0x91: // FROZENSET
        this.#make({ kind: 'set', items: this.#popMark() })
        break
      case 0x29: // EMPTY_TUPLE
        this.#make({ kind: 'tuple', items: [] })
        break
      case 0x74: // TUPLE
        this.#make({ kind: 'tuple', items: this.#popMark() })
        break
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#make({ kind: 'tuple', items: this.#popMany(code - 0x84) })
        break
      case 0x7d: // EMPTY_DICT
        this.#make({ kind: 'dict', entries: new Map() })
        break
      case 0x64: // DICT
        this.#make({ kind: 'dict', entries: new Map() }, this.#popMark())
        break
      case 0x73: // SETITEM
        this.#setItems(this.#popMany(2))
        break
      case 0x75: // SETITEMS
        this.#setItems(this.#popMark())
        break
      case 0x68: // BINGET
      case 0x6a: // LONG_BINGET
        this.#stack.push(this.#recall(this.#uint(code === 0x68 ? 1 : 4)))
        break
      case 0x71: // BINPUT
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#uint(code === 0x71 ? 1 : 4), this.#top())
        break
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top())
        break
      case 0x63: {
        // GLOBAL
        const module = this.#line()
        this.#make(allowedGlobal(module, this.#line(), this.#file))
        break
      }
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2)
        if (typeof module !== 'string' || typeof name !== 'string')
          throw this.broken('it names a global by something that is not text')
        this.#make(allowedGlobal(module, name, this.#file))
        break
      }
      case 0x52: {
        // REDUCE
        const [callee, args] = this.#popMany(2)
        this.#make(applyGlobal(callee!, args!, this.#file))
        break
      }
      case 0x62: // BUILD: attributes of a dictionary (a state dict's `_metadata`) carry no tensors and are left out
        this.#pop()
        if (kindOf(this.#top()) !== 'dict')
          throw this.broken('it sets attributes of something that is not a dictionary')
        break
      case 0x51: // BINPERSID
        this.#make(storageOf(this.#pop(), this.#file))
        break
      default:
        throw this.#refuse(code, start)
    }
    return false
  }

  result(): PickleValue {
    if (this.#marked.length > 0 || this.#stack.length !== 1)
      throw this.broken('it does not end with exactly one value')
    return this.#stack[0]!
  }

  broken(what: string): InvalidInput {
    return new InvalidInput('BAD_FILE', `${this.#file} has a broken pickle: ${what} (byte ${this.#at})`, {
      path: this.#file,
    })
  }

  #refuse(code: number, at: number): InvalidInput {
    const name = REFUSED.get(code)
    if (name === undefined)
      return this.broken(`it has no instruction 0x${code.toString(16).padStart(2, '0')} that is known`)
    return new InvalidInput(
      'UNSAFE_FILE',
      `${this.#file} is refused: its pickle uses the instruction ${name} at byte ${at}, which plain data never needs`,
      {
        path: this.#file,
        hint: CONVERT_HINT,
      },
    )
  }

  #take(length: number): number {
    const at = this.#at
    if (length > this.#bytes.length - at) throw this.broken('it breaks off')
    this.#at += length
    return at
  }

  #uint(width: 1 | 2 | 4 | 8): number {
    const at = this.#take(width)
    if (width === 1) return this.#bytes[at]!
    if (width === 2) return this.#view.getUint16(at, true)
    if (width === 4) return this.#view.getUint32(at, true)
    // Any length beyond 2^53 is beyond the file as well, which #take refuses.
    return Number(this.#view.getBigUint64(at, true))
  }

  #slice(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  #text(length: number): string {
    return this.#decode(this.#slice(length))
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    if (end < 0) throw this.broken('it breaks off in a name')
    const text = this.#decode(this.#slice(end - this.#at))
    this.#at = end + 1
    return text
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#utf8.decode(bytes)
    } catch {
      throw this.broken('it has text that is not UTF-8')
    }
  }

  /** Two's complement, least significant byte first. */
  #long(length: number): number | bigint {
    if (length > MAX_LONG_BYTES)
      throw this.broken(`it has a whole number of ${length} bytes, at most ${MAX_LONG_BYTES} are read`)
    const bytes = this.#slice(length)
    let value = 0n
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!)
    if (length > 0 && bytes[length - 1]! >= 0x80) value -= 1n << BigInt(8 * length)
    const plain = Number(value)
    return Number.isSafeInteger(plain) ? plain : value
  }

  #make(value: PickleValue, items?: readonly PickleValue[]): void {
    if (++this.#values > MAX_VALUES) throw this.broken(`it makes more than ${MAX_VALUES} values`)
    this.#stack.push(value)
    if (items !== undefined) this.#setItems(items)
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1)
    if (value === undefined) throw this.broken('it needs a value where there is none')
    return value
  }

  #pop(): PickleValue {
    const value = this.#top()
    this.#stack.pop()
    return value
  }

  #popMany(count: number): PickleValue[] {
    if (this.#stack.length < count)
      throw this.broken(`it needs ${count} values where there are ${this.#stack.length}`)
    return this.#stack.splice(this.#stack.length - count, count)
  }

  #popMark(): PickleValue[] {
    const items = this.#stack
    const below = this.#marked.pop()
    if (below === undefined) throw this.broken('it ends a group that it never began')
    this.#stack = below
    return items
  }

  #recall(key: number): PickleValue {
    const value = this.#memo.get(key)
    if (value === undefined) throw this.broken(`it recalls value ${key}, which it never kept`)
    return value
  }

  #extend(kind: 'list' | 'set', items: readonly PickleValue[]): void {
    const target = this.#top()
    if (kindOf(target) !== kind) throw this.broken(`it adds to something that is not a ${kind}`)
    for (const item of items) (target as PickleList | PickleSet).items.push(item)
  }

  #setItems(items: readonly PickleValue[]): void {
    const target = this.#top()
    if (kindOf(target) !== 'dict' || items.length % 2 !== 0)
      throw this.broken('it sets items of something that is not a dictionary')
    for (let i = 0; i < items.length; i += 2) (target as PickleDict).entries.set(items[i]!, items[i + 1]!)
  }
}

/** Instructions that make objects, load extensions, or belong to the text protocols. */
const REFUSED: ReadonlyMap<number, string> = new Map([
  [0x69, 'INST'],
  [0x6f, 'OBJ'],
  [0x81, 'NEWOBJ'],
  [0x92, 'NEWOBJ_EX'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x50, 'PERSID'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
  [0x46, 'FLOAT'],
  [0x49, 'INT'],
  [0x4c, 'LONG'],
  [0x53, 'STRING'],
  [0x56, 'UNICODE'],
  [0x67, 'GET'],
  [0x70, 'PUT'],
])
