/** The file as it stands: nodes and links checked for their types, links as columns over numbered ids. */
import { throwIfAborted } from '../../domain/errors.js'
import { readJsonElements } from '../json-elements.js'
import type { SourceFile } from '../source-file.js'
import { badGraph } from './bad-graph.js'
import { inflated } from './inflated.js'
import { LinkReader, type RawLinks } from './link-reader.js'
import { NodeReader, type RawNode } from './node-reader.js'
import { RAW_LIMITS, type RawLimits } from './raw-limits.js'

export interface RawGraph {
  readonly keys: readonly string[]
  /** Every top-level member but nodes and links. */
  readonly members: ReadonlyMap<string, unknown>
  readonly nodes: readonly RawNode[]
  readonly links: RawLinks
  /** How many optional numbers of nodes were NaN or infinite and are read as absent. */
  readonly nonFinite: number
}

export interface RawOptions {
  readonly signal?: AbortSignal
  /** Bytes of the file read so far. */
  readonly onProgress?: (bytes: number) => void
  readonly limits?: RawLimits
}

/** Throws BAD_FILE naming node or link and what is wrong with it, LIMIT_EXCEEDED for a file beyond the limits. */
export async function readRawGraph(file: SourceFile, options: RawOptions = {}): Promise<RawGraph> {
  const limits = options.limits ?? RAW_LIMITS
  const nodes = new NodeReader(file.name, limits)
  const links = new LinkReader(file.name, limits)
  const { keys, members } = await readJsonElements(inflated(file, limits.bytes, options), {
    name: file.name,
    arrays: ['nodes', 'links'],
    limits,
    takers: { links: (bytes, at) => links.take(bytes, at) },
    onElements: (array, elements) => {
      throwIfAborted(options.signal)
      const reader = array === 'nodes' ? nodes : links
      for (const element of elements) reader.add(element)
    },
  })
  for (const key of ['nodes', 'links']) {
    if (!keys.includes(key) || members.has(key)) throw badGraph(file.name, `${key} is not a list`, key)
  }
  return { keys, members, nodes: nodes.nodes, links: links.finish(), nonFinite: nodes.nonFinite }
}
