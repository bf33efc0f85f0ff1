/** Token ids that grow without copying all of them each time: two bytes each where the vocabulary allows it. */
import type { TokenLine } from '../../model/texts/packed-text.js'

const FIRST_CAPACITY = 1 << 16

export class GrowingTokenLine {
  #line: TokenLine
  #length = 0

  constructor(vocabularySize: number) {
    const Line = vocabularySize <= 1 << 16 ? Uint16Array : Uint32Array
    this.#line = new Line(FIRST_CAPACITY)
  }

  get length(): number {
    return this.#length
  }

  append(ids: readonly number[]): void {
    if (this.#length + ids.length > this.#line.length) {
      const Line = this.#line.constructor as Uint16ArrayConstructor
      const grown = new Line(Math.max(2 * this.#line.length, this.#length + ids.length))
      grown.set(this.#line.subarray(0, this.#length))
      this.#line = grown
    }
    this.#line.set(ids, this.#length)
    this.#length += ids.length
  }

  /** Takes back the last ids. */
  takeLast(count: number): number[] {
    this.#length -= count
    return Array.from(this.#line.subarray(this.#length, this.#length + count))
  }

  /** The ids so far, without what is kept in reserve. */
  done(): TokenLine {
    return this.#line.slice(0, this.#length)
  }
}
