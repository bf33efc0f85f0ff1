/** The words of path patterns: labels of nodes and edges, properties and what kind of value each has. */
import { TAPS } from '../../domain/address.js'
import { EDGE_KINDS, type EdgeKind, NODE_KINDS, type NodeKind } from '../../domain/graph-data.js'

/** Taps of channels, and kinds of nodes in lower case; `node` is a node without a better form. */
const KIND_OF_LABEL: ReadonlyMap<string, NodeKind> = new Map(
  NODE_KINDS.map((kind) => [kind === 'OTHER' ? 'node' : kind.toLowerCase(), kind]),
)
export const NODE_LABELS: readonly string[] = [...TAPS, ...KIND_OF_LABEL.keys()]
export type NodeLabel = string

/** The tap or the kind that a label stands for. */
export function meaningOfLabel(label: NodeLabel): { readonly tap: string } | { readonly kind: NodeKind } {
  const kind = KIND_OF_LABEL.get(label)
  return kind === undefined ? { tap: label } : { kind }
}

export const EDGE_LABELS: readonly EdgeKind[] = EDGE_KINDS

export type ValueType = 'number' | 'text' | 'truth'

export const NODE_PROPERTIES = {
  layer: 'number',
  block: 'text',
  tap: 'text',
  index: 'number',
  headIndex: 'number',
  channelInHead: 'number',
  position: 'number',
  kind: 'text',
  text: 'text',
  label: 'text',
  address: 'text',
  sourceId: 'text',
  activation: 'number',
  logitRank: 'number',
  probability: 'number',
  isTarget: 'truth',
} as const satisfies Readonly<Record<string, ValueType>>

export const EDGE_PROPERTIES = {
  weight: 'number',
  kind: 'text',
  port: 'text',
  member: 'truth',
} as const satisfies Readonly<Record<string, ValueType>>

export type NodeProperty = keyof typeof NODE_PROPERTIES
export type EdgeProperty = keyof typeof EDGE_PROPERTIES

/** The word that was probably meant: at most a third of its letters away, case aside; null for none. */
export function nearestWord(word: string, words: Iterable<string>): string | null {
  let nearest: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const candidate of words) {
    const away = lettersAway(word.toLowerCase(), candidate.toLowerCase())
    if (away < least) {
      least = away
      nearest = candidate
    }
  }
  return least <= Math.max(1, Math.floor(word.length / 3)) ? nearest : null
}

/** Letters to change, put in or leave out (Levenshtein 1966). */
function lettersAway(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
