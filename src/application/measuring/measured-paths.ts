/** Paths of a question as points that the engine can follow. */
import { parseAddress, printAddress } from '../../domain/address.js'
import { InvalidInput, standingAt } from '../../domain/errors.js'
import type { PathPoint } from '../../domain/experiment/path-ablation.js'
import type { CircuitNode, GraphData } from '../../domain/graph-data.js'
import { ordinalsByAddress } from '../../query/node-selector.js'
import { tapOfSite } from './channel-mask.js'

export interface MeasuredPath {
  /** Canonical addresses with arrows between them. */
  readonly label: string
  readonly points: readonly PathPoint[]
  /** Those of its points that are nodes of the graph. */
  readonly nodes: readonly CircuitNode[]
}

const MAX_PATHS = 1_000
const WHERE = 'input.target.paths'

/** Throws BAD_INPUT naming a step that is no channel of the graph. Doubles count once. */
export function measuredPaths(
  paths: readonly (readonly string[])[],
  graph: GraphData,
): readonly MeasuredPath[] {
  if (paths.length === 0) throw new InvalidInput('BAD_INPUT', 'the target has no path', { path: WHERE })
  if (paths.length > MAX_PATHS)
    throw new InvalidInput(
      'LIMIT_EXCEEDED',
      `at most ${MAX_PATHS} paths are ablated at once, not ${paths.length}`,
      { path: WHERE },
    )
  const ordinals = ordinalsByAddress(graph)
  const made = paths.map((texts, i) =>
    standingAt(`${WHERE}[${i}]`, () => measuredPath(texts, graph, ordinals)),
  )
  return [...new Map(made.map((path) => [path.label, path])).values()]
}

function measuredPath(
  texts: readonly string[],
  graph: GraphData,
  ordinals: ReadonlyMap<string, number>,
): MeasuredPath {
  const places = texts.map(parseAddress)
  // The logits read every path's end anyhow.
  const steps = places.at(-1)?.site.kind === 'logits' ? places.slice(0, -1) : places
  if (steps.length === 0) throw new InvalidInput('BAD_INPUT', 'a path has at least one channel')
  const nodes: CircuitNode[] = []
  const points = steps.map((place): PathPoint => {
    const { site } = place
    const text = printAddress(place)
    const ordinal = ordinals.get(text)
    if (ordinal !== undefined) nodes.push(graph.nodes[ordinal]!)
    const point = site.kind === 'embed' ? { tap: 'embed', index: site.index } : tapOfSite(site)
    if (point === null || place.position !== null)
      throw new InvalidInput('BAD_INPUT', `${text} is not a channel that a path can pass`, {
        hint: 'a path reads ["0.attn.v[0]", "0.attn.resid_delta[2]", "1.mlp.act_in[2]", …]',
      })
    if (ordinal === undefined && site.kind === 'channel')
      throw new InvalidInput('BAD_INPUT', `this graph has no node ${text}`)
    return point
  })
  return { label: steps.map(printAddress).join(' -> '), points, nodes }
}
