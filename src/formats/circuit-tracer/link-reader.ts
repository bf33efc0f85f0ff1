/** Links of the file, straight into growing columns: 16 bytes each, and every id once. */
import { LimitExceeded } from '../../domain/errors.js'
import { printJsonText } from '../json-elements-text.js'
import { badGraph } from './bad-graph.js'
import { IdTable } from './id-table.js'
import { idOf, MAX_ID_LENGTH, recordOf } from './node-reader.js'
import { PlainLink } from './plain-link.js'
import type { RawLimits } from './raw-limits.js'

export interface RawLinks {
  readonly count: number
  /** Index into `ids`. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float64Array
  readonly ids: readonly string[]
  /** What a link says beyond source, target and weight, as text, by link. */
  readonly extras: ReadonlyMap<number, string>
  /** Links whose weight was −0; circuits know only 0. */
  readonly negativeZeros: readonly number[]
}

/** About what a map entry costs beside its text. */
const EXTRA_BYTES = 64

export class LinkReader {
  readonly #name: string
  readonly #limits: RawLimits
  #count = 0
  #source = new Uint32Array(1024)
  #target = new Uint32Array(1024)
  #weight = new Float64Array(1024)
  #keptBytes = 0
  readonly #ids = new IdTable()
  readonly #plain = new PlainLink()
  readonly #extras = new Map<number, string>()
  readonly #negativeZeros: number[] = []

  constructor(name: string, limits: RawLimits) {
    this.#name = name
    this.#limits = limits
  }

  /** Throws BAD_FILE for a link without ends, from a node to itself, or whose weight is not a finite number. */
  add(element: unknown): void {
    const link = this.#count
    const fields = recordOf(element, this.#name, `links[${link}]`)
    const from = this.#endOf(fields['source'], 'source')
    const to = this.#endOf(fields['target'], 'target')
    const weight = fields['weight']
    if (typeof weight !== 'number' || !Number.isFinite(weight))
      throw badGraph(
        this.#name,
        `the weight of the link ${this.#ids.texts[from]} -> ${this.#ids.texts[to]} is ${shown(weight)}, not a finite number`,
        `links[${link}].weight`,
      )
    if (from === to)
      throw badGraph(
        this.#name,
        `the link ${this.#ids.texts[from]} -> ${this.#ids.texts[to]} joins a node to itself`,
        `links[${link}]`,
      )
    if (link >= this.#limits.links)
      throw new LimitExceeded(`${this.#name} has more than ${this.#limits.links} links`)
    if (Object.keys(fields).length > 3) this.#keepExtra(link, fields)
    this.#push(from, to, weight)
  }

  finish(): RawLinks {
    return {
      count: this.#count,
      source: this.#source.subarray(0, this.#count),
      target: this.#target.subarray(0, this.#count),
      weight: this.#weight.subarray(0, this.#count),
      ids: this.#ids.texts,
      extras: this.#extras,
      negativeZeros: this.#negativeZeros,
    }
  }

  /**
   * A link in the form that tools write, from bytes (see `ElementTaker`); −1 also for what `add` refuses, so that it
   * says why.
   */
  take(bytes: Buffer, at: number): number {
    const plain = this.#plain
    const end = plain.read(bytes, at)
    if (end <= 0) return end
    if (Math.max(plain.sourceTo - plain.sourceFrom, plain.targetTo - plain.targetFrom) > MAX_ID_LENGTH)
      return -1
    const from = this.#ids.ofBytes(bytes, plain.sourceFrom, plain.sourceTo)
    const to = this.#ids.ofBytes(bytes, plain.targetFrom, plain.targetTo)
    if (from === to || this.#count >= this.#limits.links || this.#ids.texts.length > this.#limits.nodes)
      return -1
    this.#push(from, to, plain.weight)
    return end
  }

  #push(from: number, to: number, weight: number): void {
    const link = this.#count++
    if (link === this.#source.length) this.#grow()
    this.#source[link] = from
    this.#target[link] = to
    this.#weight[link] = weight
    if (weight === 0 && Object.is(weight, -0)) this.#negativeZeros.push(link)
  }

  #endOf(value: unknown, end: 'source' | 'target'): number {
    const id = this.#ids.ofText(idOf(value, this.#name, `links[${this.#count}].${end}`))
    if (this.#ids.texts.length > this.#limits.nodes)
      throw new LimitExceeded(`the links of ${this.#name} name more than ${this.#limits.nodes} nodes`)
    return id
  }

  #keepExtra(link: number, { source: _, target: __, weight: ___, ...extra }: Record<string, unknown>): void {
    const text = printJsonText(extra)
    this.#keptBytes += text.length + EXTRA_BYTES
    if (this.#keptBytes > this.#limits.keptBytes)
      throw new LimitExceeded(
        `what the links of ${this.#name} say beyond their weights takes more than ${this.#limits.keptBytes} bytes`,
      )
    this.#extras.set(link, text)
  }

  #grow(): void {
    const length = this.#source.length * 2
    const source = new Uint32Array(length)
    const target = new Uint32Array(length)
    const weight = new Float64Array(length)
    source.set(this.#source)
    target.set(this.#target)
    weight.set(this.#weight)
    this.#source = source
    this.#target = target
    this.#weight = weight
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'missing')
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
