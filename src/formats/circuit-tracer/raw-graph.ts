/** The file as it stands: nodes and links checked for their types, links as columns over interned ids. */
import { createGunzip } from 'node:zlib'
import { InvalidInput, LimitExceeded, throwIfAborted } from '../../domain/errors.js'
import { type ElementLimits, NON_FINITE, readJsonElements } from '../json-elements.js'
import type { SourceFile } from '../source-file.js'
import { isGzip } from './looks-like.js'

export interface RawNode {
  readonly nodeId: string
  readonly jsNodeId: string | null
  readonly featureType: string
  /** As text: files write it as string or integer. */
  readonly layer: string
  readonly position: number
  readonly feature: number | null
  readonly label: string | null
  readonly activation: number | null
  readonly influence: number | null
  readonly tokenProbability: number | null
  readonly isTargetLogit: boolean
  /** The whole object, for export. */
  readonly fields: Readonly<Record<string, unknown>>
}

export interface RawGraph {
  readonly keys: readonly string[]
  /** Every top-level member but nodes and links. */
  readonly members: Readonly<Record<string, unknown>>
  readonly nodes: readonly RawNode[]
  readonly links: RawLinks
  /** How many optional numbers were NaN or infinite and are read as absent. */
  readonly nonFinite: number
}

export interface RawLinks {
  readonly count: number
  /** Index into `ids`. */
  readonly source: Uint32Array
  readonly target: Uint32Array
  readonly weight: Float64Array
  readonly ids: readonly string[]
  /** Link fields beyond source, target and weight, by link. */
  readonly extras: ReadonlyMap<number, Readonly<Record<string, unknown>>>
}

export interface RawLimits extends ElementLimits {
  readonly nodes: number
  readonly links: number
  /** Of a compressed file, once unpacked. */
  readonly bytes: number
}

export const RAW_LIMITS: RawLimits = {
  depth: 200,
  elementBytes: 16 << 20,
  restBytes: 256 << 20,
  nodes: 5_000_000,
  links: 50_000_000,
  bytes: 16 * 2 ** 30,
}

export interface ReadOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (bytes: number) => void
  readonly limits?: RawLimits
}

/** Throws BAD_FILE naming node or link and what is wrong with it, LIMIT_EXCEEDED for a file beyond the limits. */
export async function readRawGraph(file: SourceFile, options: ReadOptions = {}): Promise<RawGraph> {
  const limits = options.limits ?? RAW_LIMITS
  const nodes = new NodeReader(file.name, limits)
  const links = new LinkReader(file.name, limits)
  const { keys, members } = await readJsonElements(inflated(file, limits, options), {
    name: file.name,
    arrays: ['nodes', 'links'],
    limits,
    onElements: (array, elements) => {
      throwIfAborted(options.signal)
      for (const element of elements) (array === 'nodes' ? nodes : links).add(element)
    },
  })
  for (const key of ['nodes', 'links']) {
    if (!keys.includes(key) || key in members) throw bad(file.name, `${key} is not a list`, key)
  }
  return { keys, members, nodes: nodes.nodes, links: links.finish(), nonFinite: nodes.nonFinite }
}

async function* inflated(
  file: SourceFile,
  limits: RawLimits,
  options: ReadOptions,
): AsyncGenerator<Uint8Array> {
  let read = 0
  const packed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of file.stream()) {
      throwIfAborted(options.signal)
      read += chunk.length
      options.onProgress?.(read)
      yield chunk
    }
  }
  if (!isGzip(await file.read(0, 2))) {
    yield* packed()
    return
  }
  const gunzip = createGunzip()
  const feeding = feed(packed(), gunzip)
  feeding.catch((error: unknown) => gunzip.destroy(error instanceof Error ? error : new Error(String(error))))
  let unpacked = 0
  try {
    for await (const chunk of gunzip) {
      unpacked += (chunk as Uint8Array).length
      if (unpacked > limits.bytes)
        throw new LimitExceeded(`${file.name} unpacks to more than ${limits.bytes} bytes`)
      yield chunk as Uint8Array
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new InvalidInput('BAD_FILE', `${file.name} is not a whole gzip file: ${error.message}`, {
        path: file.name,
        cause: error,
      })
    }
    throw error
  }
}

async function feed(chunks: AsyncIterable<Uint8Array>, gunzip: NodeJS.WritableStream): Promise<void> {
  for await (const chunk of chunks) {
    if (!gunzip.write(chunk)) await new Promise<void>((resolve) => gunzip.once('drain', resolve))
  }
  gunzip.end()
}

class NodeReader {
  readonly nodes: RawNode[] = []
  nonFinite = 0
  readonly #name: string
  readonly #limits: RawLimits

  constructor(name: string, limits: RawLimits) {
    this.#name = name
    this.#limits = limits
  }

  add(element: unknown): void {
    const path = `nodes[${this.nodes.length}]`
    if (this.nodes.length >= this.#limits.nodes)
      throw new LimitExceeded(`${this.#name} has more than ${this.#limits.nodes} nodes`, { path })
    const fields = record(element, this.#name, path)
    const nodeId = text(fields['node_id'], this.#name, `${path}.node_id`)
    const { layer, ctx_idx: position } = fields
    if (typeof layer !== 'string' && !Number.isInteger(layer))
      throw bad(this.#name, `the layer of ${nodeId} is neither text nor a whole number`, `${path}.layer`)
    if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0) {
      throw bad(this.#name, `the ctx_idx of ${nodeId} is not a position from 0`, `${path}.ctx_idx`)
    }
    this.nodes.push({
      nodeId,
      jsNodeId: typeof fields['jsNodeId'] === 'string' ? fields['jsNodeId'] : null,
      featureType: text(fields['feature_type'], this.#name, `${path}.feature_type`),
      layer: String(layer),
      position,
      feature: this.#number(fields['feature'], `${path}.feature`),
      label: typeof fields['clerp'] === 'string' && fields['clerp'] !== '' ? fields['clerp'] : null,
      activation: this.#number(fields['activation'], `${path}.activation`),
      influence: this.#number(fields['influence'], `${path}.influence`),
      tokenProbability: this.#number(fields['token_prob'], `${path}.token_prob`),
      isTargetLogit: fields['is_target_logit'] === true,
      fields,
    })
  }

  #number(value: unknown, path: string): number | null {
    if (value === undefined || value === null) return null
    if (typeof value === 'number' && Number.isFinite(value)) return value
    if (typeof value === 'string' && NON_FINITE.test(value)) {
      this.nonFinite++
      return null
    }
    throw bad(this.#name, `${path} is not a number`, path)
  }
}

class LinkReader {
  readonly #name: string
  readonly #limits: RawLimits
  #count = 0
  #source = new Uint32Array(1024)
  #target = new Uint32Array(1024)
  #weight = new Float64Array(1024)
  readonly #ids: string[] = []
  readonly #indexOf = new Map<string, number>()
  readonly #extras = new Map<number, Record<string, unknown>>()

  constructor(name: string, limits: RawLimits) {
    this.#name = name
    this.#limits = limits
  }

  add(element: unknown): void {
    const link = this.#count
    const path = `links[${link}]`
    if (link >= this.#limits.links)
      throw new LimitExceeded(`${this.#name} has more than ${this.#limits.links} links`, { path })
    const { source, target, weight, ...extra } = record(element, this.#name, path)
    const from = text(source, this.#name, `${path}.source`)
    const to = text(target, this.#name, `${path}.target`)
    if (typeof weight !== 'number' || !Number.isFinite(weight)) {
      const shown = typeof weight === 'string' ? weight.replace('\u0000', '') : JSON.stringify(weight)
      throw bad(
        this.#name,
        `the weight of the link ${from} -> ${to} is ${shown}, not a finite number`,
        `${path}.weight`,
      )
    }
    if (from === to) throw bad(this.#name, `the link ${from} -> ${to} is a loop from a node to itself`, path)
    if (link === this.#source.length) this.#grow()
    this.#source[link] = this.#idOf(from)
    this.#target[link] = this.#idOf(to)
    this.#weight[link] = weight
    if (Object.keys(extra).length > 0) this.#extras.set(link, extra)
    this.#count++
  }

  finish(): RawLinks {
    return {
      count: this.#count,
      source: this.#source.subarray(0, this.#count),
      target: this.#target.subarray(0, this.#count),
      weight: this.#weight.subarray(0, this.#count),
      ids: this.#ids,
      extras: this.#extras,
    }
  }

  #idOf(id: string): number {
    let index = this.#indexOf.get(id)
    if (index === undefined) {
      index = this.#ids.length
      this.#indexOf.set(id, index)
      this.#ids.push(id)
    }
    return index
  }

  #grow(): void {
    const length = this.#source.length * 2
    const [source, target, weight] = [
      new Uint32Array(length),
      new Uint32Array(length),
      new Float64Array(length),
    ]
    source.set(this.#source)
    target.set(this.#target)
    weight.set(this.#weight)
    this.#source = source
    this.#target = target
    this.#weight = weight
  }
}

function record(value: unknown, name: string, path: string): Record<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw bad(name, `${path} is not an object`, path)
  return value as Record<string, unknown>
}

function text(value: unknown, name: string, path: string): string {
  if (typeof value !== 'string') throw bad(name, `${path} is not text`, path)
  return value
}

export function bad(name: string, message: string, path: string): InvalidInput {
  return new InvalidInput('BAD_FILE', `${name}: ${message}`, { path })
}
