/** Nodes and edges as they are found, in columns that grow. */
import { LimitExceeded } from '../../domain/errors.js'
import type { UnrolledRun } from '../../domain/experiment/unrolling.js'

class Column<A extends Uint32Array | Float64Array> {
  #values: A
  #make: (length: number) => A
  length = 0

  constructor(make: (length: number) => A) {
    this.#make = make
    this.#values = make(1024)
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const more = this.#make(2 * this.length)
      more.set(this.#values)
      this.#values = more
    }
    this.#values[this.length++] = value
  }

  get whole(): A {
    return this.#values.slice(0, this.length) as A
  }
}

const integers = (): Column<Uint32Array> => new Column((length) => new Uint32Array(length))
const numbers = (): Column<Float64Array> => new Column((length) => new Float64Array(length))

export class UnrolledGraph {
  readonly #mostEdges: number
  readonly #sites: string[] = []
  /** By site, [T · width]: number of the node plus 1; 0 for none. */
  readonly #numbers = new Map<
    string,
    { readonly site: number; readonly width: number; readonly of: Uint32Array }
  >()
  readonly #site = integers()
  readonly #index = integers()
  readonly #position = integers()
  readonly #value = numbers()
  readonly #source = integers()
  readonly #target = integers()
  readonly #weight = numbers()

  constructor(mostEdges: number) {
    this.#mostEdges = mostEdges
  }

  /** Its number; made where it is not there yet. */
  node(
    site: string,
    width: number,
    positions: number,
    place: { index: number; position: number; value: number },
  ): number {
    const { index, position, value } = place
    const known = this.#numbersOf(site, width, positions)
    const at = position * width + index
    if (known.of[at] !== 0) return known.of[at]! - 1
    known.of[at] = this.#site.length + 1
    this.#site.push(known.site)
    this.#index.push(index)
    this.#position.push(position)
    this.#value.push(value)
    return known.of[at]! - 1
  }

  /** Its number, or −1: only nodes that lead on to a logit are there. */
  find(site: string, index: number, position: number): number {
    const known = this.#numbers.get(site)
    return known === undefined ? -1 : known.of[position * known.width + index]! - 1
  }

  /** Throws COST_EXCEEDED beyond the bound. An edge of derivative 0 carries nothing and is left out by the caller. */
  edge(source: number, target: number, weight: number): void {
    if (this.#source.length === this.#mostEdges)
      throw new LimitExceeded(
        `on this prompt the graph has more than ${this.#mostEdges.toLocaleString('en')} derivatives`,
        {
          path: 'unroll',
          hint: 'unroll a shorter prompt, a smaller circuit or fewer logits, or with norms: FROZEN and attention: OV_ONLY',
        },
        'COST_EXCEEDED',
      )
    this.#source.push(source)
    this.#target.push(target)
    this.#weight.push(weight)
  }

  columns(): Pick<UnrolledRun, 'sites' | 'nodes' | 'edges'> {
    return {
      sites: this.#sites,
      nodes: {
        count: this.#site.length,
        site: this.#site.whole,
        index: this.#index.whole,
        position: this.#position.whole,
        value: this.#value.whole,
      },
      edges: {
        count: this.#source.length,
        source: this.#source.whole,
        target: this.#target.whole,
        weight: this.#weight.whole,
      },
    }
  }

  #numbersOf(site: string, width: number, positions: number) {
    const known = this.#numbers.get(site)
    if (known !== undefined) return known
    const made = { site: this.#sites.length, width, of: new Uint32Array(width * positions) }
    this.#sites.push(site)
    this.#numbers.set(site, made)
    return made
  }
}
