/** What a sweep takes one by one: nodes, edges, pairs, heads, layers, positions, or growing sets of a ranking. */
import { layerOf } from '../../domain/canonical-order.js'
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

/** What an element needs to know of an edge. */
export interface ElementLink {
  /** Canonical address. */
  readonly address: string
  /** Place in the graph's columns; null for a link that is derived. */
  readonly edge: number | null
}

/** Nodes or links that are replaced, or kept, together. */
export interface Element<Link extends ElementLink = MeasuredLink> {
  readonly kind: ElementKind
  /** Address, `head(0.1)`, `layer 3`, `position 4`, `first 8`. */
  readonly label: string
  readonly nodes: readonly CircuitNode[]
  readonly links: readonly Link[]
  readonly layer: number | null
  readonly head: number | null
  readonly position: number | null
  /** Places of its members among the single elements: what an interaction is taken from. Null unless a pair. */
  readonly pair: readonly [number, number] | null
}

const PLAIN = { nodes: [], links: [], layer: null, head: null, position: null, pair: null } as const

export function nodeElements(nodes: readonly CircuitNode[]): readonly Element<never>[] {
  return nodes.map((node) => ({ ...PLAIN, kind: 'NODE', label: node.address, nodes: [node] }))
}

export function edgeElements<Link extends ElementLink>(links: readonly Link[]): readonly Element<Link>[] {
  return links.map((link) => ({ ...PLAIN, kind: 'EDGE', label: link.address, links: [link] }))
}

/** Every unordered pair of the given single elements, first by first. */
export function pairElements<Link extends ElementLink>(
  singles: readonly Element<Link>[],
): readonly Element<Link>[] {
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

/**
 * q, k and v of every head, and nodes that are heads by themselves; others belong to none, and channels do not where
 * nobody knows how wide a head is.
 */
export function headElements(nodes: readonly CircuitNode[], dHead: number | null): readonly Element<never>[] {
  const heads = grouped(nodes, ({ place: { site } }) => {
    if (site.kind === 'head') return [site.layer, site.index]
    const isIn = site.kind === 'channel' && (site.tap === 'q' || site.tap === 'k' || site.tap === 'v')
    return isIn && dHead !== null ? [site.layer, Math.trunc(site.index / dHead)] : null
  })
  return heads.map(({ key: [layer, head], nodes: own }) => ({
    ...PLAIN,
    kind: 'HEAD',
    label: `head(${layer}.${head})`,
    nodes: own,
    layer: layer!,
    head: head!,
  }))
}

/** Nodes that lie in no layer, such as tokens and logits, are in none of them. */
export function layerElements(nodes: readonly CircuitNode[]): readonly Element<never>[] {
  const layers = grouped(nodes, ({ place: { site } }) => {
    const layer = layerOf(site)
    return layer === null ? null : [layer]
  })
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

/** The nodes that stand at each position; with `byLayer`, at each position of each layer. */
export function positionElements(nodes: readonly CircuitNode[], byLayer: boolean): readonly Element<never>[] {
  const places = grouped(nodes, ({ place: { site, position } }) => {
    const layer = byLayer ? layerOf(site) : 0
    return layer === null || position === null ? null : [layer, position]
  })
  return places.map(({ key: [layer, position], nodes: own }) => ({
    ...PLAIN,
    kind: byLayer ? 'LAYER_AND_POSITION' : 'POSITION',
    label: byLayer ? `layer ${layer}, position ${position}` : `position ${position}`,
    nodes: own,
    layer: byLayer ? layer! : null,
    position: position!,
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
export function cumulativeElements<Link extends ElementLink>(
  ranked: readonly Element<Link>[],
  sizes: readonly number[],
  from: 'first' | 'last',
): readonly Element<Link>[] {
  return sizes.map((size) => {
    if (!Number.isInteger(size) || size < 0 || size > ranked.length)
      throw new InvalidInput('BAD_INPUT', `the ranking has ${ranked.length} elements, not ${size}`, {
        path: 'input.sweep.cumulative.sizes',
      })
    const first = ranked.slice(0, size)
    return {
      ...PLAIN,
      kind: 'STEP',
      label: `${from} ${size}`,
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
