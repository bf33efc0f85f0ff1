/** What a sweep takes one by one: nodes, edges, pairs, heads, layers, positions, or growing sets of a ranking. */
import { InvalidInput } from '../../domain/errors.js'
import type { CircuitNode } from '../../domain/graph-data.js'
import type { MeasuredLink } from './measured-links.js'

export type ElementKind =
  | 'NODE'
  | 'EDGE'
  | 'PATH'
  | 'PAIR'
  | 'HEAD'
  | 'LAYER'
  | 'POSITION'
  | 'LAYER_AND_POSITION'
  | 'STEP'
  /** An input position. */
  | 'TOKEN'

/** Nodes or links that are replaced, or kept, together. */
export interface Element {
  readonly kind: ElementKind
  /** Address, `head(0.1)`, `layer 3`, `position 4`, `first 8`. */
  readonly label: string
  readonly nodes: readonly CircuitNode[]
  readonly links: readonly MeasuredLink[]
  readonly layer: number | null
  readonly head: number | null
  readonly position: number | null
  /** Places of its members among the single elements: what an interaction is taken from. Null unless a pair. */
  readonly pair: readonly [number, number] | null
}

const PLAIN = { nodes: [], links: [], layer: null, head: null, position: null, pair: null } as const

export function nodeElements(nodes: readonly CircuitNode[]): readonly Element[] {
  return nodes.map((node) => ({ ...PLAIN, kind: 'NODE', label: node.address, nodes: [node] }))
}

export function edgeElements(links: readonly MeasuredLink[]): readonly Element[] {
  return links.map((link) => ({ ...PLAIN, kind: 'EDGE', label: link.address, links: [link] }))
}

/** Every unordered pair of the given single elements, first by first. */
export function pairElements(singles: readonly Element[]): readonly Element[] {
  return singles.flatMap((a, i) =>
    singles.slice(i + 1).map((b, n) => ({
      ...PLAIN,
      kind: 'PAIR' as const,
      label: `${a.label} & ${b.label}`,
      nodes: [...a.nodes, ...b.nodes],
      links: [...a.links, ...b.links],
      pair: [i, i + 1 + n] as const,
    })),
  )
}

/** q, k and v of every head; other channels belong to none. */
export function headElements(nodes: readonly CircuitNode[], dHead: number): readonly Element[] {
  const heads = grouped(nodes, ({ place: { site } }) =>
    site.kind === 'channel' && (site.tap === 'q' || site.tap === 'k' || site.tap === 'v')
      ? [site.layer, Math.trunc(site.index / dHead)]
      : null,
  )
  return heads.map(({ key: [layer, head], nodes: own }) => ({
    ...PLAIN,
    kind: 'HEAD',
    label: `head(${layer}.${head})`,
    nodes: own,
    layer: layer!,
    head: head!,
  }))
}

export function layerElements(nodes: readonly CircuitNode[]): readonly Element[] {
  const layers = grouped(nodes, ({ place: { site } }) => (site.kind === 'channel' ? [site.layer] : null))
  return layers.map(({ key: [layer], nodes: own }) => ({
    ...PLAIN,
    kind: 'LAYER',
    label: `layer ${layer}`,
    nodes: own,
    layer: layer!,
  }))
}

export function tokenElements(positions: number): readonly Element[] {
  return Array.from({ length: positions }, (_, position) => ({
    ...PLAIN,
    kind: 'TOKEN',
    label: `position ${position}`,
    position,
  }))
}

/** The given element at one position after another. */
export function atEachPosition(elements: readonly Element[], positions: number): readonly Element[] {
  return elements.flatMap((element) =>
    Array.from({ length: positions }, (_, position) => ({
      ...element,
      kind: element.layer === null ? ('POSITION' as const) : ('LAYER_AND_POSITION' as const),
      label: element.layer === null ? `position ${position}` : `${element.label}, position ${position}`,
      position,
    })),
  )
}

/** The first n of a ranking, for every size asked for. */
export function cumulativeElements(ranked: readonly Element[], sizes: readonly number[]): readonly Element[] {
  return sizes.map((size) => {
    if (!Number.isInteger(size) || size < 0 || size > ranked.length)
      throw new InvalidInput('BAD_INPUT', `the ranking has ${ranked.length} elements, not ${size}`, {
        path: 'input.sweep.cumulative.sizes',
      })
    const first = ranked.slice(0, size)
    return {
      ...PLAIN,
      kind: 'STEP',
      label: `first ${size}`,
      nodes: first.flatMap(({ nodes }) => nodes),
      links: first.flatMap(({ links }) => links),
    }
  })
}

function grouped(
  nodes: readonly CircuitNode[],
  keyOf: (node: CircuitNode) => readonly number[] | null,
): readonly { readonly key: readonly number[]; readonly nodes: readonly CircuitNode[] }[] {
  const groups = new Map<string, { key: readonly number[]; nodes: CircuitNode[] }>()
  for (const node of nodes) {
    const key = keyOf(node)
    if (key === null) continue
    const group = groups.get(key.join()) ?? { key, nodes: [] }
    groups.set(key.join(), group)
    group.nodes.push(node)
  }
  return [...groups.values()].sort((a, b) => a.key[0]! - b.key[0]! || (a.key[1] ?? 0) - (b.key[1] ?? 0))
}
