/**
 * The address grammar of language.md §2, parsed and printed here and nowhere else. The same string names a place in
 * GraphQL, Neo4j, the command line and the page; `printAddress(parseAddress(text)) === text` for canonical text.
 * Longer than other files because the two directions are one concept and must change together.
 */
import { InvalidInput } from './errors.js'

export const BLOCKS = ['attn', 'mlp'] as const
export type Block = (typeof BLOCKS)[number]

/** The released tap names, in forward order inside a block. */
export const TAPS = ['act_in', 'q', 'k', 'v', 'post_act', 'resid_delta'] as const
export type Tap = (typeof TAPS)[number]

export const STREAM_POINTS = ['resid_in', 'resid_mid', 'attn.y'] as const
export type StreamPoint = (typeof STREAM_POINTS)[number]

export const PORTS = ['Q', 'K', 'V'] as const
export type Port = (typeof PORTS)[number]

/** A place in a model, without a position. Token ids are vocabulary ids; a string is a token no id is known for. */
export type Site =
  | {
      readonly kind: 'channel'
      readonly layer: number
      readonly block: Block
      readonly tap: Tap
      readonly index: number
    }
  | { readonly kind: 'stream'; readonly layer: number; readonly point: StreamPoint; readonly index: number }
  | {
      readonly kind: 'pattern'
      readonly layer: number
      readonly head: number
      readonly query: number
      readonly key: number
    }
  | { readonly kind: 'embed' | 'final_resid'; readonly index: number }
  | { readonly kind: 'token' | 'logit'; readonly token: number | string }
  | {
      readonly kind: 'feature'
      readonly dictionary: string | null
      readonly layer: number
      readonly index: number
    }
  | { readonly kind: 'error'; readonly layer: number; readonly part: string | null }
  | { readonly kind: 'bias'; readonly layer: number; readonly part: string }
  | { readonly kind: 'neuron' | 'head'; readonly layer: number; readonly index: number }
  | { readonly kind: 'component'; readonly name: string; readonly index: number }
  | { readonly kind: 'target' | 'group' | 'node'; readonly name: string }
  | { readonly kind: 'mlp'; readonly layer: number }
  | { readonly kind: 'input' | 'logits' }
  | { readonly kind: 'rms'; readonly site: Site }

export interface NodeAddress {
  readonly site: Site
  /** Token position, or null where the node stands for all positions. */
  readonly position: number | null
}

export interface EdgeAddress {
  readonly source: NodeAddress
  readonly target: NodeAddress
  readonly port: Port | null
  /** Numbers parallel edges from 1 in canonical order; null where the edge is the only one. */
  readonly number: number | null
}

const BARE_WORD = /^[A-Za-z_][A-Za-z0-9_.-]*$/

export function printAddress(address: NodeAddress): string {
  return address.position === null
    ? printSite(address.site)
    : `${printSite(address.site)}@${address.position}`
}

export function printSite(site: Site): string {
  switch (site.kind) {
    case 'channel':
      return `${site.layer}.${site.block}.${site.tap}[${site.index}]`
    case 'stream':
      return `${site.layer}.${site.point}[${site.index}]`
    case 'pattern':
      return `${site.layer}.attn.pattern(${site.head},${site.query},${site.key})`
    case 'embed':
    case 'final_resid':
      return `${site.kind}[${site.index}]`
    case 'token':
    case 'logit':
      return `${site.kind}(${typeof site.token === 'number' ? site.token : JSON.stringify(site.token)})`
    case 'feature':
      return `feature(${site.dictionary === null ? '' : `${printWord(site.dictionary)}:`}${site.layer}/${site.index})`
    case 'error':
      return `error(${site.layer}${site.part === null ? '' : `/${printWord(site.part)}`})`
    case 'bias':
      return `bias(${site.layer}/${printWord(site.part)})`
    case 'neuron':
    case 'head':
      return `${site.kind}(${site.layer}.${site.index})`
    case 'component':
      return `component(${JSON.stringify(site.name)}/${site.index})`
    case 'target':
    case 'group':
    case 'node':
      return `${site.kind}(${JSON.stringify(site.name)})`
    case 'mlp':
      return `mlp(${site.layer})`
    case 'input':
    case 'logits':
      return site.kind
    case 'rms':
      return `rms(${printSite(site.site)})`
    default:
      return site satisfies never
  }
}

export function printEdgeAddress(edge: EdgeAddress): string {
  const port = edge.port === null ? '' : `:${edge.port}`
  const number = edge.number === null ? '' : `#${edge.number}`
  return `${printAddress(edge.source)}->${printAddress(edge.target)}${port}${number}`
}

/** Throws `BAD_ADDRESS` with one sentence and the position (from 1) of the first wrong character. */
export function parseAddress(text: string): NodeAddress {
  const reader = new Reader(text)
  const address = reader.node()
  reader.end()
  return address
}

/** Throws `BAD_ADDRESS` with one sentence and the position (from 1) of the first wrong character. */
export function parseEdgeAddress(text: string): EdgeAddress {
  const reader = new Reader(text)
  const source = reader.node()
  reader.expect('->')
  const target = reader.node()
  let port: Port | null = null
  if (reader.accept(':')) port = reader.oneOf(PORTS, 'a port Q, K or V')
  const number = reader.accept('#') ? reader.parallelNumber() : null
  reader.end()
  return { source, target, port, number }
}

function printWord(word: string): string {
  return BARE_WORD.test(word) ? word : JSON.stringify(word)
}

/** Longest first where one word begins another. */
const CALLS = [
  'token',
  'logit',
  'feature',
  'error',
  'bias',
  'neuron',
  'component',
  'target',
  'head',
  'mlp',
  'rms',
  'group',
  'node',
] as const
const MAX_LENGTH = 4_096
const MAX_RMS_DEPTH = 8

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
    if (text.length > MAX_LENGTH) {
      throw new InvalidInput(
        'BAD_ADDRESS',
        `an address has at most ${MAX_LENGTH} characters, this one has ${text.length}`,
        {
          facts: { position: MAX_LENGTH + 1 },
        },
      )
    }
  }

  node(): NodeAddress {
    const site = this.site(0)
    const position = this.accept('@') ? this.natural('a token position') : null
    return { site, position }
  }

  site(depth: number): Site {
    if (depth > MAX_RMS_DEPTH) this.fail(`rms(…) nests at most ${MAX_RMS_DEPTH} deep`)
    if (/[-0-9]/.test(this.#text[this.#at] ?? '')) return this.layered()
    if (this.accept('embed')) return { kind: 'embed', index: this.index() }
    if (this.accept('final_resid')) return { kind: 'final_resid', index: this.index() }
    if (this.accept('input')) return { kind: 'input' }
    if (this.accept('logits')) return { kind: 'logits' }
    for (const word of CALLS) {
      if (!this.accept(word)) continue
      this.expect('(')
      const site = this.call(word, depth)
      this.expect(')')
      return site
    }
    return this.fail('expected a site such as 3.attn.q[17], feature(3/17), token(5) or logits')
  }

  layered(): Site {
    const layer = this.layer()
    this.expect('.')
    for (const point of STREAM_POINTS) {
      if (this.accept(point)) return { kind: 'stream', layer, point, index: this.index() }
    }
    const block = this.oneOf(BLOCKS, 'a block (attn or mlp), resid_in or resid_mid')
    this.expect('.')
    if (block === 'attn' && this.accept('pattern')) {
      this.expect('(')
      const head = this.natural('a head')
      this.expect(',')
      const query = this.natural('a query position')
      this.expect(',')
      const key = this.natural('a key position')
      this.expect(')')
      return { kind: 'pattern', layer, head, query, key }
    }
    const before = this.#at
    const tap = this.oneOf(TAPS, `a tap of ${block}: ${tapsOf(block).join(', ')}`)
    if (!tapsOf(block).includes(tap)) {
      this.#at = before
      this.fail(`expected a tap of ${block}: ${tapsOf(block).join(', ')}`)
    }
    return { kind: 'channel', layer, block, tap, index: this.index() }
  }

  call(word: (typeof CALLS)[number], depth: number): Site {
    switch (word) {
      case 'token':
      case 'logit':
        return {
          kind: word,
          token: this.peek('"') ? this.jsonString() : this.natural('a vocabulary id or a quoted token'),
        }
      case 'feature': {
        const dictionary = /[-0-9]/.test(this.#text[this.#at] ?? '')
          ? null
          : this.word('a dictionary name or a layer')
        if (dictionary !== null) this.expect(':')
        const layer = this.layer()
        this.expect('/')
        return { kind: 'feature', dictionary, layer, index: this.natural('a feature index') }
      }
      case 'error': {
        const layer = this.layer()
        return { kind: 'error', layer, part: this.accept('/') ? this.word('a kind of error') : null }
      }
      case 'bias': {
        const layer = this.layer()
        this.expect('/')
        return { kind: 'bias', layer, part: this.word('a kind of bias') }
      }
      case 'neuron':
      case 'head': {
        const layer = this.layer()
        this.expect('.')
        return { kind: word, layer, index: this.natural(`a ${word} index`) }
      }
      case 'component': {
        const name = this.jsonString()
        this.expect('/')
        return { kind: 'component', name, index: this.natural('a component index') }
      }
      case 'target':
      case 'group':
      case 'node':
        return { kind: word, name: this.jsonString() }
      case 'mlp':
        return { kind: 'mlp', layer: this.layer() }
      case 'rms':
        return { kind: 'rms', site: this.site(depth + 1) }
      default:
        return word satisfies never
    }
  }

  parallelNumber(): number {
    if (this.peek('0')) this.fail('expected the number of a parallel edge, from 1')
    return this.natural('the number of a parallel edge, from 1')
  }

  index(): number {
    this.expect('[')
    const index = this.natural('an index')
    this.expect(']')
    return index
  }

  layer(): number {
    if (this.accept('-1')) return -1
    return this.natural('a layer (−1 or more)')
  }

  natural(what: string): number {
    const digits = /^(?:0|[1-9][0-9]*)/.exec(this.#text.slice(this.#at, this.#at + 20))?.[0]
    if (digits === undefined) return this.fail(`expected ${what}`)
    const value = Number(digits)
    if (!Number.isSafeInteger(value)) return this.fail(`${what} is at most 2^53 − 1`)
    this.#at += digits.length
    return value
  }

  word(what: string): string {
    if (this.peek('"')) return this.jsonString()
    const word = /^[A-Za-z_][A-Za-z0-9_.-]*/.exec(this.#text.slice(this.#at))?.[0]
    if (word === undefined) return this.fail(`expected ${what}`)
    this.#at += word.length
    return word
  }

  jsonString(): string {
    const quoted = /^"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/.exec(
      this.#text.slice(this.#at),
    )?.[0]
    if (quoted === undefined) return this.fail('expected a JSON string in double quotes')
    this.#at += quoted.length
    return JSON.parse(quoted) as string
  }

  oneOf<const T extends string>(words: readonly T[], what: string): T {
    for (const word of words) if (this.accept(word)) return word
    return this.fail(`expected ${what}`)
  }

  peek(word: string): boolean {
    return this.#text.startsWith(word, this.#at)
  }

  accept(word: string): boolean {
    if (!this.peek(word)) return false
    this.#at += word.length
    return true
  }

  expect(word: string): void {
    if (!this.accept(word)) this.fail(`expected "${word}"`)
  }

  end(): void {
    if (this.#at < this.#text.length) this.fail('expected the end of the address')
  }

  fail(expected: string): never {
    const shown = this.#text.length > 80 ? `${this.#text.slice(0, 79)}…` : this.#text
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : 'the end'
    throw new InvalidInput(
      'BAD_ADDRESS',
      `${JSON.stringify(shown)} is not an address: at position ${this.#at + 1} ${expected}, found ${found}`,
      {
        facts: { position: this.#at + 1 },
        hint: 'addresses look like 3.attn.q[17], feature(3/17)@4, token(5)@0 or a->b:Q',
      },
    )
  }
}

/** Which taps a block has: attn has act_in, q, k, v, resid_delta; mlp has act_in, post_act, resid_delta. */
export function tapsOf(block: Block): readonly Tap[] {
  return block === 'attn' ? ['act_in', 'q', 'k', 'v', 'resid_delta'] : ['act_in', 'post_act', 'resid_delta']
}
