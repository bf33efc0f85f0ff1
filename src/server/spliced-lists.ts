/**
 * Lists of an answer whose JSON text is known before it is told. In the result stands an empty list until then: GraphQL
 * would look at every value, and writing the answer would do so again.
 */
import { randomUUID } from 'node:crypto'
import type { ResponsePath, WrittenLists } from '../../resolvers/api-context.js'
import type { AnswerText } from './answer-text.js'

/** Stands for a list in the text of an answer; no client can know it. */
const MARK = `written-${randomUUID()}:`
const MARKED = new RegExp(`"${MARK}(\\d+)"`)

type Parent = Record<string | number, unknown>

interface Written {
  readonly place: ResponsePath
  readonly text: Uint8Array
}

export class SplicedLists implements WrittenLists {
  #lists: Written[] = []

  list(place: ResponsePath, text: Uint8Array): readonly never[] {
    this.#lists.push({ place, text })
    return []
  }

  get isEmpty(): boolean {
    return this.#lists.length === 0
  }

  /** Puts each list in its place, as values; the next answer of the same asker begins anew. */
  fill(data: unknown): void {
    this.#put(data, this.#taken(), ({ text }) => JSON.parse(Buffer.from(text).toString()))
  }

  /** The answer as JSON, with each list as it is written. Afterwards its data are no answer any more. */
  told(answer: { readonly data?: unknown }): AnswerText {
    const lists = this.#taken()
    if (lists.length === 0) return [JSON.stringify(answer)]
    this.#put(answer.data, lists, (_, index) => `${MARK}${index}`)
    // Every second piece is the number of a list.
    return JSON.stringify(answer)
      .split(MARKED)
      .map((piece, i) => (i % 2 === 0 ? piece : lists[Number(piece)]!.text))
  }

  #taken(): readonly Written[] {
    const lists = this.#lists
    this.#lists = []
    return lists
  }

  #put(data: unknown, lists: readonly Written[], value: (list: Written, index: number) => unknown): void {
    lists.forEach((list, index) => {
      const parent = list.place.prev === undefined ? data : valueAt(data, list.place.prev)
      // An error beside it may have emptied what it stood in.
      if (parent !== null && typeof parent === 'object')
        (parent as Parent)[list.place.key] = value(list, index)
    })
  }
}

function valueAt(data: unknown, { prev, key }: ResponsePath): unknown {
  const parent = prev === undefined ? data : valueAt(data, prev)
  return parent === null || typeof parent !== 'object' ? null : (parent as Parent)[key]
}
