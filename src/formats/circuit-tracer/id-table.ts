/** Numbers ids in the order in which they come, from bytes without making a string of each occurrence. */

const EMPTY = 0

export class IdTable {
  readonly texts: string[] = []
  /** ASCII ids by open addressing: number + 1, or EMPTY. The length is a power of two, at most half of it in use. */
  #slots = new Uint32Array(1 << 12)
  /** Where the bytes of each ASCII id begin in the arena; its length is that of its text. */
  readonly #starts: number[] = []
  #arena = new Uint8Array(1 << 16)
  #arenaEnd = 0
  readonly #others = new Map<string, number>()
  /** Differs between tables, so that no file is slow by design. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32)

  /** The number of an ASCII id that stands in `bytes` from `from` to before `to`. */
  ofBytes(bytes: Buffer, from: number, to: number): number {
    const mask = this.#slots.length - 1
    let slot = this.#hash(bytes, from, to) & mask
    for (; this.#slots[slot] !== EMPTY; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1
      if (this.#isAt(this.#starts[number]!, this.texts[number]!.length, bytes, from, to)) return number
    }
    return this.#add(bytes, from, to, slot)
  }

  ofText(text: string): number {
    if (Buffer.byteLength(text) === text.length) {
      const bytes = Buffer.from(text, 'latin1')
      return this.ofBytes(bytes, 0, bytes.length)
    }
    let number = this.#others.get(text)
    if (number === undefined) {
      number = this.texts.push(text) - 1
      this.#starts.push(0)
      this.#others.set(text, number)
    }
    return number
  }

  #isAt(start: number, length: number, bytes: Buffer, from: number, to: number): boolean {
    if (length !== to - from) return false
    for (let i = 0; i < length; i++) if (this.#arena[start + i] !== bytes[from + i]) return false
    return true
  }

  #add(bytes: Buffer, from: number, to: number, slot: number): number {
    const number = this.texts.push(bytes.toString('latin1', from, to)) - 1
    const end = this.#arenaEnd + to - from
    if (end > this.#arena.length) {
      const arena = new Uint8Array(Math.max(end, this.#arena.length * 2))
      arena.set(this.#arena)
      this.#arena = arena
    }
    this.#arena.set(bytes.subarray(from, to), this.#arenaEnd)
    this.#starts.push(this.#arenaEnd)
    this.#arenaEnd = end
    this.#slots[slot] = number + 1
    if (this.texts.length * 2 > this.#slots.length) this.#grow()
    return number
  }

  #grow(): void {
    const old = this.#slots
    const mask = old.length * 2 - 1
    this.#slots = new Uint32Array(mask + 1)
    const arena = Buffer.from(this.#arena.buffer)
    for (const entry of old) {
      if (entry === EMPTY) continue
      const start = this.#starts[entry - 1]!
      let slot = this.#hash(arena, start, start + this.texts[entry - 1]!.length) & mask
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask
      this.#slots[slot] = entry
    }
  }

  /** FNV-1a, with the high bits mixed into the low ones. */
  #hash(bytes: Buffer, from: number, to: number): number {
    let hash = this.#seed
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    return hash ^ (hash >>> 15)
  }
}
