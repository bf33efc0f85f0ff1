/** A circuit as an attribution graph file: the file it came from where its residue is known, else a fresh one of schema 1. */
import { setImmediate } from 'node:timers/promises'
import { InvalidInput } from '../../domain/errors.js'
import type { Circuit } from '../../domain/graph-data.js'
import type { Annotation } from '../../domain/records.js'
import { parseJsonText, printJsonText } from '../json-elements-text.js'
import { edgeBetween } from './edge-between.js'
import { freshNodes } from './fresh-nodes.js'
import { decodeResidue, type Residue } from './residue.js'
import { type SavedView, savedView } from './saved-view.js'

const ITEMS_PER_CHUNK = 5_000

/**
 * Gives the text in pieces, so that a large graph is never one string. With `annotations` the saved view and the labels
 * of the nodes are those; without them what the file said. Throws NOT_MEANINGFUL for other kinds of graph.
 */
export async function* writeAttributionGraph(
  circuit: Circuit,
  residue: Uint8Array | null,
  annotations: readonly Annotation[] | null = null,
): AsyncGenerator<Uint8Array> {
  if (circuit.source !== 'ATTRIBUTION_GRAPH') {
    throw new InvalidInput('NOT_MEANINGFUL', `a ${circuit.source} circuit is not an attribution graph`, {
      hint: 'export it as a circuitql circuit',
    })
  }
  const encoder = new TextEncoder()
  const pieces =
    residue === null
      ? freshFile(circuit, annotations)
      : originalFile(circuit, await decodeResidue(residue), annotations)
  for (const piece of pieces) {
    yield encoder.encode(piece)
    await setImmediate()
  }
}

function* originalFile(
  circuit: Circuit,
  residue: Residue,
  annotations: readonly Annotation[] | null,
): Generator<string> {
  const { edges, nodes } = circuit
  const view =
    annotations &&
    savedView(
      annotations,
      idsByAddress(circuit, ({ sourceId }) => sourceId),
    )
  const labelOf = new Map<number, string>()
  for (const { ordinal, address } of nodes) {
    const label = view?.labels.get(address)
    if (label !== undefined) labelOf.set(ordinal, label)
  }
  const ids = linkIds(circuit, residue)
  const between = edgeBetween(edges, nodes.length)
  const negativeZeros = new Set(residue.negativeZeros)
  const node = (n: number): string => {
    const label = labelOf.get(residue.nodeOrdinal[n]!)
    const text = residue.nodes[n]!
    return label === undefined ? text : printJsonText({ ...(parseJsonText(text) as object), clerp: label })
  }
  const link = (i: number): string => {
    const [from, to] = [
      residue.nodeOrdinal[residue.linkSource[i]!]!,
      residue.nodeOrdinal[residue.linkTarget[i]!]!,
    ]
    const edge = residue.parallelEdges.get(i) ?? between(from, to)
    const weight = negativeZeros.has(i) ? '-0.0' : String(edges.weight[edge]!)
    const extra = residue.linkExtras.get(i)
    const more = extra === undefined ? '' : `, ${extra.slice(1, -1)}`
    return `{"source": ${ids[from]}, "target": ${ids[to]}, "weight": ${weight}${more}}`
  }
  const keys = view === null || residue.keys.includes('qParams') ? residue.keys : [...residue.keys, 'qParams']
  yield* object(keys, function* (key) {
    if (key === 'nodes') yield* list(residue.nodes.length, node)
    else if (key === 'links') yield* list(residue.linkSource.length, link)
    else if (key === 'qParams' && view !== null) yield printJsonText(view.qParams)
    else yield residue.members.get(key)!
  })
}

function* freshFile(circuit: Circuit, annotations: readonly Annotation[] | null): Generator<string> {
  const { nodes, edges } = circuit
  const fresh = freshNodes(nodes)
  const view: SavedView | null =
    annotations &&
    savedView(
      annotations,
      idsByAddress(circuit, ({ ordinal }) => fresh[ordinal]!.node_id),
    )
  yield* object(['metadata', 'qParams', 'nodes', 'links'], function* (key) {
    if (key === 'metadata') yield printJsonText(freshMetadata(circuit))
    else if (key === 'qParams') yield printJsonText(view?.qParams ?? {})
    else if (key === 'nodes')
      yield* list(nodes.length, (n) => {
        const label = view?.labels.get(nodes[n]!.address)
        return printJsonText(label === undefined ? fresh[n] : { ...fresh[n], clerp: label })
      })
    else
      yield* list(edges.count, (e) => {
        const [source, target] = [edges.source[e]!, edges.target[e]!].map((end) => fresh[end]!.node_id)
        return printJsonText({ source, target, weight: edges.weight[e] })
      })
  })
}

function freshMetadata({ id, model, prompt }: Circuit): Record<string, unknown> {
  const dictionary = model.kind === 'foreign' ? model.dictionary : null
  return {
    slug: `circuit-${id.slice(0, 12)}`,
    scan: model.kind === 'foreign' ? model.name : model.id,
    prompt_tokens: prompt?.tokens.map((token) => token.text) ?? [],
    prompt: prompt?.text ?? '',
    schema_version: 1,
    ...(dictionary === null ? {} : { info: { transcoder_set: dictionary } }),
  }
}

function idsByAddress(
  { nodes }: Circuit,
  idOf: (node: Circuit['nodes'][number]) => string | null,
): (address: string) => string | undefined {
  const ids = new Map(nodes.map((node) => [node.address, idOf(node) ?? undefined]))
  return (address) => ids.get(address)
}

/** The id by which links name each node of the circuit, as JSON text. */
function linkIds({ nodes }: Circuit, residue: Residue): string[] {
  const ids = nodes.map((node) => JSON.stringify(node.sourceId ?? node.address))
  if (residue.linksName === 'node_id') return ids
  for (const [n, text] of residue.nodes.entries()) {
    const { jsNodeId } = parseJsonText(text) as { jsNodeId?: unknown }
    if (typeof jsNodeId === 'string') ids[residue.nodeOrdinal[n]!] = JSON.stringify(jsNodeId)
  }
  return ids
}

function* object(keys: readonly string[], textOf: (key: string) => Iterable<string>): Generator<string> {
  yield '{'
  for (const [i, key] of keys.entries()) {
    yield `${i === 0 ? '' : ','}\n${JSON.stringify(key)}: `
    yield* textOf(key)
  }
  yield '\n}\n'
}

function* list(length: number, item: (i: number) => string): Generator<string> {
  yield '['
  for (let at = 0; at < length; at += ITEMS_PER_CHUNK) {
    const part: string[] = []
    for (let i = at; i < Math.min(length, at + ITEMS_PER_CHUNK); i++) part.push(item(i))
    yield `${at === 0 ? '\n' : ',\n'}${part.join(',\n')}`
  }
  yield '\n]'
}
