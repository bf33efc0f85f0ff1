/** Which circuits use a place of a model, and how strongly (language.md §1, Component). */
import { parseAddress, printSite } from '../domain/address.js'
import { InvalidInput, LimitExceeded, standingAt } from '../domain/errors.js'
import type { CircuitNode } from '../domain/graph-data.js'
import { decodeCursor, encodeCursor, questionKey } from '../query/cursor.js'
import { ordinalsByAddress } from '../query/node-selector.js'
import type { ComponentUse, Page } from './answers.js'
import { Breath } from './breath.js'
import { boundsOf } from './paging.js'
import type { CircuitStore } from './ports/circuit-store.js'
import type { PageRequest } from './questions.js'
import type { Asking, OpenGraph } from './use-cases.js'

/** Beyond it a place is in too many circuits to be listed. */
const MOST_USES = 100_000

export interface ComponentDeps {
  readonly store: CircuitStore
  readonly open: (id: string, asking: Asking) => Promise<OpenGraph>
}

/** The place without a position: `0.mlp.post_act[3]` of `0.mlp.post_act[3]@5`. Throws BAD_ADDRESS. */
export function placeOfAddress(address: string, path: string): string {
  return standingAt(path, () => printSite(parseAddress(address).site))
}

/** By circuit id, then canonical order of the nodes; a circuit uses a place once per position. Throws LIMIT_EXCEEDED. */
export async function componentUses(
  modelKey: string,
  address: string,
  page: PageRequest,
  asking: Asking,
  { store, open }: ComponentDeps,
): Promise<Page<ComponentUse>> {
  if (page.last !== null || page.before !== null)
    throw new InvalidInput('BAD_INPUT', 'uses are listed from the start: page with first and after')
  const { size } = boundsOf(page)
  const question = questionKey(['uses', modelKey, address])
  const all = await store.componentUses(modelKey, address, MOST_USES + 1)
  if (all.length > MOST_USES)
    throw new LimitExceeded(
      `${address} stands in more than ${MOST_USES.toLocaleString('en')} nodes of circuits`,
      {
        hint: 'match a pattern with the place over a part of the catalogue',
      },
    )
  const start = page.after === null ? 0 : placeIn(decodeCursor(question, page.after), all.length) + 1
  const breath = new Breath(asking)
  const rows: { row: ComponentUse; cursor: string }[] = []
  for (let i = start; i < Math.min(all.length, start + size); i++) {
    const graph = await open(all[i]!.circuitId, asking)
    const ordinal = ordinalsByAddress(graph.graph).get(all[i]!.address)
    if (ordinal !== undefined)
      rows.push({ row: useOf(graph, graph.graph.nodes[ordinal]!), cursor: encodeCursor(question, i) })
    await breath.take()
  }
  return {
    rows,
    hasNextPage: start + size < all.length,
    hasPreviousPage: start > 0,
    totalCount: all.length,
  }
}

function useOf(open: OpenGraph, node: CircuitNode): ComponentUse {
  const { source, target, weight, count } = open.graph.edges
  const use = { inputs: 0, outputs: 0, absoluteInput: 0, absoluteOutput: 0 }
  for (let e = 0; e < count; e++) {
    const size = Number.isNaN(weight[e]!) ? 0 : Math.abs(weight[e]!)
    if (target[e] === node.ordinal) {
      use.inputs++
      use.absoluteInput += size
    }
    if (source[e] === node.ordinal) {
      use.outputs++
      use.absoluteOutput += size
    }
  }
  return { open, node, ...use }
}

function placeIn(cursor: unknown, length: number): number {
  if (typeof cursor === 'number' && Number.isInteger(cursor) && cursor >= 0 && cursor < length) return cursor
  throw new InvalidInput('BAD_CURSOR', 'this cursor points outside the list')
}
